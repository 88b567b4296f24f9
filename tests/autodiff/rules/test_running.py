"""Long running extremes and sums of exponentials: the slopes of their steps, in one operation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad
from autodiff.rules.running import RUNNING
from tests.laws.table import examples

FUNCTIONS = sorted(RUNNING, key=lambda f: f.__name__)
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, 1.0, 1.0, 2.0, -3.0]


def in_steps(ufunc, x, axis):
    """Return the same as ``ufunc.accumulate``, one step after the other."""
    steps = []
    for part in np.moveaxis(x, axis, 0):
        steps.append(ufunc(steps[-1], part) if steps else part)
    return np.stack(steps, axis=axis)


def test_the_largest_so_far_by_hand():
    x = np.concatenate([[1.0, 3.0, 2.0, 3.0], np.zeros(96)])
    slope = ad.grad(lambda x: np.sum(np.maximum.accumulate(x)))(x)
    assert slope[:5].tolist() == [1.0, 2 + 97 / 2, 0.0, 97 / 2, 0.0]  # a tie is shared


@pytest.mark.parametrize("ufunc", FUNCTIONS)
@given(st.data())
@examples(15)
def test_values_and_slopes_are_those_of_the_steps(ufunc, data):
    shape, axis = data.draw(st.sampled_from([((70,), 0), ((2, 70), -1), ((66, 2), 0)]))
    dtype = data.draw(st.sampled_from([np.float64, np.float32]))
    numbers = st.sampled_from(SPECIAL) | st.integers(-5, 5)
    x = data.draw(arrays(dtype, shape, elements=numbers.map(float)))
    x = data.draw(st.sampled_from([lambda x: x, np.asfortranarray, lambda x: x[::-1]]))(x)
    g = np.cos(np.arange(x.size)).reshape(shape).astype(dtype)

    def f(x):
        return ufunc.accumulate(x, axis)

    with np.errstate(all="ignore"):
        expected, pull_back = ad.vjp(lambda x: in_steps(ufunc, x, axis), x)
        for function in (f, ad.jit(f)):
            value, slope = ad.vjp(function, x)
            assert value.dtype == dtype
            np.testing.assert_array_equal(value, ufunc.accumulate(x, axis))
            np.testing.assert_allclose(value, expected, rtol=1e-5)
            np.testing.assert_allclose(slope(g)[0], pull_back(g)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("ufunc", FUNCTIONS)
def test_slopes_of_second_order(ufunc):
    x = np.random.default_rng(3).normal(size=(3, 70))
    ad.check_grads(lambda x: ufunc.accumulate(x * x, axis=1) * x, x, order=2)


def test_a_long_one_is_recorded_at_once_and_a_short_one_in_steps():
    recorded = ad.jit(lambda x: np.maximum.accumulate(x)).report
    assert recorded(np.sin(np.arange(40_000.0))).recorded == 1
    assert recorded(np.ones(3)).recorded > 3


@pytest.mark.slow
@pytest.mark.parametrize("repeats", [1, 40])
@pytest.mark.parametrize("ufunc", [np.fmax, np.fmin])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_nan_that_is_skipped_passes_no_tangent_on(ufunc, repeats):
    def f(x):
        nothing = np.nanmean(np.where(x > 0, np.nan, x))  # its tangent is 0 / 0
        parts = np.stack([x[0], nothing, x[1]] * repeats)
        return np.sum(ufunc(x, nothing) ** 2) + np.sum(ufunc.accumulate(parts))

    x, tangent = np.array([1.0, 2.0]), np.array([0.5, -1.0])
    slope = ad.grad(f)(x)
    for function in (f, ad.jit(f)):
        np.testing.assert_allclose(ad.jvp(function, (x,), (tangent,))[1], slope @ tangent)
        np.testing.assert_allclose(ad.hvp(function, (x,), (tangent,)), 2 * tangent)


def test_the_slopes_of_a_logarithm_of_a_sum_are_the_shares():
    x = np.linspace(-1, 1, 40_000)
    f = ad.jit(ad.grad(np.logaddexp.reduce))
    np.testing.assert_allclose(f(x), np.exp(x) / np.exp(x).sum(), rtol=1e-9)
    assert f.report(x).recorded < 50


@pytest.mark.parametrize("ufunc", [np.logaddexp, np.logaddexp2, np.fmax, np.fmin])
@pytest.mark.parametrize("options", [{}, {"initial": 0.5}, {"axis": (1, 0), "keepdims": True}])
@given(data=st.data())
@examples(15)
def test_a_long_reduction_is_the_last_step(ufunc, options, data):
    x = data.draw(arrays(np.float64, (80, 2), elements=st.sampled_from(SPECIAL)))

    def f(x):
        return ufunc.reduce(x, **options)

    def last_step(x):
        rows = x.reshape(-1) if "axis" in options else x
        rows = np.concatenate([[[0.5, 0.5]], rows]) if "initial" in options else rows
        return np.reshape(in_steps(ufunc, rows, 0)[-1], np.shape(f(x)))

    with np.errstate(all="ignore"):
        expected, pull_back = ad.vjp(last_step, x)
        g = np.cos(np.arange(expected.size)).reshape(expected.shape)
        for function in (f, ad.jit(f)):
            value, slope = ad.vjp(function, x)
            np.testing.assert_array_equal(value, f(x))
            np.testing.assert_array_equal(value, expected)
            np.testing.assert_allclose(slope(g)[0], pull_back(g)[0], rtol=1e-9)
