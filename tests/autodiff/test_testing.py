"""The strategies draw what they say, and the assertion passes what is right and nothing else."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import find, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import testing
from autodiff.testing import (
    _BINARY,
    _UNARY,
    _values,
    arrays,
    assert_gradients_match,
    broadcastable_arrays,
    given,
    pytrees,
    smooth_functions,
)
from tests.laws.table import examples


@pytest.mark.slow
@given(arrays())
def test_a_gradient_test_in_three_lines(x):
    assert_gradients_match(lambda x: np.log1p(np.exp(x)), x)


@given(arrays(away_from=[0, 1], low=-2, high=2, distance=0.25))
def test_values_keep_away_from_kinks_and_poles(x):
    assert np.all(np.abs(x) >= 0.25)
    assert np.all(np.abs(x - 1) >= 0.25)
    assert np.all(np.abs(x) <= 2)
    assert_gradients_match(lambda x: np.abs(x) / (x - 1), x, order=1)


@pytest.mark.slow
@given(arrays((2, 3), distinct=True, distance=0.2))
def test_distinct_values_have_no_ties(x):
    assert np.min(np.diff(np.sort(x, axis=None))) >= 0.2
    assert_gradients_match(lambda x: np.max(x, axis=0), x)


@given(arrays(dtype=np.float32), arrays((2,), dtype=np.complex64))
def test_dtypes_are_the_requested_ones(x, z):
    assert (x.dtype, z.dtype, z.shape) == (np.float32, np.complex64, (2,))


@pytest.mark.slow
@pytest.mark.parametrize("part", [np.real, np.imag])
def test_both_parts_of_complex_numbers_are_drawn(part):
    found = find(arrays((), dtype=complex), lambda z: abs(part(z)) > 1)
    assert isinstance(found, np.complex128)


@pytest.mark.parametrize("text", [*_UNARY, *_BINARY])
def test_the_text_of_a_function_is_its_source(text):
    x, y = np.array([0.5, -2.0]), np.array([1.5, 3.0])
    expected = eval(text.format("x", "y"), {"np": np, "x": x, "y": y})
    assert np.allclose({**_UNARY, **_BINARY}[text](*(x, y)[: text.count("{}")]), expected)


@pytest.mark.slow
@given(broadcastable_arrays(3))
def test_shapes_broadcast(three):
    assert len(three) == 3
    np.broadcast_shapes(*map(np.shape, three))
    assert_gradients_match(lambda x, y, z: x * y + np.sin(z), *three, order=1)


@given(pytrees(arrays((), low=0)))
def test_leaves_of_structures_are_the_requested_ones(tree):
    def smallest(tree):
        if isinstance(tree, dict):
            return min(map(smallest, tree.values()))
        return min(map(smallest, tree)) if isinstance(tree, (list, tuple)) else tree

    assert smallest(tree) >= 0


@pytest.mark.slow
@given(smooth_functions(parameters=2), broadcastable_arrays(2))
@examples(40)
def test_smooth_functions_are_smooth_to_second_order(f, pair):
    assert_gradients_match(f, *pair)


@given(smooth_functions(), arrays())
def test_the_repr_of_a_smooth_function_is_its_source(f, x):
    np.testing.assert_array_equal(eval(repr(f), {"np": np})(x), f(x))


@given(arrays(), broadcastable_arrays(2))
def test_arrays_are_small_by_default(x, pair):
    for array in (x, *pair):
        assert np.ndim(array) <= 3
        assert all(1 <= n <= 3 for n in np.shape(array))
        assert np.all(np.abs(array) <= 3)
        assert array.dtype == float
    assert isinstance(x, np.ndarray) == bool(np.ndim(x))


@given(st.data())
@settings(max_examples=1)
def test_the_defaults_are_those_of_the_documentation(data):
    calls = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(testing, "_values", lambda *options: calls.append(options) or [0.0, 1.0])
        data.draw(arrays())
        data.draw(arrays((2,), low=0, away_from=[1, 2], distinct=True))
    assert calls == [(-3.0, 3.0, (), 0.1, False), (0, 3.0, (1, 2), 0.1, True)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "is_found",
    [
        lambda x: np.ndim(x) == 3, lambda x: 3 in np.shape(x), lambda x: np.ndim(x) == 0,
        lambda x: np.max(x) > 2.5, lambda x: np.min(x) < -2.5,
        lambda x: 0 < np.min(np.abs(x)) < 0.1,
    ],
)  # fmt: skip
def test_all_of_the_range_is_drawn_by_default(is_found):
    assert is_found(find(arrays(), is_found, settings=settings(max_examples=2000, database=None)))


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ((-0.0157, 0.02, (), 0.1, False), [0, -1 / 128, 1 / 128, -2 / 128, 2 / 128]),
        ((0, 1, (), 0.25, True), [0, 1, 0.5, 0.25, 0.75]),
        ((-1, 1, (0.5,), 0.5, True), [0, 1, -1, -0.5]),
        ((0, 1, (), 0.251, True), [0, 0.2578125, 0.515625, 0.7734375]),
    ],
)
def test_the_values_of_a_range(options, values):
    found = _values(*options)
    assert sorted(found) == sorted(values)
    simple = [x for x in found if x == int(x)]
    assert found[: len(simple)] == simple


def test_values_begin_with_the_simplest():
    assert _values(-2, 2, (), 0.5, distinct=True) == [0, 1, -1, 2, -2, 0.5, -0.5, 1.5, -1.5]


@given(st.integers(1, 5), st.data())
def test_a_smooth_function_of_any_number_of_arrays(parameters, data):
    f = data.draw(smooth_functions(parameters, depth=1))
    names = ["x", "y", "z"] if parameters <= 3 else [f"x{i}" for i in range(parameters)]
    assert repr(f).startswith(f"lambda {', '.join(names[:parameters])}: ")
    values = np.arange(1.0, parameters + 1)
    assert eval(repr(f), {"np": np})(*values) == f(*values)
    assert sum(repr(f).count(name) for name in ("sin", "tanh", "arctan", "exp", "sqrt", "cos")) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", [dict, list, tuple])
def test_structures_are_of_each_kind_and_nested(kind):
    found = find(pytrees(st.just(1.0)), lambda tree: type(tree) is kind and len(tree) == 2)
    parts = list(found.values()) if kind is dict else list(found)
    assert parts == [1.0, 1.0]
    within = find(pytrees(st.just(1.0)), lambda tree: any(type(x) is kind for x in parts_of(tree)))
    assert any(type(x) is kind for x in parts_of(within))


def parts_of(tree):
    return list(tree.values() if isinstance(tree, dict) else tree if tree != 1.0 else ())


@pytest.mark.slow
def test_shrunk_examples_are_simple():
    assert find(arrays(), lambda x: True) == 0
    assert find(arrays(away_from=0), lambda x: True) == 1
    large = find(arrays(), lambda x: np.size(x) > 2 and np.max(x) > 0.3)
    assert sorted(large.ravel()) in ([0, 0, 1], [0, 0, 0, 1])
    assert repr(find(smooth_functions(), lambda f: True)) == "lambda x: np.sin(x)"


@pytest.mark.slow
def test_second_derivatives_are_checked_too():
    def f(x):
        return np.sum(bent(x) ** 2)

    @ad.primitive
    def bent(x):
        return x**2

    ad.derivative(bent, x=lambda g, z, x: 2 * g * ad.stop_gradient(x))
    assert_gradients_match(f, 1.5, order=1)
    with pytest.raises(AssertionError, match="second derivative"):
        assert_gradients_match(f, 1.5)


def test_a_user_defined_slope_is_that_of_the_first_argument():
    def f(x, y):
        return np.sum(x**2) * y

    assert_gradients_match(f, 1.0, 3.0, slope=lambda x, y: 2 * x * y)
    with pytest.raises(AssertionError, match="multiply it by 2"):
        assert_gradients_match(f, 1.0, 3.0, slope=lambda x, y: x * y)


@pytest.mark.slow
def test_a_wrong_user_defined_slope_fails():
    @given(arrays((2,), away_from=0))
    @settings(database=None)
    def wrong(x):
        assert_gradients_match(lambda x, y: np.sum(x**2) * y, x, 3.0, slope=lambda x, y: x * y)

    with pytest.raises(AssertionError, match="multiply it by 2"):
        wrong()


@pytest.mark.slow
def test_a_wrong_rule_fails():
    cube = ad.primitive(lambda x: x**3)
    ad.derivative(cube, x=lambda g, z, x: g * 3 * x)

    @given(arrays())
    @settings(database=None)
    def wrong(x):
        assert_gradients_match(cube, x)

    with pytest.raises(AssertionError, match="autodiff"):
        wrong()


@given(st.data())
@settings(max_examples=1)
def test_a_range_without_values_is_refused(data):
    with pytest.raises(ValueError, match="Widen the range"):
        data.draw(arrays(low=0, high=0.05, away_from=0))
    with pytest.raises(ValueError, match="Widen the range"):
        data.draw(arrays((9,), low=0, high=1, distinct=True, distance=0.5))


@pytest.mark.slow
def test_without_hypothesis_the_message_names_the_package():
    program = "import sys; sys.modules['hypothesis'] = None; import autodiff.testing"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "ImportError: autodiff.testing needs hypothesis" in done.stderr
    assert "pip install hypothesis" in done.stderr


@pytest.mark.slow
def test_the_engine_does_not_import_hypothesis():
    program = "import autodiff, sys; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
