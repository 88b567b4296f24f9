"""Singular values of matrices with infinite entries, and repeated ones."""

import numpy as np
import pytest

import autodiff as ad


@pytest.mark.parametrize(
    "a",
    [
        np.array([[np.inf, 2.0], [3.0, 4.0]]),
        # OpenBLAS doesn't return the vectors of this one.
        np.array([[1.0, 2.0, 3.0], [np.inf, 3.0, 1.0], [1.0, 2.0, 5.0]]),
    ],
)
def test_singular_values_that_are_nan_have_slopes_of_nan(a):
    try:
        np.linalg.svdvals(a)
    except np.linalg.LinAlgError:
        pytest.skip("this LAPACK doesn't return NaN")
    for f in (np.linalg.svdvals, lambda a: np.linalg.norm(a, 2)):
        assert np.all(np.isnan(ad.grad(lambda a, f=f: np.sum(f(a)))(a)))
        assert np.all(np.isnan(ad.jvp(f, (a,), (np.ones_like(a),))[1]))


@pytest.mark.parametrize(
    "values", [lambda a: np.linalg.svd(a)[1], lambda a: np.linalg.eigh(a + a.T)[0]]
)
def test_repeated_values_have_a_slope_also_in_a_recording_and_beside_vectors_that_nobody_uses(
    values,
):
    a, total = np.eye(3), lambda a: values(a).sum()
    slope = ad.grad(total)(a)
    np.testing.assert_allclose(np.trace(slope), values(a).sum())
    for f in (ad.jit(ad.grad(total)), ad.grad(ad.jit(total))):
        np.testing.assert_allclose(f(a), slope)
        np.testing.assert_allclose(f(3 * a), slope)
