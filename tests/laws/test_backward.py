"""backward() sets slopes without accumulating, and agrees with grad."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad
from tests.laws.table import examples
from tests.laws.test_programs import programs, run, starts

values = arrays(np.float64, (2, 3), elements=st.floats(-3, 3))


@given(values)
def test_a_second_call_sets_the_same_slopes(x):
    t = ad.tensor(x)
    y = np.sum(np.sin(t) * t)
    y.backward()
    first = t.grad.copy()
    y.backward()
    np.testing.assert_array_equal(t.grad, first)
    np.testing.assert_allclose(first, np.cos(x) * x + np.sin(x))


@given(values)
def test_another_result_replaces_the_slopes(x):
    t = ad.tensor(x)
    (t * t).sum().backward()
    (3.0 * t).sum().backward()
    np.testing.assert_array_equal(t.grad, np.full((2, 3), 3.0))


def test_intermediate_tensors_have_slopes():
    x = ad.tensor(2.0)
    y = x * x
    z = y * 3.0
    z.backward()
    assert (z.grad, y.grad, x.grad) == (1.0, 3.0, 12.0)


def test_slopes_can_be_edited():
    x, y = ad.tensor(np.ones(3)), ad.tensor(np.ones(3))
    total = (x + y).sum()
    total.backward()
    x.grad[:] += 5
    np.testing.assert_array_equal(y.grad, np.ones(3))
    total.backward()
    np.testing.assert_array_equal(x.grad, np.ones(3))


def test_irrelevant_arguments_have_slope_zero():
    x = ad.tensor(np.ones(3))
    np.sum(np.floor(x)).backward()
    np.testing.assert_array_equal(x.grad, np.zeros(3))


@given(programs())
@examples(60)
def test_backward_agrees_with_grad(program):
    def scalar(*arrays):
        one, other = run(program, *arrays)
        return np.sum(np.asarray(one)) + np.sum(np.asarray(other))

    tensors = [ad.tensor(x) for x in starts()]
    result = scalar(*tensors)
    if not isinstance(result, ad.Tensor):
        return
    result.backward()
    for t, slope in zip(tensors, ad.grad(scalar, range(3))(*starts()), strict=True):
        ours = np.zeros(t.shape) if t.grad is None else t.grad  # None: it wasn't used at all
        np.testing.assert_allclose(ours, slope, rtol=1e-10, atol=1e-12)


def test_a_result_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="needs a scalar"):
        ad.tensor(np.ones(3)).backward()
    with pytest.raises(TypeError, match="no slope"):
        (ad.tensor(1.0) > 0).backward()
