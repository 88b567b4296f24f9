"""SciPy's own solvers, with slopes by autodiff: plain calls on both sides."""

import numpy as np
import pytest
from scipy import integrate, optimize

import autodiff as ad

jitted = pytest.mark.parametrize("make", [lambda f: f, ad.jit], ids=["eager", "jitted"])


def valley(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


START = np.array([-0.5, 1.5, 0.5])


@jitted
def test_slopes_are_those_of_scipy_s_own_example(make):
    for ours, theirs in (
        (ad.grad(valley), optimize.rosen_der),
        (ad.hessian(valley), optimize.rosen_hess),
    ):
        np.testing.assert_allclose(make(ours)(START), theirs(START), rtol=1e-12)
    assert optimize.check_grad(valley, make(ad.grad(valley)), START) < 1e-4


@jitted
@pytest.mark.parametrize("method", ["BFGS", "CG", "L-BFGS-B", "TNC", "SLSQP"])
def test_minimize_with_a_gradient(make, method):
    found = optimize.minimize(valley, START, jac=make(ad.grad(valley)), method=method, tol=1e-8)
    np.testing.assert_allclose(found.x, 1, atol=1e-2 if method == "TNC" else 1e-4)


@jitted
@pytest.mark.parametrize(
    "method",
    ["Newton-CG", "dogleg", "trust-ncg", "trust-krylov", "trust-exact", "trust-constr"],
)
def test_minimize_with_second_derivatives(make, method):
    slopes = {"jac": make(ad.grad(valley)), "hess": make(ad.hessian(valley))}
    start = np.full(3, 1.2)  # the dogleg needs a positive Hessian
    found = optimize.minimize(valley, start, method=method, tol=1e-8, **slopes)
    np.testing.assert_allclose(found.x, 1, atol=1e-4)


@pytest.mark.slow
@jitted
@pytest.mark.parametrize("method", ["Newton-CG", "trust-ncg", "trust-krylov", "trust-constr"])
def test_minimize_with_products_of_the_hessian(make, method):
    times = make(lambda x, v: ad.hvp(valley, (x,), (v,)))
    jac = make(ad.grad(valley))
    found = optimize.minimize(valley, START, jac=jac, hessp=times, method=method, tol=1e-8)
    np.testing.assert_allclose(found.x, 1, atol=1e-4)


@jitted
def test_minimize_with_value_and_gradient_of_a_structure(make):
    def loss(parameters):
        return np.sum((parameters["w"] - 1) ** 2) + (parameters["b"] + 2) ** 4

    start, unravel = ad.ravel({"w": np.zeros((2, 2)), "b": 0})
    both = make(ad.value_and_grad(lambda x: loss(unravel(x))))
    found = optimize.minimize(both, start, jac=True, tol=1e-10)
    best = unravel(found.x)
    np.testing.assert_allclose(best["w"], np.ones((2, 2)), atol=1e-4)
    assert best["b"] == pytest.approx(-2, abs=1e-2)
    assert found.nfev < 60


@jitted
@pytest.mark.parametrize("method", ["hybr", "lm"])
def test_root_with_a_jacobian(make, method):
    def f(x, a):
        return np.array([x[0] * x[1] - a, x[0] - x[1] ** 2])

    jac = make(ad.jacobian(f))
    found = optimize.root(f, [1.0, 2.0], (8.0,), jac=jac, method=method)
    np.testing.assert_allclose(found.x, [4, 2])


@jitted
@pytest.mark.parametrize("method", ["trf", "dogbox", "lm"])
def test_least_squares_and_curve_fit_with_a_jacobian(make, method):
    t = np.linspace(0, 1, 9)
    y = 3 * np.exp(-2 * t)

    def curve(t, a, b):
        return a * np.exp(-b * t)

    def errors(p):
        return curve(t, p[0], p[1]) - y

    found = optimize.least_squares(errors, [1, 1], jac=make(ad.jacobian(errors)), method=method)
    np.testing.assert_allclose(found.x, [3, 2])
    slopes = make(ad.jacobian(lambda p: curve(t, p[0], p[1])))
    popt, _ = optimize.curve_fit(
        curve, t, y, jac=lambda t, a, b: slopes(np.array([a, b])), method=method
    )
    np.testing.assert_allclose(popt, [3, 2])


def test_roots_of_one_number_with_slopes():
    f = lambda x: x**3 - 8  # noqa: E731
    options = {"fprime": ad.grad(f), "fprime2": ad.grad(ad.grad(f))}
    assert optimize.newton(f, 3.0, **options) == pytest.approx(2)
    assert optimize.root_scalar(f, x0=3.0, **options).root == pytest.approx(2)


def test_stiff_equations_with_a_jacobian():
    def f(t, y):
        return np.array([-0.04 * y[0] + 1e4 * y[1] * t, 0.04 * y[0] - 1e4 * y[1] * t])

    jac = ad.jacobian(f, 1)
    found = integrate.solve_ivp(f, (0, 1), [1.0, 0.0], "Radau", jac=jac)
    np.testing.assert_allclose(found.y.sum(axis=0), 1)
    states = integrate.odeint(f, [1.0, 0.0], [0, 1.0], Dfun=jac, tfirst=True)
    np.testing.assert_allclose(states[-1], found.y[:, -1], rtol=1e-2)
