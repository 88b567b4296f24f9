"""Functions that SciPy calls: what they close over is freed, and SciPy's view of them is kept."""

import gc
import inspect

import numpy as np
import pytest
import scipy.integrate

import autodiff as ad
from autodiff.core.graph import Node
from autodiff.scipy import integrate, optimize
from autodiff.scipy.called import Called, releasable

P = np.array([1.0, 2.0])
CALLS = {
    "minimize": lambda p: optimize.minimize(lambda x: ((x - p) ** 2).sum(), [0.0, 0.0]).x.sum(),
    "root": lambda p: optimize.root(lambda x, p: x - p, [0.0, 0.0], (p,)).x.sum(),
    "brentq": lambda p: optimize.brentq(lambda x: x - p[0], 0, 9),
    "curve_fit": lambda p: optimize.curve_fit(lambda t, a: a * t, P, p)[1].sum(),
    "quad": lambda p: integrate.quad(lambda x: x * p[0], 0, p[1])[0],
    "dblquad": lambda p: integrate.dblquad(lambda y, x: x * y, 0, 1, 0, p[1])[0],
    "odeint": lambda p: integrate.odeint(lambda y, _: -p * y, P, [0, 1.0])[-1].sum(),
    "solve_ivp": lambda p: integrate.solve_ivp(lambda _, y: -p * y, (0, 1), P, "Radau").y.sum(),
}


def count_of_nodes():
    return sum(type(x) is Node for x in gc.get_objects())


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_graphs_are_freed_without_the_garbage_collector(name):
    f = CALLS[name]
    ad.hessian(f)(P)
    gc.collect()
    before = count_of_nodes()
    gc.disable()
    try:
        ad.grad(f)(P)
        ad.hessian(f)(P)
        assert count_of_nodes() == before
    finally:
        gc.enable()


def test_a_releasable_function_has_its_signature_until_it_is_released():
    def f(x, a, b=1):
        return x * a * b

    with releasable(Called(f), "2-point", None) as (function, *rest):
        assert rest == ["2-point", None]
        assert inspect.signature(function) == inspect.signature(f)
        assert function(2.0, 3.0) == 6
    with pytest.raises(AttributeError):
        function(2.0, 3.0)


def test_a_solution_between_the_steps_outlives_the_call():
    for method in ("RK45", "DOP853", "Radau", "BDF", "LSODA"):
        f, span = lambda t, y: -y, (0, 1)
        ours, theirs = (
            module.solve_ivp(f, span, [1.0], method, dense_output=True).sol(0.37)
            for module in (integrate, scipy.integrate)
        )
        np.testing.assert_array_equal(ours, theirs)


def test_a_solver_under_jit_edits_no_argument():
    def edit(x, w):
        w[0] = 9.0
        return x - w[1]

    w = np.array([4.0, 1.0])
    for passed in (lambda w: w, lambda w: w.copy()):
        with pytest.raises(ValueError, match=r"brentq at test_called\.py.* edit its inputs"):
            ad.jit(lambda w, p=passed: optimize.brentq(edit, 0, 3, args=(p(w),)))(w)
    np.testing.assert_array_equal(w, [4.0, 1.0])
