"""jvp, linearize, jacobian, hessian and hvp: against each other, by hand, and by differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad

numbers = st.floats(-2, 2, allow_nan=False).map(lambda x: round(x, 3))
vectors = arrays(np.float64, st.integers(1, 4), elements=numbers)


def smooth(x):
    return np.sin(x) * np.cumsum(x) + x**2


def energy(x):
    return np.sum(smooth(x)) * np.tanh(x[0])


@given(vectors)
def test_jvp_is_the_jacobian_times_the_tangent(x):
    tangent = np.linspace(-1, 1, len(x))
    out, tangent_out = ad.jvp(smooth, (x,), (tangent,))
    np.testing.assert_allclose(out, smooth(x))
    np.testing.assert_allclose(tangent_out, ad.jacobian(smooth)(x) @ tangent, atol=1e-12)
    step = 1e-6
    numeric = (smooth(x + step * tangent) - smooth(x - step * tangent)) / (2 * step)
    np.testing.assert_allclose(tangent_out, numeric, atol=1e-7)


@given(vectors)
def test_jvp_and_vjp_are_adjoint(x):
    tangent, cotangent = np.cos(x), np.arange(1.0, len(x) + 1)
    tangent_out = ad.jvp(smooth, (x,), (tangent,))[1]
    (slope,) = ad.vjp(smooth, x)[1](cotangent)
    np.testing.assert_allclose(cotangent @ tangent_out, slope @ tangent, atol=1e-10)


@given(vectors)
def test_hessian_is_symmetric_and_hvp_multiplies_by_it(x):
    hessian = ad.hessian(energy)(x)
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-10)
    v = np.linspace(1, 2, len(x))
    np.testing.assert_allclose(ad.hvp(energy, (x,), (v,)), hessian @ v, atol=1e-10)


def test_by_hand():
    # f(x, y) = x² y: its Hessian is [[2y, 2x], [2x, 0]].
    def f(p):
        return p[0] ** 2 * p[1]

    np.testing.assert_allclose(ad.hessian(f)(np.array([3.0, 5.0])), [[10, 6], [6, 0]])
    assert ad.jvp(lambda x, y: x * y, (3.0, 4.0), (0.5, 2.0)) == (12.0, 8.0)


def test_shapes_are_output_by_input():
    w = np.ones((2, 3))
    jacobian = ad.jacobian(lambda w: (w @ np.arange(3.0))[:, None] * np.ones(4))(w)
    assert jacobian.shape == (2, 4, 2, 3)
    assert ad.jacobian(lambda w: w.sum())(w).shape == (2, 3)
    assert ad.jacobian(lambda w: w[:0])(w).shape == (0, 3, 2, 3)


def test_structures():
    def f(weights, x):
        return {"sum": weights["a"].sum() * x, "both": weights["a"] * weights["b"]}

    weights = {"a": np.array([1.0, 2.0]), "b": 3.0}
    jacobian = ad.jacobian(f)(weights, 5.0)
    np.testing.assert_allclose(jacobian["sum"]["a"], [5, 5])
    assert jacobian["sum"]["b"] == 0
    np.testing.assert_allclose(jacobian["both"]["a"], 3 * np.eye(2))
    np.testing.assert_allclose(jacobian["both"]["b"], [1, 2])
    by_both = ad.jacobian(f, (0, 1))(weights, 5.0)
    assert by_both["sum"][1] == 3


def test_nested_in_each_other():
    def cube_slope(x):
        return ad.jvp(lambda y: y**3, (x,), (1.0,))[1]

    assert ad.grad(cube_slope)(2.0) == 12
    assert ad.jvp(ad.grad(lambda x: x**3), (2.0,), (1.0,)) == (12.0, 12.0)
    assert ad.jvp(cube_slope, (2.0,), (1.0,)) == (12.0, 12.0)
    second = ad.jacobian(ad.jacobian(np.sin))(np.array([0.5]))
    np.testing.assert_allclose(second, [[[-np.sin(0.5)]]])
    # d/dx of d/dy (x y²) at y = 3 is 2 y: the outer variable isn't taken for the inner one.
    assert ad.grad(lambda x: ad.jvp(lambda y: x * y**2, (3.0,), (1.0,))[1])(2.0) == 6


def test_pushforward_may_be_called_again():
    _, pushforward = ad.linearize(np.exp, np.array([0.0, 1.0]))
    np.testing.assert_allclose(pushforward(np.array([1.0, 0.0])), [1, 0])
    np.testing.assert_allclose(pushforward(np.array([0.0, 1.0])), [0, np.e])


def test_complex_functions_that_are_analytic():
    z = 1.0 + 2.0j
    out, tangent_out = ad.jvp(lambda z: z**3, (z,), (1.0j,))
    assert np.isclose(out, z**3)
    assert np.isclose(tangent_out, 3 * z**2 * 1j)


def test_mistakes():
    with pytest.raises(TypeError, match=r"jvp\(f, \(x,\), \(v,\)\)"):
        ad.jvp(np.sin, 1.0, 2.0)
    with pytest.raises(TypeError, match="expected 1 tangents"):
        ad.jvp(np.sin, (1.0,), (1.0, 2.0))
    with pytest.raises(ValueError, match="structure and shapes"):
        ad.jvp(np.sin, (np.ones(2),), (np.ones(3),))
    with pytest.raises(TypeError, match="hessian needs a function"):
        ad.hessian(3.0)
