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


@pytest.mark.slow
@given(vectors)
def test_hessian_is_symmetric_and_hvp_multiplies_by_it(x):
    hessian = ad.hessian(energy)(x)
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-10)
    v = np.linspace(1, 2, len(x))
    np.testing.assert_allclose(ad.hvp(energy, (x,), (v,)), hessian @ v, atol=1e-10)


def test_hvp_of_several_arguments_is_a_tuple():
    """The Hessian of x² y is [[2 y, 2 x], [2 x, 0]]."""
    product = ad.hvp(lambda x, y: x * x * y, (3.0, 5.0), (1.0, 2.0))
    assert product == (2 * 5 * 1 + 2 * 3 * 2, 2 * 3 * 1)
    assert ad.hvp(lambda x: x**3, (3.0,), (2.0,)) == 36


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


MATRIX = np.array([[1.0, 2.0, -1.0], [0.5, -0.3, 2.0]])
MAPS = {  # what they take, and how their slope is compared
    "real to real": ("real", lambda x: np.sin(MATRIX @ x)),
    "real to complex": ("real", lambda x: np.exp(1j * (MATRIX @ x)) * x[:2]),
    "complex to real": ("complex", lambda z: np.abs(MATRIX @ z) ** 2 + np.real(z[0])),
    "holomorphic": ("complex", lambda z: np.exp(MATRIX @ z) / (3 + z[1])),
    "not holomorphic": ("complex", lambda z: np.conj(MATRIX @ z) * z[1]),
    "constant": ("complex", lambda z: np.array([1 + 1j, 2.0])),
}


def drawn(kind, seed, size):
    random = np.random.default_rng(seed)
    x = random.uniform(-1, 1, size)
    return x + 1j * random.uniform(-1, 1, size) if kind == "complex" else x


@pytest.mark.slow
@pytest.mark.parametrize("name", MAPS)
@given(st.integers(0, 1000))
def test_real_and_complex_in_every_combination(name, seed):
    kind, f = MAPS[name]
    x, tangent = drawn(kind, seed, 3), drawn(kind, seed + 1, 3)
    out, tangent_out = ad.jvp(f, (x,), (tangent,))
    h = 1e-5
    numeric = (f(x + h * tangent) - f(x - h * tangent)) / (2 * h)
    np.testing.assert_allclose(tangent_out, numeric, atol=1e-7)
    assert tangent_out.dtype == out.dtype == f(x).dtype
    cotangent = drawn("complex" if np.iscomplexobj(out) else "real", seed + 2, 2)
    (slope,) = ad.vjp(f, x)[1](cotangent)
    assert slope.dtype == x.dtype
    ours, theirs = np.vdot(cotangent, tangent_out).real, np.vdot(slope, tangent).real
    np.testing.assert_allclose(ours, theirs, atol=1e-12)
    if name == "not holomorphic":
        with pytest.raises(TypeError, match=r"jacobian needs a holomorphic function .* Use jvp"):
            ad.jacobian(f)(x)
        with pytest.raises(TypeError, match=r"jacobian needs a holomorphic function .* Use jvp"):
            ad.jit(ad.jacobian(f))(x)
        return
    jacobian = ad.jacobian(f)(x)
    np.testing.assert_allclose(ad.jit(ad.jacobian(f))(x), jacobian, atol=1e-12)
    if name == "complex to real":  # rows are gradients, as grad's
        np.testing.assert_allclose(jacobian[0], ad.grad(lambda z: f(z)[0])(x))
        jacobian = np.conj(jacobian)
    product = jacobian @ tangent
    np.testing.assert_allclose(
        tangent_out, product if np.iscomplexobj(out) else product.real, atol=1e-12
    )


def test_jacobians_of_real_to_complex_functions_in_structures_dtypes_and_traces():
    x = np.array([0.3, 0.7], np.float32)
    both = ad.jacobian(lambda x: {"real": 2 * x, "complex": np.exp(1j * x[0])})(x)
    assert both["real"].dtype == np.float32
    assert both["complex"].dtype == np.complex64
    np.testing.assert_allclose(both["complex"], [1j * np.exp(0.3j), 0], rtol=1e-6)
    assert ad.jacobian(lambda x: x * 2j)(3.0) == 2j
    empty = ad.jacobian(lambda x: x[:0] * 1j)(x)
    assert empty.shape == (0, 2)
    assert empty.dtype == np.complex64
    again = ad.jacobian(ad.jacobian(lambda x: np.exp(1j * x)))(0.5)
    np.testing.assert_allclose(again, -np.exp(0.5j))
    np.testing.assert_allclose(
        ad.jit(ad.jacobian(lambda x: np.exp(1j * x)))(0.5), 1j * np.exp(0.5j)
    )


def test_hessians_of_complex_arguments():
    # The gradient of |z|² is 2z, which is holomorphic; that of Re z² is 2 conj(z), which isn't.
    assert ad.hessian(lambda z: np.abs(z) ** 2)(1 + 2j) == pytest.approx(2)
    with pytest.raises(TypeError, match="holomorphic"):
        ad.hessian(lambda z: np.real(z**2))(1 + 2j)
    assert ad.hvp(lambda z: np.real(z**2), (1 + 2j,), (1j,)) == pytest.approx(-2j)


def test_an_imaginary_part_that_would_be_lost_is_refused():
    with pytest.raises(TypeError, match="the cotangent of a real array must be real"):
        ad.vjp(np.sin, np.ones(2))[1](np.ones(2) * 1j)
    with pytest.raises(TypeError, match="the tangent of a real array must be real"):
        ad.jvp(lambda x: x * 1j, (1.0,), (1j,))


def test_mistakes():
    with pytest.raises(TypeError, match=r"jvp\(f, \(x,\), \(v,\)\)"):
        ad.jvp(np.sin, 1.0, 2.0)
    with pytest.raises(TypeError, match="expected 1 tangents"):
        ad.jvp(np.sin, (1.0,), (1.0, 2.0))
    message = r"expected a {} of the structure and shapes of the {}, \[\(2,\)\], got \[\(3,\)\]"
    with pytest.raises(ValueError, match=message.format("tangent", "primals")):
        ad.jvp(np.sin, (np.ones(2),), (np.ones(3),))
    with pytest.raises(ValueError, match=message.format("cotangent", "result")):
        ad.vjp(np.sin, np.ones(2))[1](np.ones(3))
    with pytest.raises(TypeError, match="argnums expects an argument 1 of"):
        ad.jacobian(np.sin, 1)(1.0)
    with pytest.raises(TypeError, match="hessian needs a function"):
        ad.hessian(3.0)


@pytest.mark.parametrize(
    ("primals", "tangents"),
    [(np.ones(2), (1.0, 1.0)), ((1.0, 1.0), np.ones(2)), (np.ones(2), np.ones(2))],
)
def test_an_array_is_not_taken_for_several_primals_or_tangents(primals, tangents):
    with pytest.raises(TypeError, match="as tuples"):
        ad.jvp(lambda x, y: x * y, primals, tangents)
