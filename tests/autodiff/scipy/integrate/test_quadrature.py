"""quad and related functions: SciPy's values, and slopes by Leibniz' rule."""

import ctypes
import ctypes.util
import math

import numpy as np
import pytest
import scipy
import scipy.integrate
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.scipy.integrate import dblquad, fixed_quad, nquad, quad, quad_vec, tplquad
from tests.laws.table import examples

P = np.array([0.3, 2.0, 0.5, 1.2])


def wave(x, c, d):
    return np.exp(-c * x) * np.sin(d * x)


def exact(p):
    """Return the integral of the wave from p[0] to p[1]."""
    a, b, c, d = p

    def antiderivative(x):
        return -np.exp(-c * x) * (c * np.sin(d * x) + d * np.cos(d * x)) / (c**2 + d**2)

    return antiderivative(b) - antiderivative(a)


def by_args(p):
    return quad(wave, p[0], p[1], args=(p[2], p[3]))[0]


def by_closure(p):
    return quad(lambda x: wave(x, p[2], p[3]), p[0], p[1])[0]


def by_both(p):
    return quad(lambda x, c: wave(x, c, p[3]), p[0], p[1], args=p[2])[0]


def by_vector(p):
    return quad_vec(lambda x, c: np.array([1.0, 2.0]) * wave(x, c, p[3]), p[0], p[1], args=(p[2],))[
        0
    ]


def by_gauss(p):
    return fixed_quad(lambda x, c: wave(x, c, p[3]), p[0], p[1], args=(p[2],), n=12)[0]


@pytest.mark.slow
@pytest.mark.parametrize("integral", [by_args, by_closure, by_both, by_gauss])
def test_slopes_in_limits_and_parameters(integral):
    assert integral(P) == pytest.approx(exact(P))
    np.testing.assert_allclose(ad.grad(integral)(P), ad.grad(exact)(P), rtol=1e-9)
    np.testing.assert_allclose(ad.hessian(integral)(P), ad.hessian(exact)(P), rtol=1e-8, atol=1e-12)

    def third(f):
        return ad.grad(ad.grad(ad.grad(lambda t: f(P + t * np.array([1, -1, 2, 1])))))(0.0)

    assert third(integral) == pytest.approx(third(exact))


@pytest.mark.slow
def test_slopes_of_a_vector():
    np.testing.assert_allclose(ad.jacobian(by_vector)(P)[1], 2 * ad.grad(exact)(P), rtol=1e-9)
    total = ad.hessian(lambda p: by_vector(p).sum())(P)
    np.testing.assert_allclose(total, 3 * ad.hessian(exact)(P), rtol=1e-8, atol=1e-12)


@pytest.mark.slow
def test_forward_mode_and_backward():
    direction = np.array([1.0, 0.0, -1.0, 0.5])
    for integral in (by_args, by_closure, by_vector):
        moved = ad.jvp(integral, (P,), (direction,))[1]
        assert isinstance(moved, (float, np.ndarray))
        np.testing.assert_allclose(np.ravel(moved)[0], ad.grad(exact)(P) @ direction)
    p = ad.tensor(P)
    by_closure(p).backward()
    np.testing.assert_allclose(p.grad, ad.grad(exact)(P))


def test_worked_by_hand():
    # the integral of c x² from 0 to b is c b³ / 3
    area = lambda b, c: quad(lambda x, c: c * x**2, 0, b, args=(c,))[0]  # noqa: E731
    np.testing.assert_allclose(ad.grad(area, (0, 1))(2.0, 5.0), (20, 8 / 3))
    assert ad.grad(ad.grad(area))(2.0, 5.0) == pytest.approx(20)
    assert ad.grad(lambda a: quad(math.exp, a, 1)[0])(0.0) == -1


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.5, 2))
@examples(20)
def test_any_limits(a, b, c):
    def integral(a, b, c):
        return quad(lambda x, c: np.cos(c * x), a, b, args=(c,))[0]

    def right(a, b, c):
        return (np.sin(c * b) - np.sin(c * a)) / c

    ours, exact = (ad.grad(f, (0, 1, 2))(a, b, c) for f in (integral, right))
    np.testing.assert_allclose(ours, exact, atol=1e-8)


@pytest.mark.slow
def test_infinite_and_singular():
    bell = lambda c: quad(lambda x: np.exp(-c * x * x), -np.inf, np.inf)[0]  # noqa: E731
    tail = lambda a: quad(lambda x: np.exp(-x), a, np.inf)[0]  # noqa: E731
    power = lambda c: quad(lambda x: x ** (c - 1), 0, 1)[0]  # noqa: E731
    assert ad.grad(bell)(0.7) == pytest.approx(-0.5 * np.sqrt(np.pi) * 0.7**-1.5)
    assert ad.grad(ad.grad(bell))(0.7) == pytest.approx(0.75 * np.sqrt(np.pi) * 0.7**-2.5)
    assert ad.grad(tail)(1.0) == pytest.approx(-np.exp(-1))
    assert ad.grad(power)(0.4) == pytest.approx(-(0.4**-2))
    assert ad.grad(ad.grad(power))(0.4) == pytest.approx(2 * 0.4**-3)
    to_infinity = ad.grad(lambda b: quad(lambda x: np.exp(-x), 0, b)[0])
    assert to_infinity(np.inf) == 0


@pytest.mark.slow
def test_a_weight():
    def weighted(c):
        return quad(lambda x, c: np.exp(-c * x), 0, 1, args=(c,), weight="cos", wvar=3.0)[0]

    def right(c):
        return quad(lambda x, c: np.exp(-c * x) * np.cos(3.0 * x), 0, 1, args=(c,))[0]

    for f in (lambda g: g, ad.grad, lambda g: ad.grad(ad.grad(g))):
        assert f(weighted)(0.7) == pytest.approx(f(right)(0.7))


@pytest.mark.slow
def test_complex_integrands():
    def integral(c):
        return quad(lambda x, c: np.exp(1j * c * x), 0, 1, args=(c,), complex_func=True)[0]

    ad.check_grads(integral, 0.7, order=2)
    wide = ad.jacobian(lambda c: quad_vec(lambda x: np.exp(c * x), 0, 1)[0])(0.3 + 0.4j)
    expected = ad.jacobian(lambda c: (np.exp(c) - 1) / c)(0.3 + 0.4j)
    np.testing.assert_allclose(wide, expected)


def test_parameters_in_a_structure():
    def integral(weights):
        def network(x, weights):
            return np.sum(weights["out"] * np.tanh(weights["in"] * x + weights["bias"]))

        return quad(network, 0.0, 1.0, args=(weights,))[0]

    weights = {"in": np.array([1.0, -2.0]), "bias": [1, 2], "out": np.float32([0.5, 1.5])}
    slopes = ad.grad(integral)(weights)
    assert slopes["out"].dtype == np.float32
    for i in range(2):
        unit = np.eye(2)[i] * 1e-5
        for name in ("in", "bias"):
            moved = [{**weights, name: weights[name] + s * unit} for s in (1, -1)]
            measured = (integral(moved[0]) - integral(moved[1])) / 2e-5
            assert slopes[name][i] == pytest.approx(measured, rel=1e-5)


def cosine_of_c():
    cosine = ctypes.CDLL(ctypes.util.find_library("m")).cos
    cosine.restype, cosine.argtypes = ctypes.c_double, (ctypes.c_double,)
    return scipy.LowLevelCallable(cosine)


def test_plain_calls_are_those_of_scipy():
    assert quad(wave, 0, 1, args=(0.5, 1.2)) == scipy.integrate.quad(wave, 0, 1, args=(0.5, 1.2))
    assert len(quad(wave, 0, 1, (0.5, 1.2), full_output=1)) == 3
    compiled = cosine_of_c()
    assert quad(compiled, 0, 1) == scipy.integrate.quad(compiled, 0, 1)
    traced = by_args(ad.tensor(P))
    assert traced.numpy() == scipy.integrate.quad(wave, P[0], P[1], args=(P[2], P[3]))[0]


def test_a_traced_limit_of_a_function_of_another_language():
    with pytest.raises(NotImplementedError, match="a function of Python"):
        quad(cosine_of_c(), 0, ad.tensor(1.0))


@pytest.mark.slow
def test_jit_integrates_in_each_call():
    for integral in (by_args, lambda p: quad_vec(wave, p[0], p[1], args=(p[2], p[3]))[0]):
        slopes = ad.jit(ad.grad(integral))
        for scale in (1.0, 1.1):
            np.testing.assert_allclose(slopes(P * scale), ad.grad(exact)(P * scale))
    np.testing.assert_allclose(ad.jit(ad.grad(by_gauss))(P), ad.grad(exact)(P))
    with pytest.raises(ad.RecordingError, match=r"closes over a traced value.*args="):
        ad.jit(by_closure)(P)


def test_what_is_not_supported_is_refused():
    t = ad.tensor(1.0)
    with pytest.raises(NotImplementedError, match="no full output"):
        quad(wave, 0, t, (1.0, 1.0), full_output=1)
    with pytest.raises(NotImplementedError, match="Multiply the function by the weight"):
        quad(wave, 0, t, (1.0, 1.0), weight="cos", wvar=1.0)
    with pytest.raises(NotImplementedError, match="Multiply the function by the weight"):
        quad(np.exp, 0, 1, weight="cos", wvar=t)
    for integral in (quad, quad_vec):
        with pytest.raises(NotImplementedError, match=r"plain points.*integrals between"):
            integral(np.exp, 0, 2, points=[t])
    with pytest.raises(NotImplementedError, match="no full output"):
        quad_vec(np.exp, 0, t, full_output=True)
    with pytest.raises(ValueError, match="finite limits"):
        fixed_quad(np.exp, t, np.inf)
    with pytest.raises(NotImplementedError, match="plain options"):
        nquad(wave, [(0, 1), (0, t)], args=(1.0,), opts=[lambda *x: {}, {}])


def over_a_triangle(p):
    return dblquad(lambda y, x, c: np.exp(-c * x * y), 0, p[0], 0, lambda x: p[1] * x, (p[2],))[0]


@pytest.mark.slow
def test_iterated_integrals():
    p = np.array([1.0, 0.7, 0.5])
    plain = scipy.integrate.dblquad(lambda y, x: np.exp(-0.5 * x * y), 0, 1, 0, lambda x: 0.7 * x)
    assert over_a_triangle(p) == plain[0]
    assert over_a_triangle(ad.tensor(p)).numpy() == plain[0]
    step = 1e-5 * np.eye(3)
    measured = [(over_a_triangle(p + d) - over_a_triangle(p - d)) / 2e-5 for d in step]
    np.testing.assert_allclose(ad.grad(over_a_triangle)(p), measured, rtol=1e-6)


@pytest.mark.slow
def test_volumes():
    # the box has the volume a b c, and the pyramid under x + y + z = a has a³ / 6
    def box(sides):
        return tplquad(lambda z, y, x: 1.0, 0, sides[0], 0, sides[1], 0, sides[2])[0]

    def box_of_ranges(sides):
        return nquad(lambda *x: 1.0, [[0, sides[0]], [0, sides[1]], [0, sides[2]]])[0]

    sides = np.array([1.0, 2.0, 3.0])
    for volume in (box, box_of_ranges):
        np.testing.assert_allclose(ad.grad(volume)(sides), [6, 3, 2])
    np.testing.assert_allclose(ad.grad(lambda s: ad.grad(box)(s)[0])(sides), [0, 3, 2], atol=1e-9)

    def pyramid(a):
        return nquad(lambda y, x: a - x - y, [lambda x: (0, a - x), (0, a)])[0]

    assert ad.grad(pyramid)(2.0) == pytest.approx(2)


@pytest.mark.slow
def test_traced_limits_of_inner_integrals_are_recorded():
    def area(p):
        return dblquad(lambda y, x, c: c * x * y, 0, p, p / 2, p, (p,))[0]

    def volume(p):
        return tplquad(lambda z, y, x: x * y * z, 0, p, 0, p, 0.5, lambda x, y: x + y)[0]

    p, expected = 1.2, 1.2**5 / 4 * 0.75
    for f in (ad.jit(area), lambda p: ad.vjp(area, p)[0]):
        assert f(p) == pytest.approx(expected)
    for f in (ad.grad(area), ad.jit(ad.grad(area))):
        assert f(p) == pytest.approx(5 * expected / p)
    assert ad.jit(volume)(p) == pytest.approx(volume(p))
    slope = (volume(p + 1e-5) - volume(p - 1e-5)) / 2e-5
    assert ad.jit(ad.grad(volume))(p) == pytest.approx(slope, rel=1e-6)


def test_functions_of_limits_that_jit_cannot_call_have_a_cure():
    def area(p):
        return dblquad(lambda y, x: y, 0, 1, 0, lambda x: x * p)[0]

    with pytest.raises(ad.RecordingError, match=r"Use nquad, whose .* at test_quadrature\.py:"):
        ad.jit(area)(1.2)
    by_nquad = ad.jit(lambda p: nquad(lambda y, x, p: y, [lambda x, p: (0, x * p), (0, 1)], p)[0])
    assert by_nquad(1.2) == pytest.approx(area(1.2))
