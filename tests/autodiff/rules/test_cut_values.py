"""Pseudoinverses and least squares that cut singular values off which aren't zero."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad

SOLVERS = {
    "pinv": lambda a, b: np.linalg.pinv(a, rcond=0.3) @ b,
    "rtol": lambda a, b: np.linalg.pinv(a, rtol=0.3) @ b,
    "lstsq": lambda a, b: np.linalg.lstsq(a, b, rcond=0.3)[0],
    "SciPy's pinv": lambda a, b: ad.scipy.linalg.pinv(a, atol=1.0) @ b,
    "SciPy's lstsq": lambda a, b: ad.scipy.linalg.lstsq(a, b, cond=0.3)[0],
}


def matrix(rng, shape, values, kind):
    a = rng.normal(size=shape) + (1j * rng.normal(size=shape) if kind == "c" else 0)
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return (u * values) @ vh


@pytest.mark.slow
@pytest.mark.parametrize("name", SOLVERS)
@given(st.integers(0, 99), st.sampled_from(((3, 3), (5, 3), (3, 4))), st.sampled_from("fc"))
def test_slopes(name, seed, shape, kind):
    if "SciPy" in name:
        pytest.importorskip("scipy")
    rng = np.random.default_rng(seed)
    values = np.array([3.0, rng.choice([3.0, 2.0]), rng.choice([0.5, 0.0])])
    a, b = matrix(rng, shape, values, kind), rng.normal(size=shape[0])
    solve = SOLVERS[name]
    direction = matrix(rng, shape, np.ones(3), kind)
    if not values[2]:  # of the same rank, or there is no slope
        direction = direction @ np.linalg.pinv(a) @ a

    def f(a):
        return np.sum(np.abs(solve(a, b)) ** 2)

    slope = ad.grad(f)(a)
    np.testing.assert_allclose(ad.jit(ad.grad(f))(a), slope, rtol=1e-9, atol=1e-12)
    step = 1e-6
    expected = (f(a + step * direction) - f(a - step * direction)) / (2 * step)
    found = np.sum(np.real(np.conj(slope) * direction))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(ad.jvp(f, (a,), (direction,))[1], expected, rtol=1e-4, atol=1e-6)


def test_second_slopes_exist_where_nothing_but_zeros_is_cut_off():
    a = np.array([[2.0, 0.3], [0.3, 1.0]])
    inverse = ad.hessian(lambda a: np.sum(np.linalg.inv(a) ** 2))(a)
    found = ad.hessian(lambda a: np.sum(np.linalg.pinv(a, rcond=1e-3) ** 2))(a)
    np.testing.assert_allclose(found, inverse, rtol=1e-9)
    with pytest.raises(NotImplementedError, match="has no second slopes"):
        ad.hessian(lambda a: np.sum(np.linalg.pinv(a, rcond=0.6) ** 2))(a)


@pytest.mark.parametrize("option", ["rcond", "rtol"])
def test_empty_matrices_of_any_dtype_have_empty_slopes(option):
    z = np.zeros((1, 0), np.float16)
    slope = ad.grad(lambda z: np.linalg.pinv(z, **{option: 1e-10}).sum())(z)
    assert (slope.shape, slope.dtype) == (z.shape, z.dtype)
