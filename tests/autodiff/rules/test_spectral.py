"""Slopes of eigenvalues, worked out from the vectors of another call of LAPACK."""

import numpy as np

from autodiff.rules.spectral import eigvals_slope


def test_eigenvalues_in_another_order_have_their_own_slopes():
    """LAPACK's functions with and without vectors may return them in different orders."""
    a, order = np.array([[1.0, 0.3, 0.1], [0.2, 2.0, 0.4], [0.5, 0.1, 4.0]]), [1, 2, 0]
    values, g = np.linalg.eigvals(a), np.array([1.0, 10.0, 100.0])
    found = eigvals_slope(g, values[order], a)
    g_in_order = np.empty(3)
    g_in_order[order] = g
    np.testing.assert_allclose(found, eigvals_slope(g_in_order, values, a))
