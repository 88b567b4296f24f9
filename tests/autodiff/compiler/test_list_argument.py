"""Lists of numbers as arguments of jitted functions: the plain function's result, or an error."""

import numpy as np
import pytest

import autodiff as ad

OPERATIONS = {
    "joined": lambda a, _x: a + [3.0],  # noqa: RUF005 - the point
    "joined in front": lambda a, _x: [3.0] + a,  # noqa: RUF005
    "two lists": lambda a, _x: a + a,
    "extended": lambda a, x: a.__iadd__([x.sum()]),
    "repeated": lambda a, _x: a * 2,
    "repeated in front": lambda a, _x: 2 * a,
    "appended": lambda a, x: a.append(x.sum()),
    "array": lambda a, x: a + x,
    "array in front": lambda a, x: x * a,
    "number": lambda a, x: [v * x[0] for v in a],
    "sum": lambda a, x: sum(a) + x,
    "converted": lambda a, x: np.array(a) * 2 + x,
    "entry": lambda a, x: a[0] + x,
    "length": lambda a, x: len(a) * x,
    "product": lambda a, x: np.dot(a, x),
}


@pytest.mark.parametrize("in_dict", [False, True])
@pytest.mark.parametrize("values", [[1.0, 2.0], [1, 2], [0.5, 2]])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_of_a_list_is_that_of_python_or_refused(name, values, in_dict):
    def f(a, x):
        return OPERATIONS[name](a["key"] if in_dict else a, x)

    def argument():
        return {"key": list(values)} if in_dict else list(values)

    x = np.array([3.0, 5.0])
    jitted = ad.jit(f)
    jitted({"key": np.ones(2)} if in_dict else np.ones(2), x) if "array" in name else None
    expected = f(argument(), x)
    try:
        found = jitted(argument(), x)
    except (TypeError, AttributeError):
        assert name.startswith(("joined", "two", "extended", "repeated", "appended"))
    else:
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_allclose(found, expected)


def test_the_error_names_the_line_and_what_to_pass():
    with pytest.raises(TypeError, match=r"test_list_argument\.py:\d+: .* Pass np\.array"):
        ad.jit(lambda losses, x: losses + [x])([0.5], 1.0)  # noqa: RUF005


def test_an_array_and_a_list_are_recorded_apart():
    def f(a, x):
        return a + a + x

    jitted = ad.jit(f)
    np.testing.assert_array_equal(jitted(np.array([1.0, 2.0]), 1.0), [3.0, 5.0])
    with pytest.raises(TypeError, match="list of numbers"):
        jitted([1.0, 2.0], 1.0)


def test_a_list_with_respect_to_which_a_slope_is_computed_is_an_array():
    def loss(w, x):
        return ((w + [1, 2]) * 2 * x).sum()  # noqa: RUF005

    x = np.array([3.0, 5.0])
    np.testing.assert_array_equal(
        ad.jit(ad.grad(loss))([1.0, 2.0], x), ad.grad(loss)([1.0, 2.0], x)
    )
