"""The slopes of pseudoinverses of full rank hold where rounding would be amplified."""

import numpy as np
import pytest

import autodiff as ad


def ill_conditioned(t):
    """Return a matrix of full rank, of condition 8e5, which t changes in few directions."""
    a, change = np.random.default_rng(0).normal(size=(2, 4, 2))
    low_rank = 10 * a + t * change
    return np.linalg.matrix_power(low_rank @ low_rank.T, 2) + np.eye(4)


@pytest.mark.parametrize("wrapped", [lambda f: f, ad.jit], ids=["eager", "jit"])
@pytest.mark.parametrize(
    "pair",
    [
        (lambda a: np.linalg.pinv(a)[0, 0], lambda a: np.linalg.inv(a)[0, 0]),
        (
            lambda a: np.linalg.lstsq(a, np.arange(4.0), None)[0][0],
            lambda a: np.linalg.solve(a, np.arange(4.0))[0],
        ),
    ],
    ids=["pinv", "lstsq"],
)
def test_slopes_of_ill_conditioned_matrices_are_those_of_the_inverse(pair, wrapped):
    by_pseudoinverse, by_inverse = pair
    for times in (1, 2):
        slopes = []
        for function in (by_pseudoinverse, by_inverse):
            slope = lambda t, function=function: function(ill_conditioned(t))  # noqa: E731
            for _ in range(times):
                slope = ad.grad(slope)
            slopes.append(wrapped(slope)(0.3))
        np.testing.assert_allclose(*slopes, rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (2, 5, 3), (3, 0), (0, 3)])
@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("is_deficient", [False, True])
def test_slopes_among_matrices_of_one_rank(shape, dtype, is_deficient):
    rng = np.random.default_rng(0)
    left = rng.normal(size=(*shape[:-1], 2)).astype(dtype)
    right = rng.normal(size=(2, shape[-1])).astype(dtype)
    if np.dtype(dtype).kind == "c":
        left, right = left * (1 + 1j), right + 1j * rng.normal(size=right.shape)

    def f(left, right):
        a = left @ right if is_deficient else left @ right + np.eye(*shape[-2:])
        p = np.linalg.pinv(a)
        return np.sum(np.real(p * np.conj(p)) * np.arange(p.shape[-1]))

    ad.check_grads(f, left, right, order=2)
