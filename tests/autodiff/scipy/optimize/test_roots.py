"""root, root_scalar and related functions: SciPy's values, and slopes of the root."""

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.scipy import optimize
from tests.laws.table import examples

P = np.array([0.3, 0.7])
BRACKETING = ["brentq", "brenth", "ridder", "bisect", "toms748"]


def crossing(x, p):
    return [x[0] ** 3 + p[0] * x[1] - 1, x[1] - p[1] * np.sin(x[0])]


def with_jacobian(x, p):
    return crossing(x, p), ad.jacobian(lambda x: np.array(crossing(x, p)))(x)


SYSTEMS = {
    "root": lambda p: optimize.root(crossing, [1.0, 1.0], p, tol=1e-13).x,
    "lm": lambda p: optimize.root(crossing, [1.0, 1.0], (p,), "lm", tol=1e-13).x,
    "closure": lambda p: optimize.root(lambda x: crossing(x, p), [1.0, 1.0], tol=1e-13).x,
    "jac": lambda p: optimize.root(with_jacobian, [1.0, 1.0], (p,), jac=True, tol=1e-13).x,
    "fsolve": lambda p: optimize.fsolve(crossing, [1, 1], (p,), xtol=1e-13),
}


@pytest.mark.slow
@pytest.mark.parametrize("solve", SYSTEMS.values(), ids=SYSTEMS)
def test_slopes_of_a_root(solve):
    ad.check_grads(solve, P, order=2)


@pytest.mark.parametrize("method", ["hybr", "lm", "broyden1", "krylov"])
def test_values_are_those_of_scipy(method):
    plain = scipy.optimize.root(crossing, [1, 1], (P,), method)
    np.testing.assert_array_equal(optimize.root(crossing, [1, 1], (P,), method).x, plain.x)
    traced = optimize.root(crossing, [1, 1], (ad.tensor(P),), method)
    np.testing.assert_array_equal(traced.x.numpy(), plain.x)
    assert traced.message == plain.message


def cube(x, a, b):
    return x**3 - a * x - b  # 1 is a root where a + b = 1


@pytest.mark.slow
@pytest.mark.parametrize("name", BRACKETING)
def test_slopes_of_a_root_in_a_bracket(name):
    solve = getattr(optimize, name)

    def by_args(p):
        return solve(cube, 0, 3, (p[0], p[1]), xtol=1e-13)

    def by_closure(p):
        x, report = solve(lambda x: cube(x, p[0], p[1]), a=0, b=3, xtol=1e-13, full_output=True)
        assert report.converged
        assert report.root is x
        return x

    for f in (by_args, by_closure):
        ad.check_grads(f, P, order=2)
        np.testing.assert_allclose(ad.grad(f)(P), [1 / 2.7, 1 / 2.7])  # x / (3 x² - a)
        assert f(P) == getattr(scipy.optimize, name)(cube, 0, 3, (0.3, 0.7), xtol=1e-13)
    np.testing.assert_allclose(ad.jit(ad.grad(by_args))(P), ad.grad(by_args)(P))


def with_slope(x, a, b):
    return cube(x, a, b), 3 * x**2 - a


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"f": cube, "bracket": [0, 3]},
        {"f": cube, "x0": 1.5, "x1": 2.0},
        {"f": cube, "x0": 1.5, "fprime": lambda x, a, b: 3 * x**2 - a},
        {"f": with_slope, "x0": 1.5, "fprime": True},
    ],
    ids=["bracket", "secant", "newton", "slope returned"],
)
def test_root_scalar(options):
    def solve(p):
        return optimize.root_scalar(args=(p[0], p[1]), xtol=1e-13, **options).root

    ad.check_grads(solve, P, order=2)
    np.testing.assert_allclose(ad.grad(solve)(P), [1 / 2.7, 1 / 2.7])
    np.testing.assert_allclose(ad.jit(ad.grad(solve))(P), ad.grad(solve)(P))


def test_the_report_of_root_scalar():
    report = optimize.root_scalar(lambda x, a: x - a, (ad.tensor(2.0),), bracket=[0, 3])
    assert (report.converged, report.flag, report.method) == (True, "converged", "brentq")
    assert report.root.numpy() == 2


@given(st.floats(0.2, 5), st.sampled_from(BRACKETING))
@examples(30)
def test_the_root_of_a_square_has_the_slope_of_the_square_root(a, name):
    def root(a):
        return getattr(optimize, name)(lambda x: x * x - a, 0.0, 3.0, xtol=1e-12)

    assert ad.grad(root)(a) == pytest.approx(0.5 / np.sqrt(a))
    assert ad.grad(ad.grad(root))(a) == pytest.approx(-0.25 * a**-1.5)


@pytest.mark.slow
def test_newton_of_one_number_and_of_many():
    def one(a):
        return optimize.newton(lambda x, a: x * x - a, 1.0, args=(a,), tol=1e-14)

    def many(a):
        return optimize.newton(lambda x: x * x - a, np.ones(2), lambda x: 2 * x, tol=1e-14)

    def all_reported(a):
        return optimize.newton(lambda x: x * x - a, np.ones(2), tol=1e-14, full_output=True)[0]

    ad.check_grads(one, 0.3, order=2)
    for f in (many, all_reported):
        ad.check_grads(f, P, order=2)
        np.testing.assert_allclose(ad.jacobian(f)(P), np.diag(0.5 / np.sqrt(P)))
    x, report = optimize.newton(lambda x: x * x - ad.tensor(4.0), 1.0, full_output=True)
    assert report.root is x
    assert report.converged


def test_newton_of_complex_numbers():
    def solve(a):
        return optimize.newton(lambda x, a: x * x - a, 1 + 1j, args=(a,), tol=1e-14)

    slope = ad.jacobian(solve)(1 + 2j)
    np.testing.assert_allclose(slope, 0.5 / np.sqrt(1 + 2j))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["del2", "iteration"])
def test_fixed_point(method):
    def solve(a):
        return optimize.fixed_point(
            lambda x, a: np.sqrt(a * x + x[::-1]), [1.0, 2.0], (a,), xtol=1e-13, method=method
        )

    ad.check_grads(solve, P, order=2)
    one = lambda a: optimize.fixed_point(lambda x: (x + a / x) / 2, 1.0)  # noqa: E731
    assert ad.grad(one)(4.0) == pytest.approx(0.25)


def test_plain_calls_are_those_of_scipy():
    ours, theirs = (
        module.root(crossing, [1.0, 1.0], (P,)) for module in (optimize, scipy.optimize)
    )
    assert type(ours) is type(theirs)
    np.testing.assert_array_equal(ours.fjac, theirs.fjac)
    assert type(optimize.brentq(cube, 0, 3, (0.3, 0.7))) is float
    assert optimize.newton(cube, 1.5, args=(0.3, 0.7)) == scipy.optimize.newton(
        cube, 1.5, args=(0.3, 0.7)
    )
    full = optimize.fsolve(crossing, [1, 1], (P,), full_output=True)
    assert full[2] == 1


def test_a_root_traced_at_no_argument_is_plain_under_jit():
    f = ad.jit(lambda a: a * optimize.brentq(lambda x: x * x - 2, 0, 2))
    assert f(3.0) == pytest.approx(3 * np.sqrt(2))


@pytest.mark.slow
def test_jit_of_a_system():
    slopes = ad.jit(ad.jacobian(SYSTEMS["root"]))
    for scale in (1.0, 1.1):
        np.testing.assert_allclose(slopes(scale * P), ad.jacobian(SYSTEMS["root"])(scale * P))
    for refused in (SYSTEMS["closure"], lambda p: optimize.brentq(lambda x: x - p[0], 0, 9)):
        with pytest.raises(ad.RecordingError, match=r"closes over a traced value.*args="):
            ad.jit(refused)(P)


def test_a_double_root_is_refused():
    double = lambda a: optimize.newton(lambda x, a: (x - a) ** 2, 0.0, args=(a,))  # noqa: E731
    flat = lambda a: optimize.root(lambda x: (x[0] + x[1] - a) * np.ones(2), [0, 0]).x[0]  # noqa: E731
    exact = lambda a: optimize.brentq(lambda x: (x - a) ** 3, -1, 1)  # noqa: E731
    for solve in (flat, exact):
        with pytest.raises(np.linalg.LinAlgError, match="isolated solution of"):
            ad.grad(solve)(0.0)
    with pytest.raises(np.linalg.LinAlgError, match="isolated solution of newton"):
        ad.grad(double)(0.0)


def test_what_is_not_supported_is_refused():
    with pytest.raises(NotImplementedError, match="Use root"):
        ad.grad(lambda p: optimize.fsolve(crossing, [1, 1], (p,), full_output=True)[0][0])(P)
    with pytest.raises(TypeError, match=r"real results from <lambda> \(test_roots\.py"):
        optimize.root(lambda x: x + 1j, [1.0])
    with pytest.raises(NotImplementedError, match="Use root, whose result has slopes"):
        optimize.broyden1(lambda x: x, ad.tensor([1.0]))


def test_a_failed_search_warns():
    def solve(a):
        return optimize.root(lambda x, a: np.exp(x) + a, [1.0], (a,)).x[0]

    with pytest.warns(RuntimeWarning, match=r"a solution from root.*got: The iteration is not"):
        ad.grad(solve)(1.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["brentq", "ridder", "newton"])
def test_the_full_output_of_a_root_is_recorded_without_its_texts(name):
    places = (1.0,) if name == "newton" else (0.0, 3.0)

    def root(a):
        x, report = getattr(optimize, name)(
            lambda x, a: x * x - a, *places, args=(a,), full_output=True
        )
        return x + report.root

    for square_root in (root, ad.jit(root)):
        np.testing.assert_allclose(square_root(4.0), 4)
        np.testing.assert_allclose(ad.grad(square_root)(4.0), 0.5)
