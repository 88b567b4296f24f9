"""Results of solvers: their numbers have slopes, also by jit; other approximations are refused."""

import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy")
from autodiff.scipy import integrate, optimize

A = np.array([1.5, 0.5])
SOLVED = {
    "minimize": (
        lambda a: optimize.minimize(lambda x, a: ((x - a) ** 2).sum() + 1, A * 0, a, tol=1e-12),
        ("x", "fun"), {"jac": "ad.grad(f)", "hess_inv": "np.linalg.inv", "simplex": "plain values"},
    ),
    "minimize_scalar": (
        lambda a: optimize.minimize_scalar(lambda x, a: (x - a[0]) ** 2 + a[1], args=(a,)),
        ("x", "fun"), {},
    ),
    "root": (
        lambda a: optimize.root(lambda x, a: x**3 - a, A * 0 + 1, (a,), tol=1e-12),
        ("x", "fun"), {"fjac": "plain values"},
    ),
    "root_scalar": (
        lambda a: optimize.root_scalar(lambda x, a: x**3 - a[0], (a,), bracket=(0, 3), xtol=1e-13),
        ("root",), {},
    ),
    "least_squares": (
        lambda a: optimize.least_squares(lambda x, a: x**2 - a, A, args=(a,), xtol=1e-15),
        ("x", "fun", "cost"), {"jac": "ad.jacobian", "grad": "ad.grad"},
    ),
    "solve_ivp": (
        lambda a: integrate.solve_ivp(
            lambda t, y, a: -a * y, (0, 1), A, t_eval=[0.0, 0.4, 1.0], args=(a,), rtol=1e-9
        ),
        ("t", "y"), {},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", SOLVED)
def test_numbers_of_a_result(name):
    solve, numbers, refused = SOLVED[name]
    plain, traced = solve(A), solve(ad.tensor(A))
    for number in numbers:
        np.testing.assert_array_equal(np.asarray(ad.stop_gradient(traced[number])), plain[number])
        jitted = ad.jit(lambda a, number=number: solve(a)[number])
        np.testing.assert_allclose(jitted(A), plain[number], atol=1e-12)
        slopes = ad.jacobian(lambda a, number=number: 1.0 * solve(a)[number])
        np.testing.assert_allclose(ad.jit(slopes)(A), slopes(A), atol=1e-10)
    for other, cure in refused.items():
        with pytest.raises(AttributeError, match="the result of a traced problem has no") as caught:
            getattr(traced, other)
        assert cure in str(caught.value)
        with pytest.raises(KeyError, match=f"has no {other}"):
            traced[other]


@pytest.mark.parametrize("name", SOLVED)
def test_counts_and_flags_are_those_of_scipy(name):
    solve, numbers, _ = SOLVED[name]
    plain, traced = solve(A), solve(ad.tensor(A))
    for key, value in plain.items():
        if key not in numbers and np.asarray(value).dtype.kind in "biuU":
            np.testing.assert_array_equal(traced[key], value, err_msg=key)
