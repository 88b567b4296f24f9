"""Slopes of products of matrices are products as NumPy's matmul computes them."""

import numpy as np
import pytest

import autodiff as ad


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("special", [np.nan, np.inf])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_zero_times_nan_is_nan_also_beside_a_matrix_of_one_entry(n, special):
    x, y, g = np.full((1, n), special), np.full((n, 1), special), np.zeros((1, 1))
    _, pullback = ad.vjp(np.matmul, x, y)
    for slope, expected in zip(pullback(g), (g @ y.T, x.T @ g), strict=True):
        np.testing.assert_array_equal(slope, expected)
        assert np.isnan(slope).all()
