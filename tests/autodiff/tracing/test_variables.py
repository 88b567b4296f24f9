"""Names of values: of parameters, in sessions, in long containers, and in arrays."""

import numpy as np
import pytest

from tests.autodiff.tracing.test_trail import follow, names


def test_parameters_of_each_kind_have_other_names_outside():
    def inner(a, /, b, *rest, k, **more):
        parts = [a * b]
        return parts[0] + rest[0] + k + more["m"]

    def fixed(a):
        parts = [a * 2]
        return parts[0]

    def net(x):
        return inner(x * 2, x * 3, x * 4, k=x * 5, m=x * 6) + fixed(x * 7)

    trail, nodes = follow(net, 1.0)
    assert [trail.name(n) for n in nodes if trail.name(n)] == ["x", "parts[0]", "parts[0]"]


def test_a_parameter_that_is_assigned_anew_names_its_new_value():
    def inner(a, *, b):
        a = a * 2
        b = b * 3
        return a + b

    assert names(lambda x: inner(x * 5, b=x * 7), 1.0)[3:] == ["a", "b", None]


def test_an_entry_that_is_replaced_and_a_product_of_an_array_s_entries():
    def f(a, b):
        pair = np.array([a, b])
        parts = [a, a]
        parts[1] = a * b
        return parts[1] * 3 + len(pair)

    assert names(f, 1.0, 2.0) == ["a", "b", "parts[1]", None, None]


def test_names_of_an_interactive_session_are_no_names():
    def f(x):
        _private = x * 2
        Out = [x * 3]  # as IPython calls its results
        return _private + Out[0]

    assert names(f, 1.0) == ["x", None, None, None]


def test_long_containers_are_read_again_when_they_have_become_shorter():
    def many(x):
        values, table = [x] * 40, dict.fromkeys(range(40), x)
        y = x * 2  # here they are read
        values[:] = [y * 3 for _ in range(35)]
        table.clear()
        table.update({i: y * i for i in range(35)})
        return values[0] + values[34] + table[0] + table[34]

    found = names(many, 1.0)
    assert [name for name in found if name] == [
        "x", "y", "values[0]", "values[34]", "table[0]", "table[34]",
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "named"), [(32, True), (33, False)])
def test_arrays_of_few_traced_values_are_named(count, named):
    def f(x):
        values = np.array([x * i for i in range(count)])
        return (values * x).sum()

    trail, nodes = follow(f, 1.0)
    [stack] = [n for n in nodes if n.primitive.name == "stack"]
    assert trail.name(stack) == ("values" if named else None)
    assert [trail.name(n) for n in stack.inputs[:2]] == (
        ["values[0]", "values[1]"] if named else [None, None]
    )
