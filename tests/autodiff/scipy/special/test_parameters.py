"""Slopes of special functions in their orders and parameters, beside mpmath's at hard points."""

import mpmath
import numpy as np
import pytest

import autodiff as ad

s = pytest.importorskip("scipy.special")
from autodiff.scipy import special  # noqa: E402 - SciPy may be missing
from tests.laws.test_ufunc_methods import NARROW, check_narrow  # noqa: E402

BESSEL = {"jv": mpmath.besselj, "yv": mpmath.bessely, "iv": mpmath.besseli, "kv": mpmath.besselk}
OF_ORDER = (*BESSEL, "jve", "yve", "ive", "kve", "hankel1", "hankel2", "hankel1e", "hankel2e")
ORDERS = np.array([0.0, 0.3, 2.0, 25.0, -0.7, -3.3])
ARGUMENTS = np.array([1e-8, 0.5, 3.0, 40.0])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "order"), [*((name, 1) for name in BESSEL), ("jv", 2), ("iv", 2)])
def test_slopes_of_bessel_functions_in_the_order_are_those_of_mpmath(name, order):
    v, x = (grid.ravel() for grid in np.meshgrid(ORDERS, ARGUMENTS))
    slope = getattr(s, name)
    for _ in range(order):
        slope = ad.elementwise_grad(slope)
    with mpmath.workdps(40):
        expected, scale = [], []
        for a, b in zip(v, x, strict=True):
            value = BESSEL[name](a, b)
            exact = mpmath.diff(lambda t, b=b: BESSEL[name](t, b), a, order)
            expected.append(float(exact))
            scale.append(float(max(abs(exact), abs(value))))
    error = np.abs(slope(v, x) - expected) / scale
    assert error.max() < (1e-11 if order == 1 else 1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "exact"), [("struve", mpmath.struveh), ("modstruve", mpmath.struvel)]
)
def test_slopes_of_struve_functions_in_the_order_are_those_of_mpmath(name, exact):
    function = getattr(s, name)
    for v in (-0.6, 0.0, 0.3, 2.0, 12.5):
        for x in (0.05, 0.5, 3.0, 25.0):
            value = ad.grad(function)(v, x)
            with mpmath.workdps(40):
                expected = mpmath.diff(lambda t, x=x: exact(t, x), v)
                scale = max(abs(expected), abs(exact(v, x)))
            assert abs(value - float(expected)) < 1e-11 * float(scale), (v, x)
    ad.check_grads(function, np.array([[0.4], [2.5]]), np.array([0.7, 3.1]), order=2)


def test_the_slope_of_k_in_its_order_is_0_at_order_0():
    assert ad.grad(s.kv)(0.0, 1.5) == 0


def test_the_slope_of_j_in_its_order_at_order_0():  # DLMF 10.15.5: (π / 2) Y₀
    x = np.array([0.2, 1.0, 7.5])
    slope = ad.elementwise_grad(s.jv)(np.zeros(3), x)
    np.testing.assert_allclose(slope, np.pi / 2 * s.y0(x), rtol=1e-12)


@pytest.mark.parametrize("name", OF_ORDER)
def test_slopes_in_order_and_argument_are_the_measured_ones(name):
    function = getattr(s, name)
    ad.check_grads(function, np.array([[0.4], [2.5]]), np.array([0.7, 3.1]), order=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["jvp", "yvp", "ivp", "kvp"])
def test_derivatives_have_slopes_in_the_order(name):
    function = getattr(special, name)
    for n in (0, 1, 2):
        ad.check_grads(
            lambda v, x, n=n: function(v, x, n), np.array([[0.4], [2.5]]), np.array([0.7, 3.1])
        )


@pytest.mark.parametrize("name", ["jv", "kv", "jve", "kve", "hankel1"])
def test_orders_have_slopes_at_complex_arguments(name):
    function = getattr(s, name)
    ad.check_grads(lambda v: function(v, 1.2 + 0.5j), np.array([0.4, 2.5]), order=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "exact", "points"),
    [
        (s.hyp0f1, mpmath.hyp0f1, [(0.5, -30.0), (3.7, 40.0), (-1.4, 2.0)]),
        (s.hyp1f1, mpmath.hyp1f1, [(5.0, 1.0, -3.0), (-3.4, 12.0, 30.0), (0.5, 0.5, -100.0)]),
        (s.hyp2f1, mpmath.hyp2f1, [(20.0, 2.0, 11.0, 0.99), (1.0, 0.5, 2.0, 0.8),
                                   (1.0, 3.3, 11.0, -5.0), (0.5, 2.0, -1.5, 0.3)]),
    ],
)  # fmt: skip
def test_slopes_of_hypergeometric_functions_are_those_of_mpmath(function, exact, points):
    for point in points:
        for i in range(len(point) - 1):
            slope = ad.grad(function, i)(*point)
            with mpmath.workdps(30):
                orders = tuple(int(i == j) for j in range(len(point)))
                expected = mpmath.diff(exact, point, orders)
                scale = max(abs(expected), abs(exact(*point)))
            assert abs(slope - float(expected)) < 1e-9 * float(scale)


@pytest.mark.slow
def test_mixed_slopes_of_hypergeometric_functions_are_the_measured_ones():
    ad.check_grads(s.hyp0f1, np.array([0.4, 3.0]), np.array([-2.0, 1.5]), order=2)
    ad.check_grads(s.hyp1f1, 1.3, 2.4, np.array([-2.0, 1.5]), order=2)
    ad.check_grads(s.hyp2f1, 1.3, 0.4, 2.1, np.array([-2.0, 0.5]), order=2)


@pytest.mark.parametrize(
    ("f", "args", "flat"),
    [
        (s.hyp0f1, (1e-8, 0.0), (0,)),
        (s.hyp1f1, (0.5, 1e-8, 0.0), (0, 1)),
        (s.hyp1f1, (0.0, 1e-8, 0.5), (1,)),
        (s.hyp2f1, (0.5, 1.5, 0.0, 0.0), (0, 1, 2)),
        (s.hyp2f1, (0.2, 0.0, 1e-8, 0.4), (0, 2)),
    ],
)
def test_series_of_one_term_do_not_depend_on_other_parameters(f, args, flat):
    assert f(*args) == 1
    for i in flat:
        assert ad.grad(f, i)(*args) == 0
        for j in flat:
            assert ad.grad(ad.grad(f, i), j)(*args) == 0


def test_slopes_have_the_shape_and_dtype_of_the_parameter():
    single = np.float32([0.5, 1.5])
    assert ad.elementwise_grad(s.jv)(single, np.float32(2)).dtype == np.float32
    assert np.shape(ad.grad(lambda v: s.jv(v, ARGUMENTS).sum())(0.5)) == ()
    assert ad.elementwise_grad(s.hyp1f1)(np.zeros((0, 2)), 1.5, 2.0).shape == (0, 2)


def test_slopes_are_nan_where_the_function_is():
    assert np.isnan(ad.grad(s.jv)(1.5, -1.0))
    assert ad.grad(s.jv)(1.5, 0.0) == 0


def test_a_jitted_slope_agrees():
    slope = ad.elementwise_grad(s.kv)
    np.testing.assert_array_equal(ad.jit(slope)(ORDERS, 0.5), slope(ORDERS, 0.5))


@pytest.mark.slow
@pytest.mark.parametrize("i", [0, 1])
def test_slopes_of_u_in_its_parameters_are_those_of_mpmath(i):
    for a in (-5.5, -1.0, 0.0, 0.3, 2.5, 40.0):
        for b, x in ((-2.1, 0.1), (0.5, 200.0), (3.3, 1e-3), (3.3, 5.0), (20.7, 1.0)):
            slope = ad.grad(s.hyperu, i)(a, b, x)
            with mpmath.workdps(50):  # by a step that leaves 15 digits
                step = mpmath.mpf(10) ** -20
                at = [(a + t * (i == 0), b + t * (i == 1)) for t in (step, -step)]
                right, left = (mpmath.hyperu(*point, x) for point in at)
                expected = (right - left) / (2 * step)
                scale = max(abs(expected), abs(right))
            near = 1e-6 if a < 0 and b > 10 else 1e-11  # where the recurrence loses digits
            assert abs(slope - float(expected)) < near * float(scale), (a, b, x)


@pytest.mark.slow
def test_mixed_slopes_of_u_are_the_measured_ones():
    slope = ad.grad(lambda a, b, x: s.hyperu(a, b, x).sum(), (0, 1))  # SciPy has 8 digits
    ad.check_grads(slope, np.array([-1.4, 3.2]), 1.6, np.array([0.4, 1.0]), order=1)
    assert np.isnan(ad.grad(s.hyperu)(1.0, 1.5, -1.0))


def test_slopes_of_noncentral_distributions_in_all_parameters_are_the_measured_ones():
    ad.check_grads(s.ncfdtr, 2.5, 5.0, 0.7, np.array([0.6, 1.9]), order=1)
    ad.check_grads(s.nctdtr, 4.5, 0.7, np.array([-0.6, 1.9]), order=1)
    ad.check_grads(s.ncfdtri, 2.5, 5.0, 0.7, 0.4, order=1)
    ad.check_grads(s.nctdtrit, 4.5, 0.7, 0.4, order=1)


def test_the_slopes_of_noncentral_distributions_are_their_densities():
    stats = pytest.importorskip("scipy.stats")
    x = np.array([0.1, 0.8, 3.0, 11.0])
    slope = ad.elementwise_grad(lambda f: s.ncfdtr(2.5, 5.0, 0.7, f))(x)
    np.testing.assert_allclose(slope, stats.ncf.pdf(x, 2.5, 5.0, 0.7), rtol=1e-11)
    slope = ad.elementwise_grad(lambda t: s.nctdtr(4.5, 0.7, t))(x)
    np.testing.assert_allclose(slope, stats.nct.pdf(x, 4.5, 0.7), rtol=1e-11)


@pytest.mark.parametrize(("m", "q"), [(0, 0.1), (2, 1.4), (4, 5.0), (6, 20.0), (10, 3.0)])
def test_the_slope_of_an_eigenvalue_of_mathieu_is_that_of_its_matrix(m, q):
    def eigenvalue(q):  # of the even functions of period π (DLMF 28.4.5)
        count = 40
        beside = np.concatenate([[np.sqrt(2) * q], np.full(count - 2, 1.0) * q])
        whole = np.diag((2.0 * np.arange(count)) ** 2)
        return np.linalg.eigvalsh(whole + np.diag(beside, -1) + np.diag(beside, 1))[m // 2]

    assert ad.grad(lambda q: s.mathieu_a(m, q))(q) == pytest.approx(
        ad.grad(eigenvalue)(q), abs=1e-9
    )


@pytest.mark.parametrize(
    ("m", "q"), [(4, 16.7), (3, 16.0), (5, 21.0), (6, 25.0), (4, 100.0), (1, -2.0), (2, 0.0)]
)
@pytest.mark.parametrize("function", [s.mathieu_a, s.mathieu_b])
def test_slopes_of_mathieus_eigenvalues_where_scipys_jump_nearby(function, m, q):
    h = 1e-3
    low, middle, high = (function(m, q + step) for step in (-h, 0, h))
    slope = ad.grad(lambda q: function(m, q))
    assert slope(q) == pytest.approx((high - low) / (2 * h), abs=1e-6)
    assert ad.grad(slope)(q) == pytest.approx((high - 2 * middle + low) / h**2, abs=1e-5)
    assert np.isnan(ad.grad(lambda q: function(2.5, q))(q))  # as the value


def test_second_slopes_of_scaled_airy_functions_at_negative_numbers():
    for x in (-3.0, 2.0):
        for i in (2, 3):
            low, middle, high = (s.airye(x + step)[i] for step in (-1e-3, 0, 1e-3))
            found = ad.hessian(lambda x, i=i: s.airye(x)[i])(x)
            assert found == pytest.approx((high - 2 * middle + low) / 1e-6, rel=1e-5)


N_OF_DIRIC = [5, np.float32(5), [3, 4, 2], np.array([3, 4, 2]), np.array([3, 4, 2], "f4")]


@pytest.mark.parametrize("n", N_OF_DIRIC)
@pytest.mark.parametrize("dtype", ["f4", "f8", "i4"])
def test_diric_has_the_common_dtype_of_its_arguments(dtype, n):
    x = np.array([-7.11, 3.0, 0.0]).astype(dtype)
    want, got = s.diric(x, n), ad.jit(lambda x: special.diric(x, n))(x)
    assert got.dtype == want.dtype
    np.testing.assert_allclose(got, want, rtol=10 * np.finfo(want.dtype).eps, atol=1e-15)


@pytest.mark.parametrize(
    ("inverse", "function", "place", "at"),
    [
        (s.chndtrix, s.chndtr, 0, (3.0, 2.5, 0.7)), (s.chndtridf, s.chndtr, 1, (3.0, 2.5, 0.7)),
        (s.chndtrinc, s.chndtr, 2, (3.0, 2.5, 0.7)), (s.nctdtridf, s.nctdtr, 0, (4.5, 0.7, 2.0)),
        (s.nctdtrinc, s.nctdtr, 1, (4.5, 0.7, 2.0)), (s.nctdtrit, s.nctdtr, 2, (4.5, 0.7, 2.0)),
        (s.ncfdtridfn, s.ncfdtr, 0, (2.5, 5.0, 0.7, 0.3)),
        (s.ncfdtridfd, s.ncfdtr, 1, (2.5, 5.0, 0.7, 4.0)),
        (s.ncfdtrinc, s.ncfdtr, 2, (2.5, 5.0, 0.7, 2.0)),
        (s.ncfdtri, s.ncfdtr, 3, (2.5, 5.0, 0.7, 2.0)),
    ],
)  # fmt: skip
def test_inverses_are_solved_for_each_argument(inverse, function, place, at):
    p = function(*at)
    given = (*at[:place], p, *at[place + 1 :])
    slopes = np.array(ad.grad(inverse, argnums=range(len(at)))(*given))
    step = 1e-3

    def measured(i):  # of the function, to fourth order
        def moved(t):
            return function(*at[:i], at[i] + t * step, *at[i + 1 :])

        return (8 * (moved(1) - moved(-1)) - moved(2) + moved(-2)) / (12 * step)

    around = [1.0 if i == place else -measured(i) for i in range(len(at))]
    np.testing.assert_allclose(slopes, np.divide(around, measured(place)), rtol=1e-3)


def test_an_inverse_that_scipy_does_not_find_has_no_slope():
    assert s.nctdtridf(0.999, 0.7, 2.0) > 1e90  # more than the probability of any df
    assert np.isnan(ad.grad(s.nctdtridf)(0.999, 0.7, 2.0))


@pytest.mark.slow
@pytest.mark.parametrize("phi", [-7.0, -2.0, 0.4, 1.6, 3.0, 5.0, 9.5])
def test_slopes_of_elliptic_integrals_over_several_turns_are_those_of_mpmath(phi):
    for name, exact in (("ellipkinc", mpmath.ellipf), ("ellipeinc", mpmath.ellipe)):
        found = ad.grad(getattr(special, name), argnums=(0, 1))(phi, 0.6)
        expected = (
            mpmath.diff(lambda t, exact=exact: exact(t, 0.6), phi),
            mpmath.diff(lambda m, exact=exact: exact(phi, m), 0.6),
        )
        np.testing.assert_allclose(found, np.array(expected, float), rtol=1e-9)


@pytest.mark.parametrize("x", [1e-200, 1e-40, 1e-10, 9.9e-4, 1e-3, 0.5])
@pytest.mark.parametrize("a", [1e-3, 0.01, 0.3, 2.0])
def test_slopes_of_the_incomplete_gamma_function_of_small_numbers_are_those_of_mpmath(a, x):
    def exact(a):
        return mpmath.gammainc(a, 0, x, regularized=True)

    slopes = ad.grad(s.gammainc)(a, x), ad.grad(ad.grad(s.gammainc))(a, x)
    for order, found in enumerate(slopes, 1):
        with mpmath.workdps(60):
            expected = float(mpmath.diff(exact, a, order, h=1e-20))
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-290)


@pytest.mark.parametrize("x", [1e-3, 0.3, 0.999])
@pytest.mark.parametrize("shapes", [(1e-8, 0.5), (1e-8, 100.0), (5.0, 1e-8), (0.05, 1e-8)])
def test_slopes_of_the_incomplete_beta_function_of_a_tiny_shape_are_those_of_mpmath(x, shapes):
    for i, orders in enumerate(((1, 0), (0, 1))):
        with mpmath.workdps(60):
            exact = mpmath.diff(
                lambda a, b: mpmath.betainc(a, b, 0, x, regularized=True), shapes, orders, h=1e-20
            )
        found = ad.grad(s.betainc, i)(*shapes, x)
        assert found == pytest.approx(float(exact), rel=1e-7, abs=1e-25)


@pytest.mark.slow
@pytest.mark.parametrize("x", [1e-40, 1e-8, 1e-3, 0.3, 0.9, 1 - 1e-6, 1 - 1e-12])
def test_slopes_of_the_incomplete_beta_function_near_its_ends_are_those_of_mpmath(x):
    for a, b in ((0.0083, 3.0), (3.0, 0.0083), (0.5, 1e-3), (2.0, 50.0), (300.0, 2.0)):
        for i, orders in enumerate(((1, 0), (0, 1))):
            with mpmath.workdps(60):
                exact = mpmath.diff(
                    lambda a, b: mpmath.betainc(a, b, 0, x, regularized=True), (a, b), orders
                )
            assert ad.grad(s.betainc, i)(a, b, x) == pytest.approx(
                float(exact), rel=1e-10, abs=1e-50
            )


@pytest.mark.parametrize(
    ("function", "args"),
    [(special.comb, (3.0, 5.0)), (special.perm, (3.0, 5.0)), (special.factorial, (-2.0,)),
     (lambda n, k: special.comb(n, k, repetition=True), (0.0, 2.0))],
)  # fmt: skip
def test_where_there_are_no_ways_counts_have_slope_0(function, args):
    assert function(*args) == 0
    for i in range(len(args)):
        assert ad.grad(function, i)(*args) == 0


@pytest.mark.parametrize("df", [1e-5, 0.01, 0.13, 0.6, 3.0, 30.0])
@pytest.mark.parametrize("t", [-1.3, 0.5, 3.0, 1e3, 1e100])
def test_slopes_of_students_distribution_in_its_parameter_are_those_of_mpmath(df, t):
    with mpmath.workdps(30):

        def cdf(df):
            share = df / (df + mpmath.mpf(t) ** 2)
            return mpmath.betainc(df / 2, mpmath.mpf(0.5), 0, share, regularized=True) / 2

        exact = float(-np.sign(t) * mpmath.diff(cdf, mpmath.mpf(df), h=mpmath.mpf(df) * 1e-8))
    assert ad.grad(s.stdtr)(df, t) == pytest.approx(exact, rel=1e-7, abs=1e-15)


@pytest.mark.parametrize("x", [0.3, 1e6, 1e14, 1e20])
@pytest.mark.parametrize("shapes", [(0.5, 0.05), (3.0, 0.5), (30.0, 0.0073)])
def test_slopes_of_the_f_distribution_far_out_are_those_of_mpmath(x, shapes):
    def cdf(m, n, x):
        return mpmath.betainc(m / 2, n / 2, 0, m * x / (n + m * x), regularized=True)

    with mpmath.workdps(50):
        at = tuple(map(mpmath.mpf, (*shapes, x)))
        for i in range(3):
            orders = tuple(int(i == j) for j in range(3))
            exact = float(mpmath.diff(cdf, at, orders, h=at[i] * mpmath.mpf(1e-20)))
            assert ad.grad(s.fdtr, i)(*shapes, x) == pytest.approx(exact, rel=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("n", [0.3071743064717817, -1.3, 0.007057385372904578, 7.5])
@pytest.mark.parametrize("x", [-0.9999828908880519, -0.9992621562794235, -0.3, 0.6])
def test_slopes_of_legendre_functions_of_any_degree_are_those_of_mpmath(n, x):
    """SciPy's hypergeometric function is infinite at some of these points."""
    with mpmath.workdps(30):
        degree = mpmath.mpf(n)
        exact = [
            float(mpmath.diff(lambda t: mpmath.hyp2f1(-degree, degree + 1, 1, (1 - t) / 2), x, k))
            for k in (1, 2)
        ]
    slope = ad.grad(s.eval_legendre, 1)
    assert slope(n, x) == pytest.approx(exact[0], rel=1e-9)
    assert ad.grad(slope, 1)(n, x) == pytest.approx(exact[1], rel=1e-7)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("name", ["xlogy", "boxcox", "jv", "zeta"])
def test_slopes_beside_narrow_numbers_are_those_beside_the_same_wide_ones(name, dtype):
    check_narrow(getattr(special, name), np.array(NARROW[dtype], dtype))
