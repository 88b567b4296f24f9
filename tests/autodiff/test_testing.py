"""The strategies draw what they say, and the assertion passes what is right and nothing else."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import find, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff.testing import (
    arrays,
    assert_gradients_match,
    broadcastable_arrays,
    given,
    pytrees,
    smooth_functions,
)
from tests.laws.table import examples


@given(arrays())
def test_a_gradient_test_in_three_lines(x):
    assert_gradients_match(lambda x: np.log1p(np.exp(x)), x)


@given(arrays(away_from=[0, 1], low=-2, high=2, distance=0.25))
def test_values_keep_away_from_kinks_and_poles(x):
    assert np.all(np.abs(x) >= 0.25)
    assert np.all(np.abs(x - 1) >= 0.25)
    assert np.all(np.abs(x) <= 2)
    assert_gradients_match(lambda x: np.abs(x) / (x - 1), x, order=1)


@given(arrays((2, 3), distinct=True, distance=0.2))
def test_distinct_values_have_no_ties(x):
    assert np.min(np.diff(np.sort(x, axis=None))) >= 0.2
    assert_gradients_match(lambda x: np.max(x, axis=0), x)


@given(arrays(dtype=np.float32), arrays((2,), dtype=np.complex64))
def test_dtypes_are_the_requested_ones(x, z):
    assert (x.dtype, z.dtype, z.shape) == (np.float32, np.complex64, (2,))


@pytest.mark.parametrize("part", [np.real, np.imag])
def test_both_parts_of_complex_numbers_are_drawn(part):
    found = find(arrays((), dtype=complex), lambda z: abs(part(z)) > 1)
    assert isinstance(found, np.complex128)


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


@given(smooth_functions(parameters=2), broadcastable_arrays(2))
@examples(40)
def test_smooth_functions_are_smooth_to_second_order(f, pair):
    assert_gradients_match(f, *pair)


@given(smooth_functions(), arrays())
def test_the_repr_of_a_smooth_function_is_its_source(f, x):
    np.testing.assert_array_equal(eval(repr(f), {"np": np})(x), f(x))


@pytest.mark.slow
def test_shrunk_examples_are_simple():
    assert find(arrays(), lambda x: True) == 0
    assert find(arrays(away_from=0), lambda x: True) == 1
    large = find(arrays(), lambda x: np.size(x) > 2 and np.max(x) > 0.3)
    assert sorted(large.ravel()) in ([0, 0, 1], [0, 0, 0, 1])
    assert repr(find(smooth_functions(), lambda f: True)) == "lambda x: np.sin(x)"


@pytest.mark.slow
def test_a_wrong_user_defined_slope_fails():
    @given(arrays((2,), away_from=0))
    @settings(database=None)
    def wrong(x):
        assert_gradients_match(lambda x, y: np.sum(x**2) * y, x, 3.0, slope=lambda x, y: x * y)

    with pytest.raises(AssertionError, match="multiply it by 2"):
        wrong()
    assert_gradients_match(lambda x, y: np.sum(x**2) * y, 1.0, 3.0, slope=lambda x, y: 2 * x * y)


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
