"""The names in the code of a function, and of the functions in it."""

from nn.training.names_in_code import names_in

price = 1.0


def test_the_names_in_code():
    def outer(x):
        global price

        def inner(y):
            import os.path

            return y.attribute + len(os.path.sep)

        return inner(x) + price

    found = names_in(outer.__code__)
    assert found.globals == {"len", "price"}
    assert {"attribute", "sep"} <= found.attributes
    assert "price" not in found.attributes
    assert found.modules == {"os.path"}
    assert not found.is_open
    assert not found.of_modules
    assert names_in((lambda x: getattr(x, "price")).__code__).is_open  # noqa: B009
    assert "price" in names_in((lambda: eval("1 + price")).__code__).of_modules
