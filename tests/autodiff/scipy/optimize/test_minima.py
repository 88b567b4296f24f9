"""minimize and minimize_scalar: SciPy's values, and slopes of the minimum."""

import re

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad
from autodiff.scipy.optimize import minimize, minimize_scalar
from tests.laws.table import examples

TIGHT = {"method": "BFGS", "options": {"gtol": 1e-9}}
P = np.array([0.3, 0.7])
entries = st.floats(-2, 2)


def bowl(x, a, b):
    return (x[0] - b * np.sin(a)) ** 2 * (1 + x[1] ** 2) + np.cosh(x[1] - a * x[0])


def exact(p):
    """Return the minimum of the bowl."""
    x = p[1] * np.sin(p[0])
    return np.array([x, p[0] * x])


def by_args(p):
    return minimize(bowl, [0.0, 0.0], args=(p[0], p[1]), jac=ad.grad(bowl), **TIGHT).x


def by_closure(p):
    def f(x):
        return bowl(x, p[0], p[1])

    return minimize(f, [0.0, 0.0], jac=ad.grad(f), **TIGHT).x


def by_both_returned(p):
    f = ad.value_and_grad(lambda x: bowl(x, p[0], p[1]))
    return minimize(f, [0.0, 0.0], jac=True, **TIGHT).x


def by_hessian(p):
    def f(x):
        return bowl(x, p[0], p[1])

    def hessp(x, v):
        return ad.hvp(f, (x,), (v,))

    return minimize(f, [0.1, 0.2], jac=ad.grad(f), hessp=hessp, method="trust-ncg").x


@pytest.mark.parametrize("lowest", [by_args, by_closure, by_both_returned, by_hessian])
def test_slopes_of_a_minimum_to_third_order(lowest):
    def total(f):
        return lambda p: (f(p) ** 2).sum()

    np.testing.assert_allclose(lowest(P), exact(P), atol=1e-6)
    np.testing.assert_allclose(ad.jacobian(lowest)(P), ad.jacobian(exact)(P), atol=1e-5)
    np.testing.assert_allclose(ad.hessian(total(lowest))(P), ad.hessian(total(exact))(P), atol=1e-5)

    def along_a_line(f):
        return lambda t: total(f)(P + t * np.array([1.0, -2.0]))

    third, expected = (ad.grad(ad.grad(ad.grad(along_a_line(f))))(0.0) for f in (lowest, exact))
    assert third == pytest.approx(expected, abs=1e-4)


@pytest.mark.slow
def test_slopes_are_the_measured_ones():
    def lowest(a):
        f = lambda x: ((x - np.array([1.0, 2.0]) * a) ** 4 + x**2).sum()  # noqa: E731
        newton = {"method": "trust-exact", "options": {"gtol": 1e-13}}
        return minimize(f, [0.0, 0.0], jac=ad.grad(f), hess=ad.hessian(f), **newton).x

    ad.check_grads(lowest, 0.5, order=1)


def test_worked_by_hand():
    # (x - a)² + (x - 3)² is lowest at x = (a + 3) / 2, where it is (a - 3)² / 2
    def lowest(a):
        return minimize(lambda x: (x[0] - a) ** 2 + (x[0] - 3) ** 2, 0.0, **TIGHT)

    np.testing.assert_allclose(ad.value_and_grad(lambda a: lowest(a).x[0])(5.0), (4, 0.5), 1e-6)
    np.testing.assert_allclose(ad.value_and_grad(lambda a: lowest(a).fun)(5.0), (2, 2), 1e-6)
    np.testing.assert_allclose(ad.grad(ad.grad(lambda a: lowest(a).fun))(5.0), 1, 1e-6)


@examples(10)
@given(arrays(np.float64, (3, 3), elements=entries), arrays(np.float64, 3, elements=entries))
def test_a_quadratic_function_has_its_minimum_at_the_solution_of_a_system(B, b):
    A = B @ B.T + np.eye(3)

    def lowest(A, b):
        def f(x, A, b):
            return x @ A @ x / 2 - b @ x

        return minimize(f, np.zeros(3), (A, b), jac=ad.grad(f), tol=1e-9).x

    np.testing.assert_allclose(lowest(A, b), np.linalg.solve(A, b), atol=1e-6)
    for ours, right in zip(
        *(
            ad.grad(lambda A, b, f=f: f(A, b).sum(), (0, 1))(A, b)
            for f in (lowest, np.linalg.solve)
        ),
        strict=True,
    ):
        np.testing.assert_allclose((ours + ours.T) / 2, (right + right.T) / 2, atol=1e-5)


def test_values_are_those_of_scipy():
    plain = scipy.optimize.minimize(bowl, [0.0, 0.0], args=(0.3, 0.7))
    ours = minimize(bowl, [0.0, 0.0], args=(0.3, 0.7))
    assert type(ours) is scipy.optimize.OptimizeResult
    assert ours.keys() == plain.keys()
    np.testing.assert_array_equal(ours.x, plain.x)
    t = ad.tensor(0.3)
    traced = minimize(bowl, [0.0, 0.0], args=(t, 0.7))
    np.testing.assert_array_equal(traced.x.numpy(), plain.x)
    assert traced.fun.numpy() == plain.fun
    assert (traced.success, traced.message, traced.nit) == (True, plain.message, plain.nit)


def test_integers_and_lists_are_accepted():
    def lowest(p):
        return minimize(lambda x: ((x - np.array([p["a"], p["b"]])) ** 2).sum(), [0, 0], **TIGHT).x

    slopes = ad.jacobian(lowest)({"a": 1, "b": 2})
    np.testing.assert_allclose(slopes["a"], [1, 0], atol=1e-7)
    np.testing.assert_allclose(slopes["b"], [0, 1], atol=1e-7)


def test_the_starting_point_has_slope_zero():
    def lowest(start):
        return minimize(lambda x, a: ((x - a) ** 2).sum(), start, args=(start[0] * 0,)).x

    np.testing.assert_allclose(ad.jacobian(lowest)(np.ones(2)), 0, atol=1e-7)


def test_backward_and_forward_mode():
    p = ad.tensor(P)
    by_closure(p).sum().backward()
    np.testing.assert_allclose(p.grad, ad.jacobian(exact)(P).sum(axis=0), rtol=1e-6)
    for lowest in (by_args, by_closure):
        out, moved = ad.jvp(lowest, (P,), (np.array([1.0, -1.0]),))
        assert isinstance(out, np.ndarray)
        assert isinstance(moved, np.ndarray)
        np.testing.assert_allclose(moved, ad.jacobian(exact)(P) @ [1, -1], rtol=1e-6)


def test_nested_problems():
    # the inner minimum is at y = a x, the outer one at x = b / a
    def inner(x, a):
        return minimize(lambda y: ((y - a * x) ** 2).sum(), [0.0], tol=1e-9).x[0]

    def outer(a, b):
        f = lambda x: (inner(x[0], a) - b) ** 2  # noqa: E731
        return minimize(f, [1.0], jac=ad.grad(f), tol=1e-9).x[0]

    slopes = ad.grad(outer, (0, 1))(2.0, 3.0)
    np.testing.assert_allclose(slopes, (-3 / 4, 1 / 2), rtol=1e-5)


@pytest.mark.parametrize("bounds", [[(0, 1), (None, None)], scipy.optimize.Bounds([0, -9], [1, 9])])
@pytest.mark.parametrize("method", ["L-BFGS-B", "TNC", "SLSQP", "trust-constr"])
def test_an_entry_at_its_bound_has_slope_zero(bounds, method):
    def lowest(a):
        f = lambda x: ((x - a) ** 2).sum() + x[0] * x[1]  # noqa: E731
        return minimize(f, [0.5, 0.0], jac=ad.grad(f), bounds=bounds, method=method, tol=1e-9).x

    held, free = np.array([3.0, 1.0]), np.array([0.5, 0.1])
    np.testing.assert_allclose(ad.jacobian(lowest)(held), [[0, 0], [0, 1]], atol=1e-6)
    inside = np.linalg.inv([[2, 1], [1, 2]]) * 2
    np.testing.assert_allclose(ad.jacobian(lowest)(free), inside, atol=1e-6)


@pytest.mark.slow
def test_jit_runs_the_solver_in_each_call():
    slopes = ad.jit(ad.jacobian(by_args))
    for scale in (1.0, 1.2):
        np.testing.assert_allclose(slopes(P * scale), ad.jacobian(by_args)(P * scale), rtol=1e-9)
    value = ad.jit(lambda p: minimize(bowl, [0.0, 0.0], (p[0], p[1])).fun)
    np.testing.assert_allclose(value(P), minimize(bowl, [0.0, 0.0], (0.3, 0.7)).fun)


def test_jit_refuses_a_closure():
    with pytest.raises(ad.RecordingError, match=r"closes over a traced value.*args="):
        ad.jit(by_closure)(P)


def test_what_the_solver_approximated_is_refused():
    def asked(name):
        return lambda a: minimize(lambda x: ((x - a) ** 2).sum(), [0.0])[name]

    def had(a):
        return minimize(lambda x: ((x - a) ** 2).sum(), [0.0]).hess_inv

    with pytest.raises(AttributeError, match=r"no hess_inv: .*np\.linalg\.inv"):
        ad.grad(had)(1.0)
    with pytest.raises(KeyError, match=r"no jac: .*ad\.grad"):
        ad.grad(asked("jac"))(1.0)


def test_a_minimum_that_is_not_isolated_is_refused():
    def lowest(a):
        return minimize(lambda x: (x[0] - x[1] - a) ** 2, [0.0, 0.0], tol=1e-9).x[0]

    with pytest.raises(np.linalg.LinAlgError, match="isolated solution of minimize"):
        ad.grad(lowest)(1.0)


def test_constraints_and_traced_bounds_are_refused():
    def constrained(a):
        condition = {"type": "eq", "fun": lambda x: x[0] - 1}
        return minimize(lambda x: ((x - a) ** 2).sum(), [0.0], constraints=condition).x[0]

    with pytest.raises(NotImplementedError, match="no constraints"):
        ad.grad(constrained)(1.0)
    with pytest.raises(NotImplementedError, match="plain bounds"):
        ad.grad(lambda a: minimize(lambda x: ((x - a) ** 2).sum(), [0.0], bounds=[(a, 9)]).x[0])(
            1.0
        )


def test_an_unfinished_search_warns():
    def lowest(a):
        return minimize(lambda x: ((x - a) ** 4).sum(), [9.0], options={"maxiter": 1}).x[0]

    with pytest.warns(RuntimeWarning, match=r"got: Maximum number of iterations.*more iterations"):
        ad.grad(lowest)(1.0)


def test_a_closed_over_value_that_changed_since_is_detected():
    def lowest(a):
        a = a * 1
        x = minimize(lambda x: ((x - a) ** 2).sum(), np.zeros(2)).x
        a += 1
        return x.sum()

    with pytest.raises(RuntimeError, match="edited or replaced in between"):
        ad.grad(lowest)(np.ones(2))


def cubic(x, a):
    return x**4 - 4 * a * x  # lowest at x = a^(1/3)


@pytest.mark.parametrize(
    "options",
    [{}, {"bounds": (0, 3), "options": {"xatol": 1e-9}}, {"bracket": (0.1, 1.0), "tol": 1e-10}],
)
def test_slopes_of_a_minimum_of_one_number(options):
    def lowest(a):
        return minimize_scalar(cubic, args=(a,), **options).x

    def closed(a):
        return minimize_scalar(lambda x: cubic(x, a), **options).x

    for f in (lowest, closed):
        np.testing.assert_allclose(ad.grad(f)(1.5), 1.5 ** (-2 / 3) / 3, rtol=1e-4)
        np.testing.assert_allclose(ad.grad(ad.grad(f))(1.5), 1.5 ** (-5 / 3) * -2 / 9, rtol=1e-4)
    np.testing.assert_allclose(ad.jit(ad.grad(lowest))(1.5), ad.grad(lowest)(1.5))


def test_a_single_number_at_its_bound_has_slope_zero():
    def lowest(a):
        return minimize_scalar(lambda x: (x - a) ** 2, bounds=(0, 1)).x

    assert ad.grad(lowest)(3.0) == 0
    assert ad.grad(lowest)(0.5) == pytest.approx(1)
    with pytest.raises(NotImplementedError, match="plain bounds"):
        ad.grad(lambda a: minimize_scalar(lambda x: (x - a) ** 2, bounds=(0, a)).x)(1.0)


def test_a_derivation_and_generated_code_name_the_solver():
    def loss(a):
        best = minimize(lambda x, a: ((x - a) ** 2).sum(), [0.0], args=(a,)).x[0]
        return best**2

    text = str(ad.explain(loss)(2.0))
    assert re.search(r"x = minimize\(a\) = minimize\(2\) = \[(2|1\.9999\d*)\]", text)
    assert re.search(r"∂loss/∂a = slope of minimize\(∂loss/∂x, a\)\s+= slope of minimize\(", text)
    assert "a gets slope of minimize(g, a)" in ad.draw(loss)(2.0).text()
    source = ad.jit(ad.grad(loss)).source(2.0)
    assert "= minimize(a)" in source
    assert "slopes_of_minimize(" in source


def test_a_derivation_of_what_a_function_closes_over():
    def loss(a):
        scaled = 3 * a
        return minimize_scalar(lambda x: (x - scaled) ** 2 + x * a).x

    explanation = ad.explain(loss)(2.0)
    assert "slope of minimize_scalar(1, a, scaled, in input 1)" in explanation.formulas["a"]
    assert explanation.slopes["a"] == pytest.approx(2.5)


def test_slopes_are_those_of_newton_s_method_in_jax(jax):
    np_ = jax.numpy

    def f(x, a):
        return np_.sum((x - a) ** 4) + np_.sum(x**2) + np_.prod(x)

    def newton(a):
        def step(_, x):
            return x - np_.linalg.solve(jax.hessian(f)(x, a), jax.grad(f)(x, a))

        return jax.lax.fori_loop(0, 20, step, np_.zeros(2))

    def ours(a):
        g = lambda x: np.sum((x - a) ** 4) + np.sum(x**2) + np.prod(x)  # noqa: E731
        slopes = {"jac": ad.grad(g), "hess": ad.hessian(g), "method": "trust-exact"}
        return minimize(g, [0.0, 0.0], options={"gtol": 1e-12}, **slopes).x

    a = np.array([0.7, -0.4])
    np.testing.assert_allclose(ours(a), newton(a), rtol=1e-8)
    np.testing.assert_allclose(ad.jacobian(ours)(a), jax.jacobian(newton)(a), rtol=1e-8)
    second, right = (
        t(lambda a, f=f: f(a)[0])(a) for t, f in ((ad.hessian, ours), (jax.hessian, newton))
    )
    np.testing.assert_allclose(second, right, rtol=1e-7)


METHODS = [
    "Nelder-Mead", "Powell", "CG", "BFGS", "Newton-CG", "L-BFGS-B", "TNC", "COBYLA", "COBYQA",
    "SLSQP", "trust-constr", "dogleg", "trust-ncg", "trust-exact", "trust-krylov",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::scipy.optimize.OptimizeWarning")
def test_every_method_has_slopes(method):
    def square(x, p):
        return np.sum((x - p) ** 2 * np.array([1.0, 2.0]))

    derivatives = {
        "jac": lambda x, p: 2 * (x - p) * np.array([1.0, 2.0]),
        "hess": lambda _x, _p: np.diag([2.0, 4.0]),
    }
    without = ("Nelder-Mead", "Powell", "COBYLA", "COBYQA")
    options = {} if method in without else {"jac": derivatives["jac"]}
    if method.startswith(("dog", "trust")):
        options["hess"] = derivatives["hess"]
    slopes = ad.jacobian(lambda p: minimize(square, [0.0, 0.0], (p,), method, **options).x)(P)
    np.testing.assert_allclose(slopes, np.eye(2), atol=1e-3)
