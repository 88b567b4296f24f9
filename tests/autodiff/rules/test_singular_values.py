"""Singular values of matrices with infinite entries."""

import numpy as np
import pytest

import autodiff as ad


def test_singular_values_that_are_nan_have_slopes_of_nan():
    a, ones = np.array([[np.inf, 2.0], [3.0, 4.0]]), np.ones((2, 2))
    try:
        np.linalg.svdvals(a), np.linalg.svd(a)
    except np.linalg.LinAlgError:
        pytest.skip("this LAPACK doesn't return NaN")
    for f in (np.linalg.svdvals, lambda a: np.linalg.norm(a, 2)):
        assert np.all(np.isnan(ad.grad(lambda a, f=f: np.sum(f(a)))(a)))
        assert np.all(np.isnan(ad.jvp(f, (a,), (ones,))[1]))
