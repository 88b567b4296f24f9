"""odeint and solve_ivp: SciPy's values, and slopes of the solution."""

import importlib

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.scipy.integrate import odeint, solve_ivp
from autodiff.scipy.integrate.explicit import TABLEAUS
from tests.laws.table import examples

TIGHT = {"rtol": 1e-10, "atol": 1e-10}
T = np.array([0.0, 0.3, 0.5, 1.0])
P = np.array([1.0, 0.5, 2.0, 0.7])


def spring(y, _, k, friction):
    return [y[1], -k * y[0] - friction * y[1]]


def exact(p, t=T):
    """Return position and speed of the spring."""
    x, v, k, friction = p
    slow, fast = friction / 2, np.sqrt(k - friction**2 / 4)
    a, b = x, (v + slow * x) / fast
    wave = a * np.cos(fast * t) + b * np.sin(fast * t)
    turned = -a * np.sin(fast * t) + b * np.cos(fast * t)
    decay = np.exp(-slow * t)
    return np.stack([decay * wave, decay * (fast * turned - slow * wave)], axis=-1)


def by_args(p):
    return odeint(spring, [p[0], p[1]], T, (p[2], p[3]), **TIGHT)


def by_closure(p):
    return odeint(lambda t, y: spring(y, t, p[2], p[3]), p[:2], T, tfirst=True, **TIGHT)


def by_both(p):
    return odeint(lambda y, t, k: spring(y, t, k, p[3]), np.array([p[0], p[1]]), T, p[2], **TIGHT)


def by_method(method, **options):
    def solution(p):
        def f(t, y, k):
            return spring(y, t, k, p[3])

        return solve_ivp(f, (0, 1), p[:2], method, T, args=(p[2],), **{**TIGHT, **options}).y.T

    return solution


SOLVERS = {
    "args": by_args, "closure": by_closure, "both": by_both,
    "RK23": by_method("RK23", rtol=1e-7, atol=1e-7), "RK45": by_method("RK45"),
    "DOP853": by_method("DOP853"), "LSODA": by_method("LSODA"),
    "BDF": by_method("BDF", rtol=1e-5, atol=1e-6),
    "Radau": by_method("Radau", rtol=1e-6, atol=1e-7),
}  # fmt: skip
LOOSE = {"BDF": 1e-3, "Radau": 1e-5, "RK23": 1e-5}


@pytest.mark.slow
@pytest.mark.parametrize("name", SOLVERS)
def test_slopes_to_second_order(name):
    solution, close = SOLVERS[name], LOOSE.get(name, 1e-7)

    def loss(f):
        return lambda p: np.sum(f(p) ** 2 * [1.0, -2.0])

    np.testing.assert_allclose(solution(P), exact(P), atol=close)
    np.testing.assert_allclose(ad.grad(loss(solution))(P), ad.grad(loss(exact))(P), atol=close)
    np.testing.assert_allclose(
        ad.hessian(loss(solution))(P), ad.hessian(loss(exact))(P), atol=10 * close
    )


@pytest.mark.slow
@pytest.mark.parametrize("method", ["RK23", "DOP853", "Radau", "LSODA"])
@pytest.mark.parametrize("closed", [False, True])
def test_a_state_of_rest(method, closed):
    # the solution doesn't move, so that its steps could have any length; its slopes do move
    def end(y0, push):
        def f(t, y, push):
            return -3 * y + push * np.cos(20 * t)

        if closed:
            return solve_ivp(lambda t, y: f(t, y, push), (0, 5), [y0], method).y[0, -1]
        return solve_ivp(f, (0, 5), [y0], method, args=(push,)).y[0, -1]

    in_state, in_push = ad.grad(end, (0, 1))(0.0, 0.0)
    assert in_state == pytest.approx(np.exp(-15), abs=2e-3)
    moved = (3 * np.cos(100) + 20 * np.sin(100) - 3 * np.exp(-15)) / 409
    assert in_push == pytest.approx(moved, abs=2e-3)


@pytest.mark.parametrize("name", TABLEAUS)
def test_the_coefficients_between_steps_are_those_of_scipy(name):
    solver = getattr(scipy.integrate, name)(lambda t, y: np.cos(y * t), 0.0, [0.3, 1.0], 9.0)
    solver.step()
    solver.step()
    between = solver.dense_output()
    stages = solver.K_extended if name == "DOP853" else solver.K
    for x in (0.0, 0.3, 0.9, 1.0):
        time = solver.t_old + x * (solver.t - solver.t_old)
        moved = (solver.t - solver.t_old) * TABLEAUS[name].dense(x) @ stages
        np.testing.assert_allclose(solver.y_old + moved, between(time), rtol=1e-12)


@pytest.mark.slow
def test_slopes_in_times():
    def at(t):
        return odeint(spring, [1.0, 0.5], np.stack([t[0], t[1], t[2]]), (2.0, 0.7), **TIGHT)

    def of_span(t):
        found = solve_ivp(lambda t, y: spring(y, t, 2.0, 0.7), (t[0], t[2]), [1.0, 0.5], **TIGHT)
        return found.y[:, -1] + (found.t[-1] - t[2]) + (found.t[0] - t[0])

    def right(t):
        return exact(np.array([1.0, 0.5, 2.0, 0.7]), t - t[0])

    t = np.array([0.2, 0.5, 1.0])
    for f, g in ((at, right), (lambda t: of_span(t), lambda t: right(t)[2])):
        np.testing.assert_allclose(ad.jacobian(f)(t), ad.jacobian(g)(t), atol=1e-7)
        ours, expected = (ad.hessian(lambda t, f=f: np.sum(f(t) ** 3))(t) for f in (f, g))
        np.testing.assert_allclose(ours, expected, atol=1e-5)


@pytest.mark.slow
def test_the_function_of_time_and_backwards_in_time():
    def forward(a):
        return odeint(lambda y, t: a * np.cos(t), [0.0], [0.0, 1.0, 2.0], **TIGHT)[:, 0]

    def backward(a):
        return solve_ivp(lambda t, y: [a * y[0]], (2, 0), [1.0], t_eval=[1.0, 0.0], **TIGHT).y[0]

    np.testing.assert_allclose(ad.jacobian(forward)(3.0), np.sin([0.0, 1.0, 2.0]), atol=1e-8)
    np.testing.assert_allclose(
        ad.jacobian(backward)(0.5), [-np.exp(-0.5), -2 * np.exp(-1)], rtol=1e-7
    )


@given(st.floats(0.1, 3), st.floats(-2, 2), st.lists(st.integers(0, 20), min_size=1, max_size=5))
@examples(5)
def test_exponential_decay(rate, start, times):
    t = np.array([0, *sorted(times)]) / 10

    def solution(rate, start):
        return odeint(lambda y, t, rate: -rate * y, start, t, args=(rate,))[:, 0]

    ours = ad.jacobian(solution, (0, 1))(rate, start)
    np.testing.assert_allclose(ours[0], -start * t * np.exp(-rate * t), atol=2e-6)
    np.testing.assert_allclose(ours[1], np.exp(-rate * t), atol=2e-6)


def test_values_are_those_of_scipy():
    plain = scipy.integrate.odeint(spring, [1.0, 0.5], T, (2.0, 0.7))
    np.testing.assert_array_equal(odeint(spring, [1.0, 0.5], T, (2.0, 0.7)), plain)
    p = ad.tensor(P)
    np.testing.assert_array_equal(odeint(spring, p[:2], T, (p[2], p[3])).numpy(), plain)
    assert odeint(spring, [1.0, 0.5], T, (2.0, 0.7), full_output=True)[1]["nfe"][-1] > 0
    for options in ({}, {"t_eval": T}, {"method": "BDF"}):
        f = lambda t, y, k: spring(y, t, k, 0.7)  # noqa: E731
        theirs = scipy.integrate.solve_ivp(f, (0, 1), [1.0, 0.5], args=(2.0,), **options)
        ours = solve_ivp(f, (0, 1), [1.0, 0.5], args=(2.0,), dense_output=True, **options)
        assert type(ours) is type(theirs)
        traced = solve_ivp(f, (0, 1), p[:2], args=(p[2],), **options)
        np.testing.assert_array_equal(traced.y.numpy(), theirs.y)
        np.testing.assert_array_equal(traced.t, theirs.t)
        assert (traced.success, traced.nfev, traced.sol) == (True, theirs.nfev, None)


@pytest.mark.slow
def test_integers_and_complex_numbers():
    slopes = ad.jacobian(lambda y0: odeint(lambda y, t: -y, y0, [0, 1]))([1, 2])
    np.testing.assert_allclose(slopes[1], np.exp(-1) * np.eye(2), rtol=1e-6)

    def turned(w):
        return solve_ivp(lambda t, y: 1j * w * y, (0, 1), [1 + 0j], t_eval=[1.0], **TIGHT).y[0, 0]

    np.testing.assert_allclose(ad.jacobian(turned)(2.0), 1j * np.exp(2j), rtol=1e-7)


@pytest.mark.slow
def test_vectorized_functions():
    def solution(k):
        f = lambda t, y: np.stack([y[1], -k * y[0]])  # noqa: E731
        return solve_ivp(f, (0, 1), [1.0, 0.0], vectorized=True, t_eval=[1.0], **TIGHT).y[0, 0]

    assert ad.grad(solution)(4.0) == pytest.approx(-np.sin(2) / 4)


def robertson(y, _, a, b, c):
    return [-a * y[0] + b * y[1] * y[2], a * y[0] - b * y[1] * y[2] - c * y[1] ** 2, c * y[1] ** 2]


@pytest.mark.slow
def test_a_stiff_equation():
    rates = np.array([0.04, 1e4, 3e7])

    def amounts(scale):
        return odeint(
            robertson, [1.0, 0, 0], [0, 40.0], tuple(rates * scale), rtol=1e-8, atol=1e-10
        )

    measured = [(amounts(1 + step) - amounts(1 - step))[1, 2] / 2e-3 for step in 1e-3 * np.eye(3)]
    slope = ad.grad(lambda scale: amounts(scale)[1, 2])(np.ones(3))
    np.testing.assert_allclose(slope, measured, rtol=1e-4)


def test_parameters_in_a_structure():
    def solution(weights):
        def f(y, _, weights):
            return np.tanh(weights["w"] @ y + weights["b"])

        return odeint(f, np.ones(2), [0.0, 1.0], args=(weights,), **TIGHT)[1]

    weights = {"w": np.array([[0.1, -0.5], [1.0, 0.2]]), "b": np.array([0.1, -0.2])}
    vector, unravel = ad.ravel(weights)
    slopes, _ = ad.ravel(ad.grad(lambda w: np.sum(solution(w)))(weights))
    step = 1e-5 * np.eye(len(vector))
    measured = [
        np.sum(solution(unravel(vector + d)) - solution(unravel(vector - d))) / 2e-5 for d in step
    ]
    np.testing.assert_allclose(slopes, measured, rtol=1e-5)


@pytest.mark.slow
def test_forward_mode_and_backward():
    direction = np.array([1.0, 0.0, -1.0, 0.5])
    expected = ad.jvp(exact, (P,), (direction,))[1]
    for solution in (by_args, by_closure):
        moved = ad.jvp(solution, (P,), (direction,))[1]
        assert isinstance(moved, np.ndarray)
        np.testing.assert_allclose(moved, expected, atol=1e-7)
    p = ad.tensor(P)
    by_closure(p)[-1, 0].backward()
    np.testing.assert_allclose(p.grad, ad.grad(lambda p: exact(p)[-1, 0])(P), atol=1e-7)


@pytest.mark.slow
def test_jit_solves_in_each_call():
    slopes = ad.jit(ad.grad(lambda p: by_args(p)[-1, 0]))
    by_times = ad.jit(
        lambda k: solve_ivp(lambda t, y, k: -k * y, (0, 1), [1.0], t_eval=T, args=(k,)).y
    )
    for scale in (1.0, 1.1):
        expected = ad.grad(lambda p: exact(p)[-1, 0])(P * scale)
        np.testing.assert_allclose(slopes(P * scale), expected, atol=1e-7)
        np.testing.assert_allclose(by_times(scale)[0], np.exp(-scale * T), rtol=1e-3)
    with pytest.raises(ad.RecordingError, match=r"closes over a traced value.*args="):
        ad.jit(by_closure)(P)


def test_times_that_do_not_move():
    np.testing.assert_allclose(
        ad.jacobian(lambda y0: odeint(lambda y, t: -y, y0, [1.0, 1.0]))(np.array([2.0])),
        [[[1.0]], [[1.0]]],
    )


def test_what_is_not_supported_is_refused():
    k = ad.tensor(2.0)

    def f(_, y):
        return -k * y

    with pytest.raises(NotImplementedError, match="no full output"):
        odeint(f, [1.0], [0.0, 1.0], tfirst=True, full_output=True)
    for options in (
        {"dense_output": True},
        {"events": lambda t, y: y[0] - 0.5},
        {"method": scipy.integrate.RK45},
    ):
        with pytest.raises(NotImplementedError, match=r"Ask for times \(t_eval=\)"):
            solve_ivp(f, (0, 1), [1.0], **options)
    with pytest.raises(TypeError, match="expected real results"):
        odeint(lambda y, t: y + 1j, [1.0], [0.0, 1.0])
    with pytest.raises(RuntimeError, match="to reach the end of a traced problem"):
        solve_ivp(lambda t, y: k * y**2, (0, 9), [1.0])


def test_slopes_are_those_of_jax(jax):
    of_jax = importlib.import_module("jax.experimental.ode").odeint
    rates, start, t = np.array([1.0, 0.5, 0.8, 0.4]), np.array([1.0, 0.5]), np.linspace(0, 5, 9)

    def change(library):
        def f(y, _, rates):
            a, b, c, d = rates
            return library.stack([a * y[0] - b * y[0] * y[1], d * y[0] * y[1] - c * y[1]])

        return f

    def ours(start, t, rates):
        return np.sum(odeint(change(np), start, t, (rates,), **TIGHT) ** 2)

    def theirs(start, t, rates):
        solution = of_jax(change(jax.numpy), start, t, rates, rtol=1e-10, atol=1e-10)
        return (solution**2).sum()

    found = ad.grad(ours, (0, 1, 2))(start, t, rates)
    for slope, right in zip(found, jax.grad(theirs, (0, 1, 2))(start, t, rates), strict=True):
        np.testing.assert_allclose(slope, right, rtol=1e-7, atol=1e-7)
