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


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("kind", [np.matrix, lambda a: np.ma.array(a, mask=a > 0)])
@pytest.mark.parametrize("f", [np.kron, np.outer, np.meshgrid, lambda t, x: np.clip(t > 1, x, x)])
def test_no_matrix_or_masked_array_becomes_a_plain_one(f, kind):
    other = kind(np.eye(2))
    for run in (lambda t: f(t, other), lambda t: f(other, t)):
        with pytest.raises(TypeError, match=r"expected a plain array, got .*test_products\.py"):
            ad.vjp(run, np.eye(2))
