"""Slopes of SciPy's special functions at whole numbers and halves: zeros, poles, ends of ranges.

Wherever a function is smooth there, on both sides or on the only one that it has, its slope is the
measured one. It is NaN, or infinite, at some of these points where this library has no formula,
which a user sees; but never another number.
"""

import itertools

import numpy as np
import pytest
import scipy.integrate

import autodiff as ad
from autodiff.scipy import special
from tests.autodiff.scipy.measuring import measured

POINTS = (0.0, 1.0, -1.0, 2.0, 0.5, 3.0, -2.0, -0.5)
HAVE_GAPS = {
    "agm", "bdtrik", "bdtrin", "beta", "binom", "btdtria", "btdtrib",
    "chdtr", "chdtrc", "chdtriv", "chndtr", "chndtridf", "chndtrinc", "eval_gegenbauer",
    "eval_jacobi", "fdtridfd", "gammainc", "gammaincc", "gdtr", "gdtrc", "gdtrib",
    "hyp1f1", "hyp2f1", "hyperu", "inv_boxcox", "inv_boxcox1p", "lpmv", "modstruve", "nbdtrik",
    "nbdtrin", "ncfdtr", "ncfdtri", "ncfdtridfd", "ncfdtridfn", "ncfdtrinc", "nctdtridf",
    "nctdtrinc", "pdtrik", "stdtridf", "struve",
}  # fmt: skip
INACCURATE = {
    "lpmv": "outside of -1 to 1",
    "nrdtrisd": "whose slopes at 1/2 are infinite",
    "tklmbda": "which SciPy takes as that of the shape 0 near 0",
}
FUNCTIONS = sorted(
    name
    for name in dir(special)
    if isinstance(f := getattr(special, name), np.ufunc)
    and f.nout == 1
    and any(types == "d" * f.nin + "->d" for types in f.types)
    and name not in INACCURATE
)


def points(f):
    """Return all points, or some of many."""
    every = list(itertools.product(POINTS, repeat=f.nin))
    random = np.random.default_rng(4)
    return every if len(every) <= 20 else [every[k] for k in random.integers(len(every), size=20)]


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("ignore")
def test_slopes_at_special_points_are_the_measured_ones(name):
    f = getattr(special, name)
    for point in points(f):
        for position in range(f.nin):
            with np.errstate(all="ignore"):
                expected = measured(f, point, position)
                if expected is None:
                    continue
                try:
                    ours = ad.grad(f, position)(*point)
                except NotImplementedError:
                    continue  # whole numbers, or no formula, and said so
            if np.isfinite(ours) or name not in HAVE_GAPS:
                tolerance = 1e-3 * (1 + abs(expected)) + 1e-6 * abs(f(*point))
                assert abs(ours - expected) <= tolerance, (point, position, ours, expected)


@pytest.mark.parametrize("shape", [2.0, 3.0, 4.0])
@pytest.mark.parametrize("name", ["gammainc", "betainc", "chdtr", "fdtr", "gdtr"])
def test_densities_have_slopes_at_0(name, shape):
    f = {
        "gammainc": lambda x: special.gammainc(shape, x),
        "betainc": lambda x: special.betainc(shape, 2.5, x),
        "chdtr": lambda x: special.chdtr(2 * shape, x),
        "fdtr": lambda x: special.fdtr(2 * shape, 3.0, x),
        "gdtr": lambda x: special.gdtr(2.0, shape, x),
    }[name]
    slope = ad.grad(f)
    measured = 2 * slope(5e-7) / 5e-7 - slope(1e-6) / 1e-6
    assert ad.grad(slope)(0.0) == pytest.approx(measured, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(("n", "k"), [(2.0, 3.0), (0.0, 1.0), (5.0, 9.0), (2.5, 3.5)])
def test_binomial_coefficients_have_slopes_at_their_zeros(n, k):
    assert special.binom(n, k) == 0
    ad.check_grads(special.binom, n, k, order=2)


@pytest.mark.parametrize("name", ["struve", "modstruve"])
@pytest.mark.parametrize("order", [0.0, 1.0, 2.0])
def test_struve_functions_have_second_slopes_at_0(name, order):
    slope = ad.grad(lambda x: getattr(special, name)(order, x))
    assert ad.grad(slope)(0.0) == pytest.approx((slope(1e-5) - slope(0.0)) / 1e-5, abs=1e-5)


@pytest.mark.parametrize("m", [0.5, 2.0, 5.0])
def test_f_distributions_have_no_slopes_in_parameters_at_0(m):
    for f in (special.fdtr, special.fdtrc):
        for i in (0, 1):
            slope = ad.grad(f, i)
            assert slope(m, 3.0, 0.0) == ad.grad(slope, i)(m, 3.0, 0.0) == 0


@pytest.mark.parametrize("x", [0.1, 0.4, 0.9])
@pytest.mark.parametrize("p", [0.5, 1.0, 2.5])
def test_betainc_has_a_slope_in_a_shape_of_0(p, x):
    """It is the integral of t^(p - 1) / (1 - t) up to x, and minus that of 1 - x."""

    def integral(end):
        return scipy.integrate.quad(lambda t: t ** (p - 1) / (1 - t), 0, end, epsabs=0)[0]

    assert ad.grad(special.betainc, 1)(p, 0.0, x) == pytest.approx(integral(x), rel=1e-9)
    assert ad.grad(special.betainc, 0)(0.0, p, x) == pytest.approx(-integral(1 - x), rel=1e-9)


@pytest.mark.parametrize("x", [-1.5, -37.0, -39.0, -1e5])
def test_the_second_slope_of_log_ndtr_follows_from_the_first(x):
    slope = ad.grad(special.log_ndtr)
    hazard = slope(x)
    exact = -1 + 1 / x**2 if x < -100 else -hazard * (x + hazard)
    assert ad.grad(slope)(x) == pytest.approx(exact, rel=1e-7)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("kelvin", 0),
        ("kelvin", 2),
        ("shichi", 0),
        ("sici", 0),
        *((name, 0) for name in ("iti0k0", "itj0y0", "it2i0k0", "it2j0y0")),
    ],
)
@pytest.mark.parametrize("x", [0.0, -0.7])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the other results
def test_results_that_are_not_used_leave_second_slopes_finite(name, part, x):
    """The other ones, with a logarithm, have none there."""
    slope = ad.grad(lambda x: np.real(getattr(special, name)(x)[part]))
    measured = (slope(x + 1e-5) - slope(x - 1e-5)) / 2e-5
    assert ad.grad(slope)(x) == pytest.approx(measured, abs=1e-7)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("hyp1f1", (-1.0, -1.0)),
        ("hyp1f1", (-1.0, -2.0)),
        ("hyp1f1", (-2.0, -3.0)),
        ("hyp2f1", (0.0, 0.3, 0.0)),
        ("hyp2f1", (-1.0, 0.3, -1.0)),
        ("hyp2f1", (0.3, -1.0, -1.0)),
    ],
)
@pytest.mark.parametrize("x", [-0.6, 0.0, 0.5])
def test_hypergeometric_functions_have_slopes_where_parameters_are_poles(name, parameters, x):
    ad.check_grads(lambda x: getattr(special, name)(*parameters, x), x, order=2)


@pytest.mark.parametrize("name", ["xlogy", "xlog1py"])
def test_logarithms_of_negative_numbers_beside_complex_ones(name):
    """The slope in the first argument is the logarithm itself."""
    slope = ad.grad(lambda x: np.real(getattr(special, name)(x, -1.3)))(1 + 0.5j)
    logarithm = np.log(-1.3 + 0j) if name == "xlogy" else np.log1p(-1.3 + 0j)
    assert slope == pytest.approx(np.conj(logarithm))


@pytest.mark.parametrize("angle", [0.3, 2.0, 2.9, 3.1])
@pytest.mark.parametrize("name", ["elliprc", "elliprd", "elliprf", "elliprg"])
def test_carlsons_integrals_of_complex_arguments(name, angle):
    """They are homogeneous, so x ∂R/∂x + y ∂R/∂y + ... is their degree times R."""
    degree = {"elliprd": -1.5, "elliprg": 0.5}.get(name, -0.5)
    sizes = (1.2, 0.7, 2.3)[: 2 if name == "elliprc" else 3]
    points = [r * np.exp(1j * (angle - 0.4 * i)) for i, r in enumerate(sizes)]
    function = getattr(special, name)
    parts = [ad.grad(lambda *z, part=part: part(function(*z)), range(len(points)))(*points)
             for part in (np.real, np.imag)]  # fmt: skip
    slopes = np.real(parts[0]) + 1j * np.real(parts[1])
    assert np.sum(slopes * points) == pytest.approx(degree * function(*points), rel=1e-9)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("bad", [complex("nan"), np.nan, -1 + 0j, -1 - 0.0j, -1.0])
def test_carlsons_integrals_have_no_slope_where_they_have_no_value(bad, place):
    points = [1.3 + 0.2j, 2.1, 0.7 - 0.1j]
    points[place] = bad
    assert np.isnan(special.elliprd(*points))
    for i in range(3):
        assert np.isnan(ad.grad(lambda *z: np.real(special.elliprd(*z)), i)(*points))
