"""Functions that move entries, of values that don't survive a product with 0."""

import numpy as np
import pytest

import autodiff as ad

WILD = np.array([[np.inf, np.nan, -np.inf], [1.0, np.inf, np.nan], [np.nan, 2.0, 3.0]])


@pytest.mark.parametrize("function", [np.tril, np.triu])
@pytest.mark.parametrize("k", [-1, 0, 1])
@pytest.mark.parametrize("x", [WILD, WILD[0], np.stack([WILD, -WILD]), WILD > 0, WILD.astype("F")])
def test_the_other_triangle_is_zero_whatever_it_was(function, k, x):
    expected = function(x, k)
    for found in (function(as_traced(x), k).numpy(), ad.jit(lambda x: function(x, k))(x)):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("function", [np.tril, np.triu])
def test_the_slope_of_the_other_triangle_is_zero(function):
    slope = ad.grad(lambda x: np.nansum(np.where(np.isfinite(x), function(x), 0)))(WILD)
    np.testing.assert_array_equal(slope, function(np.isfinite(WILD)))


def as_traced(x):
    return ad.tensor(x) if x.dtype.kind in "fc" else ad.tensor(x.astype(float)).astype(x.dtype)
