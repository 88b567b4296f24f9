"""Maxima and minima where no entry, or more than one, is the one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad

with_nans = arrays(float, (3, 2), elements=st.sampled_from((0.0, 1.0, 2.0, np.nan)))


@pytest.mark.parametrize("function", [np.max, np.min])
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@given(with_nans)
def test_slopes_of_extremes_are_shared_by_the_entries_that_are_it(function, axis, a):
    """A result that isn't a number is no entry's: no slope, and no division by their number, 0."""
    slope = ad.grad(lambda a: np.sum(function(a, axis=axis)))(a)
    extreme = function(a, axis=axis, keepdims=True)
    winners = a == extreme
    count = np.sum(winners, axis=axis, keepdims=True)
    np.testing.assert_array_equal(slope, np.where(winners, 1 / np.where(count == 0, 1, count), 0))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of slices without entries
@pytest.mark.parametrize(
    "function",
    [
        *(np.max, np.min, np.nanmax, np.nanmin, np.nanmean, np.nanstd, np.nanmedian),
        lambda a, axis: np.nanquantile(a, 0.3, axis),
        lambda a, axis: np.nanpercentile(a, [30, 40], axis, method="hazen"),
    ],
)
def test_entries_that_are_all_nan_have_no_slope(function):
    slope = ad.grad(lambda a: np.sum(function(a, axis=0)))
    found = slope(np.array([[np.nan, 2.0, np.nan], [np.nan, 1.0, 3.0]]))
    np.testing.assert_array_equal(found[:, 0], np.zeros(2))
    assert np.all(np.isfinite(found))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of all NaN
@pytest.mark.parametrize("function", [np.nanmax, np.nanmin])
@pytest.mark.parametrize("shape", [(), (1,), (2, 2)])
def test_both_parts_of_a_complex_extreme_without_numbers_are_those_of_numpy(function, shape):
    z = np.full(shape, complex(1.5, np.nan))[()]
    for found in (function(ad.tensor(z)).numpy(), ad.jit(function)(z)):
        assert repr(complex(found)) == repr(complex(function(z)))


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_the_slope_of_a_deviation_of_zero_is_zero(axis):
    a = np.full((2, 3), 1.5)
    slope = ad.grad(lambda a: np.sum(np.std(a, axis=axis)))(a)
    np.testing.assert_array_equal(slope, np.zeros((2, 3)))


@pytest.mark.parametrize("axis", [0, 1, 2, -1, (0, 1), (0, 2), (1, 2), None])
def test_the_slope_of_a_product_is_that_of_the_others(axis):
    a = np.arange(1.0, 25.0).reshape(2, 3, 4)
    slope = ad.grad(lambda a: np.sum(np.prod(a, axis=axis)))(a)
    np.testing.assert_allclose(slope, np.prod(a, axis=axis, keepdims=True) / a, rtol=1e-12)


@pytest.mark.parametrize(
    "function",
    [
        np.nanmax,
        np.nanmin,
        np.nanmean,
        np.nanvar,
        np.nanmedian,
        lambda x: np.nanquantile(x, 0.3),
        lambda x: np.nanstd(x, axis=0, ddof=1),
        lambda x: np.mean(x, where=np.zeros(2, bool)),
        lambda x: np.var(x, where=np.zeros(2, bool)),
        lambda x: np.var(x, ddof=2, mean=0.0),
    ],
)
def test_warnings_of_slices_without_entries_point_to_the_user_s_line(function):
    with pytest.warns(RuntimeWarning) as caught:
        function(ad.tensor(np.full(2, np.nan)))
    assert {w.filename for w in caught if "slice" in str(w.message)} == {__file__}


HALVES = {
    "mean": lambda x: np.mean(x, axis=0) * 0.5,
    "mean in float16": lambda x: np.mean(x, axis=0, dtype=np.float16) * 0.5,
    "mean of all selected": lambda x: np.mean(x, axis=0, where=x > 0) * 0.5,
    "median": lambda x: np.median(x, axis=0) * 0.5,
    "mean less": lambda x: x - np.mean(x, axis=0),
    "nanmean": lambda x: np.nanmean(x, axis=0) * 0.5,
    "nanvar": lambda x: np.nanvar(x, axis=0),
    "var of all selected": lambda x: np.var(x, axis=0, where=x > 0),
    "std": lambda x: np.std(x, axis=0) + 1,
    "sum": lambda x: np.sum(x, axis=0) * 0.5,
}


@pytest.mark.parametrize("name", HALVES)
@pytest.mark.parametrize("size", [30000, 150])
def test_sums_of_float16_overflow_where_those_of_numpy_do(name, size):
    f, x = HALVES[name], np.full((4, 5), size, np.float16)
    with np.errstate(all="ignore"):
        expected = f(x)
        jitted = ad.jit(f)
        jitted(np.ones_like(x))
        for found in (jitted(x), ad.vjp(f, x)[0]):
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found, expected)
