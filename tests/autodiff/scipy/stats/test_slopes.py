"""The slopes of distributions' methods are those that finite differences of SciPy measure."""

import numpy as np
import pytest
import scipy.stats

import autodiff as ad
from autodiff.check import numerical_slope
from autodiff.scipy import stats
from autodiff.scipy.stats.moments import circular_var
from autodiff.scipy.stats.sums import beta_sum
from autodiff.scipy.stats.univariate import FAMILIES
from tests.autodiff.scipy.stats.shapes import CONTINUOUS, DISCRETE

SUMS = ["betabinom", "betanbinom", "logser", "skellam"]
SHAPES = {**CONTINUOUS, **DISCRETE}
QUANTILES = np.array([0.2, 0.55, 0.9])


def existing(table):
    """Return the names that this version of SciPy has, in the same order in each process."""
    return sorted(name for name in table if hasattr(scipy.stats, name))


def moving(*args):
    """Return the positions of the arguments that aren't whole numbers."""
    return {i for i, argument in enumerate(args) if not isinstance(argument, int)}


def along_a_line(method, args, positions):
    """Return a function of one number, which moves the arguments at these positions."""
    directions = np.random.default_rng(0).uniform(0.4, 1, len(args))

    def on_line(t):
        moved = [
            a + t * d if i in positions else a
            for i, (a, d) in enumerate(zip(args, directions, strict=True))
        ]
        return np.sum(method(*moved) * np.array([1.0, -0.7, 0.4]))

    return on_line


def check(method, args, positions, order=1):
    f = along_a_line(method, args, positions)
    for _ in range(order):
        measured, error = numerical_slope(f, 0.0)
        assert ad.grad(f)(0.0) == pytest.approx(measured, rel=1e-6, abs=1e-8 + 10 * error)
        f = ad.grad(f)


@pytest.mark.parametrize("name", existing(CONTINUOUS))
def test_slopes_of_densities(name):
    shapes = CONTINUOUS[name]
    x = getattr(scipy.stats, name).ppf(QUANTILES, *shapes, 0.4, 1.7)
    for method in ("logpdf", "pdf"):
        f = getattr(getattr(stats, name), method)
        check(f, (x, *shapes, 0.4, 1.7), moving(x, *shapes, 0.4, 1.7), order=2)


@pytest.mark.parametrize("name", existing(CONTINUOUS))
def test_slopes_of_distribution_functions_and_quantiles(name):
    shapes = CONTINUOUS[name]
    x = getattr(scipy.stats, name).ppf(QUANTILES, *shapes, 0.4, 1.7)
    positions = moving(x, *shapes, 0.4, 1.7)
    for method in ("cdf", "sf", "logcdf", "logsf"):
        check(getattr(getattr(stats, name), method), (x, *shapes, 0.4, 1.7), positions)
    for method in ("ppf", "isf"):
        check(getattr(getattr(stats, name), method), (QUANTILES, *shapes, 0.4, 1.7), positions)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64])
def test_slopes_beside_whole_shapes_are_those_beside_floats(dtype):
    compared = 0
    for name in existing(CONTINUOUS):
        library, ours = getattr(scipy.stats, name), getattr(stats, name)
        floats = [max(1.0, round(shape)) for shape in CONTINUOUS[name]]
        if not floats or name == "truncnorm" or not library._argcheck(*floats):
            continue  # of the one by name, SciPy's recursion has no end
        whole = [dtype(shape) for shape in floats]
        for method, x in (("logpdf", library.ppf(0.4, *floats)), ("sf", 1.7), ("isf", 0.3)):
            f, theirs = getattr(ours, method), getattr(library, method)
            with np.errstate(all="ignore"):
                value = theirs(x, *whole)
            if value == pytest.approx(theirs(x, *floats), nan_ok=True):  # which isn't always so
                compared += 1
                found, expected = ad.grad(f)(x, *whole), ad.grad(f)(x, *floats)
                assert found == pytest.approx(expected, rel=1e-9, nan_ok=True), (name, method)
    assert compared > 100


@pytest.mark.parametrize("name", existing(DISCRETE))
def test_slopes_of_discrete_distributions(name):
    library, ours, shapes = getattr(scipy.stats, name), getattr(stats, name), DISCRETE[name]
    k = library.ppf(QUANTILES, *shapes, loc=2)
    positions = moving(0, *shapes)
    for method in ("logpmf", "pmf"):
        check(getattr(ours, method), (k, *shapes, 2), positions, order=2)
    k = np.minimum(k, library.support(*shapes, loc=2)[1] - 1)
    for method in ("cdf", "sf", "logcdf", "logsf"):
        order = 2 if name in SUMS and method == "cdf" else 1
        check(getattr(ours, method), (k, *shapes, 2), positions, order)


@pytest.mark.parametrize("name", existing(DISCRETE))
def test_slopes_of_a_discrete_distribution_that_is_moved_by_a_fraction(name):
    ours, shapes = getattr(stats, name), DISCRETE[name]
    k = np.minimum(ours.ppf([0.2, 0.5, 0.7], *shapes), ours.support(*shapes)[1] - 1)
    for method in ("cdf", "sf"):
        f = getattr(ours, method)
        for i in moving(0, *shapes):
            expected, found = (
                ad.jacobian(lambda *shapes: f(x, *shapes, loc), i - 1)(*shapes)  # noqa: B023
                for x, loc in ((k, 0), (k + 0.9, 0.3))
            )
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", SUMS)
def test_the_slopes_of_a_sum_are_those_of_its_terms(name):
    library, ours, shapes = getattr(scipy.stats, name), getattr(stats, name), DISCRETE[name]
    j = np.arange(max(library.support(*shapes)[0], -60), min(library.support(*shapes)[1], 60) + 1)
    k = j[(j >= -8) & (j <= 8)]

    def summed(*moving):
        terms = ours.pmf(j, *shapes[: len(shapes) - len(moving)], *moving)
        return np.sum(np.where(j <= k[:, None], terms, 0.0), axis=1)

    def distribution(*moving):
        return ours.cdf(k, *shapes[: len(shapes) - len(moving)], *moving)

    moving = [shape for shape in shapes if not isinstance(shape, int)]
    everything = range(len(moving))
    for one, other in zip(
        ad.jacobian(distribution, everything)(*moving),
        ad.jacobian(summed, everything)(*moving),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-14)


def test_the_slope_of_a_far_tail_keeps_its_digits():
    def mass(a):
        return scipy.stats.betabinom.pmf(np.arange(396, 401), 400, a, 90.0).sum()

    slope = -beta_sum(395, 400, 2.3, 90.0, orders=(1, 0), is_finite=True)
    measured, _ = numerical_slope(mass, 2.3)
    assert 0 < slope == pytest.approx(measured, rel=1e-8, abs=0)


def test_the_curvature_of_the_logarithm_of_a_far_tail_keeps_its_digits():
    def curvature(logarithm, x):
        return ad.grad(ad.grad(logarithm))(x)

    # log Φ(x) = -x²/2 - log(-x) - log √2π + O(x⁻²), so its second slope is -1 + x⁻² and less
    np.testing.assert_allclose(curvature(stats.norm.logcdf, -1e5), -1 + 1e-10, rtol=1e-13)
    np.testing.assert_allclose(curvature(stats.norm.logsf, 1e5), -1 + 1e-10, rtol=1e-13)
    assert curvature(lambda x: stats.weibull_min.logsf(x, 3.0), 40.0) == -240  # of -x³
    assert curvature(lambda x: stats.weibull_min.logsf(x, 3.0), np.inf) == 0


def test_a_jitted_slope_of_a_sum_takes_other_values():
    slope = ad.grad(lambda a, k: stats.betabinom.cdf(k, 9, a, 1.5).sum())
    fast = ad.jit(slope)
    for k in (np.array([0, 1]), np.array([7, 8]), np.array([-1, 9])):
        np.testing.assert_allclose(fast(0.7, k), slope(0.7, k), rtol=1e-13)


WITH_MOMENTS = [
    (name, method)
    for name in existing(SHAPES)
    for method in ("mean", "var", "entropy")
    if getattr(FAMILIES[name], method, None) is not None
    and (name, method) != ("vonmises", "var")  # for which SciPy takes a second
]


@pytest.mark.parametrize(("name", "method"), [*WITH_MOMENTS, ("norm", "var"), ("norm", "entropy")])
def test_slopes_of_moments(name, method):
    args = (*SHAPES[name], 0.4) if name in DISCRETE else (*SHAPES[name], 0.4, 1.7)
    check(getattr(getattr(stats, name), method), args, moving(*args))


@pytest.mark.slow
def test_the_slope_of_a_variance_on_the_circle():
    measured = (circular_var(2.0 + 1e-5) - circular_var(2.0 - 1e-5)) / 2e-5
    assert ad.grad(stats.vonmises.var)(2.0) == pytest.approx(measured, rel=1e-8)


@pytest.mark.parametrize("name", ["gamma", "norm", "poisson"])
def test_slopes_of_the_standard_deviation(name):
    args = (*SHAPES[name], 0.4) if name in DISCRETE else (*SHAPES[name], 0.4, 1.7)
    check(getattr(stats, name).std, args, moving(*args), order=2)


@pytest.mark.parametrize(
    ("name", "method", "x", "slope"),
    [
        ("gumbel_r", "logcdf", -64.0, np.exp(64.0)),
        ("gumbel_l", "logsf", 64.0, -np.exp(64.0)),
        ("rayleigh", "logsf", 1e9, -1e9),
    ],
)
def test_slopes_of_logarithms_far_in_the_tails(name, method, x, slope):
    function = getattr(getattr(stats, name), method)
    np.testing.assert_allclose(ad.grad(function)(x), slope, rtol=1e-12)
    np.testing.assert_allclose(ad.jvp(function, (x,), (1.0,))[1], slope, rtol=1e-12)
