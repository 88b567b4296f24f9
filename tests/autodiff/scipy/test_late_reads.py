"""Solvers run the user's function again for its slopes, with the variables of its first run."""

import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy")
from scipy.sparse.linalg import LinearOperator

from autodiff.scipy import integrate, optimize
from autodiff.scipy.sparse import linalg

XS = np.array([0.0, 1.0, 2.0])

SOLVERS = {  # each returns k() * x
    "root": lambda k, x: optimize.root(lambda t, a: t - k() * a, 0.0, args=(x,)).x[0],
    "fsolve": lambda k, x: optimize.fsolve(lambda t: t - k() * x, [0.0])[0],
    "root_scalar": lambda k, x: optimize.root_scalar(lambda t: t - k() * x, bracket=(-99, 99)).root,
    "brentq": lambda k, x: optimize.brentq(lambda t: t - k() * x, -99, 99),
    "newton": lambda k, x: optimize.newton(lambda t: t - k() * x, 1.0),
    "fixed_point": lambda k, x: optimize.fixed_point(lambda t: (t + k() * x) / 2, 1.0),
    "minimize": lambda k, x: optimize.minimize(lambda t: np.sum((t - k() * x) ** 2), [0.0]).x[0],
    "minimize_scalar": lambda k, x: optimize.minimize_scalar(lambda t: (t - k() * x) ** 2).x,
    "least_squares": lambda k, x: optimize.least_squares(lambda t: t - k() * x, [0.0]).x[0],
    "curve_fit": lambda k, x: optimize.curve_fit(lambda s, c: c * s / k(), XS, XS * x, p0=[1.0])[0][
        0
    ],
    "quad": lambda k, x: integrate.quad(lambda t: k() * x, 0, 1)[0],
    "quad_vec": lambda k, x: integrate.quad_vec(lambda t: k() * x, 0, 1)[0],
    "dblquad": lambda k, x: integrate.dblquad(lambda s, t: k() * x, 0, 1, 0, 1)[0],
    "odeint": lambda k, x: integrate.odeint(lambda y, t: k() * x, [0.0], [0.0, 1.0])[-1, 0],
    "solve_ivp": lambda k, x: integrate.solve_ivp(
        lambda t, y: k() * x + 0 * y, (0.0, 1.0), [0.0], t_eval=[1.0]
    ).y[0, -1],
}


@pytest.mark.parametrize("name", SOLVERS)
def test_a_variable_that_a_loop_changes(name):
    def f(x):
        for k in (2.0, 3.0):
            x = SOLVERS[name](lambda: k, x)  # noqa: B023 - which is to be found
        return x**2

    value, slope = ad.value_and_grad(f)(1.5)
    assert np.isclose(value, 81.0, 1e-4)
    assert np.isclose(slope, 108.0, 1e-4)


@pytest.mark.parametrize("name", ["root", "minimize", "least_squares"])
def test_an_array_that_is_edited_after_the_call_and_one_among_the_arguments(name):
    w, v = np.full(1, 2.0), np.full(1, 3.0)
    solve = {
        "root": lambda x: optimize.root(lambda t, a, v: t - w * v * a, [0.0], args=(x, v)).x,
        "minimize": lambda x: (
            optimize.minimize(lambda t, a, v: np.sum((t - w * v * a) ** 2), [0.0], args=(x, v)).x
        ),
        "least_squares": lambda x: (
            optimize.least_squares(lambda t, a, v: t - w * v * a, [0.0], args=(x, v)).x
        ),
    }[name]
    z, pull = ad.vjp(solve, 1.5)
    w[:] = v[:] = 0.0
    assert np.allclose(z, 9.0, 1e-4)
    assert np.allclose(pull(np.ones(1))[0], 6.0, 1e-4)


@pytest.mark.parametrize("name", ["cg", "gmres", "bicgstab"])
def test_a_linear_operator_and_what_it_reads(name):
    weights = np.ones(3)

    def f(b):
        for k in (2.0, 3.0):
            operator = LinearOperator(
                (3, 3),
                matvec=lambda v: k * weights * v,  # noqa: B023 - which is to be found
                rmatvec=lambda v: k * weights * v,  # noqa: B023
            )
            b = getattr(linalg, name)(operator.T.T, b, M=operator, rtol=1e-9)[0]
        return b

    z, pull = ad.vjp(f, np.arange(1.0, 4.0))
    weights[:] = 7.0
    assert np.allclose(z, np.arange(1.0, 4.0) / 6)
    assert np.allclose(pull(np.ones(3))[0], 1 / 6)


def test_under_jit_each_call_runs_the_function_with_the_variables_of_the_recording():
    def f(x):
        for k in (2.0, 3.0):
            x = x + optimize.root(lambda t, a: t - k * a, np.zeros(3), args=(x,)).x  # noqa: B023
        return x

    jitted = ad.jit(f)
    for x in (np.arange(1.0, 4.0), np.arange(2.0, 5.0)):
        assert np.allclose(jitted(x), 12 * x)
        assert np.allclose(ad.jit(ad.grad(lambda x: f(x).sum()))(x), 12.0)
