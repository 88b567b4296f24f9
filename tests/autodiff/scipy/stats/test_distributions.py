"""Distributions: their values are SciPy's everywhere, and their slopes are never NaN but there."""

import copy
import math
import pickle

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff.scipy import stats
from tests.autodiff.scipy.stats.shapes import CONTINUOUS, DISCRETE

METHODS = ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf")


def slopes(f, *args):
    return [float(slope) for slope in ad.grad(f, range(len(args)))(*args)]


def test_the_log_density_of_the_normal_by_hand():
    # log f = -y²/2 - log(scale) - log(2π)/2 with y = (x - loc)/scale = 1
    assert slopes(stats.norm.logpdf, 3.0, 1.0, 2.0) == [-0.5, 0.5, 0.0]
    # -y/scale, y/scale, (y² - 1)/scale with y = 2
    assert slopes(stats.norm.logpdf, 5.0, 1.0, 2.0) == [-1.0, 1.0, 1.5]


def test_the_distribution_function_of_the_exponential_by_hand():
    # F = 1 - exp(-x/scale): dF/dx = exp(-1)/2, dF/dscale = -x/scale² exp(-1)
    found = slopes(lambda x, scale: stats.expon.cdf(x, scale=scale), 2.0, 2.0)
    assert found == pytest.approx([math.exp(-1) / 2, -math.exp(-1) / 2])


def test_the_quantile_of_the_uniform_by_hand():
    assert slopes(stats.uniform.ppf, 0.25, 1.0, 8.0) == pytest.approx([8.0, 1.0, 0.25])
    assert slopes(stats.uniform.isf, 0.25, 1.0, 8.0) == pytest.approx([-8.0, 1.0, 0.75])


def test_a_probability_of_the_poisson_distribution_by_hand():
    # log p = k log mu - mu - log k!, so its slope is k/mu - 1
    assert ad.grad(lambda mu: stats.poisson.logpmf(6, mu))(2.0) == 2.0


def in_and_around(name, shapes, random):
    """Return numbers in the support, at its ends, outside, and those that aren't finite."""
    library = getattr(scipy.stats, name)
    low, high = library.support(*shapes)
    inside = library.ppf(random.uniform(size=4), *shapes)
    ends = [end for end in (low, high) if np.isfinite(end)]
    outside = [end + way for end, way in zip((low, high), (-1, 1), strict=True)]
    return np.array([*inside, *ends, *outside, np.inf, -np.inf, np.nan])


@pytest.mark.parametrize("name", [n for n in CONTINUOUS if hasattr(scipy.stats, n)])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=3)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_values_are_those_of_scipy_and_slopes_are_numbers_everywhere(name, seed):
    random, shapes = np.random.default_rng(seed), CONTINUOUS[name]
    x = in_and_around(name, shapes, random)
    for method in random.choice(METHODS, 2):
        ours = getattr(getattr(stats, name), method)
        value, pullback = ad.vjp(
            lambda x, loc, scale, ours=ours: ours(x, *shapes, loc, scale),
            x, np.zeros_like(x), np.ones_like(x),
        )  # fmt: skip
        np.testing.assert_array_equal(
            value, getattr(getattr(scipy.stats, name), method)(x, *shapes)
        )
        for slope in pullback(np.ones_like(x)):
            assert not np.isnan(slope[~np.isnan(value)]).any()


@pytest.mark.parametrize("name", [n for n in CONTINUOUS if hasattr(scipy.stats, n)])
def test_densities_of_valid_arguments_are_bit_for_bit_those_of_scipy(name):
    shapes, library = CONTINUOUS[name], getattr(scipy.stats, name)
    x = library.ppf(np.linspace(0.01, 0.99, 37), *shapes)
    for args in ((x, *shapes), (x[3], *shapes), (x[:, None] * 3 + 1, *shapes, 1, [3.0, 3.5])):
        for method in ("logpdf", "pdf"):
            ours = getattr(getattr(stats, name), method)(ad.tensor(args[0]), *args[1:]).numpy()
            theirs = getattr(library, method)(*args)
            np.testing.assert_array_equal(ours, theirs)
            assert (np.shape(ours), ours.dtype) == (np.shape(theirs), theirs.dtype)


@pytest.mark.parametrize("name", [n for n in DISCRETE if hasattr(scipy.stats, n)])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_probabilities_are_those_of_scipy_and_their_slopes_numbers_everywhere(name):
    shapes, library = DISCRETE[name], getattr(scipy.stats, name)
    k = np.array([-1.0, 0.0, 1.0, 2.0, 2.5, 4.0, 400.0, np.inf, -np.inf, np.nan])
    smooth = [i for i, shape in enumerate(shapes) if isinstance(shape, float)]

    def ours(method, *values):
        given = dict(zip(smooth, values, strict=True))
        return getattr(getattr(stats, name), method)(
            k, *(given.get(i, s) for i, s in enumerate(shapes))
        )

    for method in ("pmf", "logpmf"):
        value, pullback = ad.vjp(
            lambda *values, method=method: ours(method, *values),
            *(np.full(k.shape, shapes[i]) for i in smooth),
        )
        np.testing.assert_array_equal(value, getattr(library, method)(k, *shapes))
        for slope in pullback(np.ones(k.shape)):
            assert not np.isnan(slope[~np.isnan(value)]).any()


def test_counts_and_their_locations_have_slope_zero():
    assert slopes(stats.poisson.pmf, 3.0, 2.0, 1.0)[::2] == [0.0, 0.0]
    assert slopes(stats.poisson.cdf, 3.5, 2.0, 1.0)[::2] == [0.0, 0.0]
    assert ad.grad(lambda mu: stats.poisson.ppf(0.3, mu) * mu)(2.0) == scipy.stats.poisson.ppf(
        0.3, 2
    )


@pytest.mark.parametrize(("call", "expected"), [
    (lambda: slopes(stats.expon.logpdf, 0.0, 0.0, 2.0), [-0.5, 0.5, -0.5]),  # the side inside
    (lambda: slopes(stats.expon.logpdf, -1.0, 0.0, 2.0), [0.0, 0.0, 0.0]),  # outside
    (lambda: slopes(stats.uniform.pdf, 1.0, 0.0, 1.0), [0.0, 0.0, -1.0]),
    (lambda: slopes(stats.beta.pdf, 0.0, 1.0, 2.0), [-2.0, -math.inf, 1.0]),
    (lambda: slopes(stats.gamma.pdf, 0.0, 2.0), [0.0, 0.0]),  # where the density is 0
    (lambda: slopes(stats.gamma.logpdf, 0.0, 0.5), [0.0, 0.0]),  # or infinite
    (lambda: slopes(stats.norm.logpdf, np.inf, 0.0, 1.0), [0.0, 0.0, 0.0]),
    (lambda: slopes(stats.gennorm.pdf, 0.0, 0.5)[:1], [0.0]),
])  # fmt: skip
def test_slopes_at_the_ends_of_the_support(call, expected):
    assert call() == expected


@pytest.mark.parametrize("args", [(1.0, 0.0, -1.0), (1.0, np.nan, 1.0), (np.nan, 0.0, 1.0)])
def test_slopes_of_invalid_arguments_are_nan_as_their_values(args):
    for method in METHODS:
        assert np.isnan(slopes(getattr(stats.norm, method), *args)).all()
    assert np.isnan(slopes(stats.gamma.logpdf, 1.0, -2.0)).all()


def test_an_invalid_parameter_spoils_only_its_own_entries():
    shapes, slope = np.array([2.0, -1.0]), ad.grad(lambda a: np.nansum(stats.gamma.logpdf(1.0, a)))
    np.testing.assert_array_equal(np.isnan(slope(shapes)), [False, True])


def test_parameters_broadcast():
    x, loc, scale = np.zeros((3, 1)), np.arange(4.0), 2.0
    found = ad.grad(lambda *args: np.sum(stats.norm.logpdf(*args)), (0, 1, 2))(x, loc, scale)
    assert [np.shape(slope) for slope in found] == [(3, 1), (4,), ()]
    np.testing.assert_allclose(found[0][:, 0], np.full(3, np.sum(loc) / 4))
    assert ad.grad(lambda m: np.sum(stats.norm.logpdf(np.zeros((0, 2)), m)))(1.0) == 0.0
    assert ad.grad(lambda m: np.sum(stats.norm.logpdf([1, 2], [m, 0])))(0.0) == 1.0


def test_narrow_floats_have_narrow_slopes():
    x = np.float32([0.5, 1.0])
    value, slope = ad.value_and_grad(lambda x: np.sum(stats.norm.logpdf(x, 1.0)))(x)
    assert value == np.sum(scipy.stats.norm.logpdf(x, 1.0))
    assert slope.dtype == np.float32


def test_without_traced_values_it_is_scipys_own_call():
    assert stats.norm.logpdf(0.3) == scipy.stats.norm.logpdf(0.3)
    assert stats.gamma.fit([1.0, 2.0, 3.0]) == scipy.stats.gamma.fit([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(
        stats.norm.rvs(size=3, random_state=0), scipy.stats.norm.rvs(size=3, random_state=0)
    )
    assert stats.gamma.shapes == "a"
    assert {"logpdf", "fit", "library"} <= set(dir(stats.gamma))
    assert repr(stats.gamma) == "<autodiff.scipy.stats.gamma>"


def test_arguments_are_scipys():
    t = ad.tensor(2.0)
    for found in (
        stats.gamma.logpdf(1.0, t, 0.0, 3.0),
        stats.gamma.logpdf(1.0, t, scale=3.0),
        stats.gamma.logpdf(x=1.0, scale=3.0, a=t),
    ):
        assert found.item() == scipy.stats.gamma.logpdf(1.0, 2.0, scale=3.0)


@pytest.mark.parametrize("call", [
    lambda t: stats.gamma.logpdf(t), lambda t: stats.norm.logpdf(t, 0, 1, 2),
    lambda t: stats.norm.logpdf(t, x=1.0), lambda t: stats.norm.logpdf(t, mean=1.0),
    lambda t: stats.poisson.pmf(1, t, scale=2.0),
])  # fmt: skip
def test_wrong_arguments_are_refused(call):
    with pytest.raises(TypeError, match=r"takes the arguments x, |takes the arguments k, mu, loc"):
        call(ad.tensor(1.0))


def test_methods_without_slopes_are_refused_with_a_cure():
    t = ad.tensor(1.0)
    with pytest.raises(NotImplementedError, match=r"norm.rvs.*loc \+ scale \* norm.rvs"):
        stats.norm.rvs(t, size=3)
    with pytest.raises(NotImplementedError, match=r"minimize -np\.sum\(logpdf"):
        stats.gamma.fit(ad.tensor([1.0, 2.0]))
    with pytest.raises(NotImplementedError, match=r"levy_stable\.pdf has no derivative here in x"):
        stats.levy_stable.pdf(t, 1.5, 0.5)
    with pytest.raises(NotImplementedError, match="its shape df"):
        stats.chi.var(t)
    with pytest.raises(NotImplementedError, match=r"gamma.stats\(moments='s'\)"):
        stats.gamma.stats(t, moments="s")
    with pytest.raises(NotImplementedError, match=r"gamma.moment\(3\)"):
        stats.gamma.moment(3, t)
    with pytest.raises(NotImplementedError, match=r"genpareto.support"):
        stats.genpareto.support(t)


@pytest.mark.parametrize("method", ["median", "mean", "var", "std", "entropy"])
def test_combined_methods_have_scipys_values(method):
    parameters = (0.7, 1.0, 3.0)
    value, _ = ad.vjp(getattr(stats.lognorm, method), *parameters)
    assert value == getattr(scipy.stats.lognorm, method)(*parameters)


def test_intervals_moments_and_supports():
    loc, scale = 1.0, 3.0
    ends, slopes = ad.vjp(lambda *p: stats.norm.interval(0.9, *p), loc, scale)
    assert ends == scipy.stats.norm.interval(0.9, loc, scale)
    assert slopes((1.0, 0.0)) == pytest.approx((1.0, scipy.stats.norm.ppf(0.05)))
    for order in range(5):
        f = lambda *p, order=order: stats.gamma.moment(order, 2.0, *p)  # noqa: E731
        value, slopes = ad.value_and_grad(f, (0, 1))(loc, scale)
        assert value == pytest.approx(scipy.stats.gamma.moment(order, 2.0, loc, scale))
        below = scipy.stats.gamma.moment(order - 1, 2.0, loc, scale) if order else 0.0
        assert slopes[0] == pytest.approx(order * below)
    second = ad.grad(lambda a: stats.gamma.moment(2, a, 1.0))(2.0)  # E = a + (a + 1)²
    assert second == pytest.approx(1 + 2 * 3)
    assert ad.grad(lambda s: stats.uniform.support(0.0, s)[1])(2.0) == 1.0
    mean, var, skew = ad.vjp(lambda s: stats.gamma.stats(2.0, scale=s, moments="mvs"), scale)[0]
    assert (mean, var, skew) == pytest.approx((6.0, 18.0, math.sqrt(2)))


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("loc", [0.0, 0.5])
@pytest.mark.parametrize("name", ["levy", "halfcauchy", "levy_l", "cauchy"])
def test_infinite_moments_are_those_of_scipy(name, loc, order):
    expected = getattr(scipy.stats, name).moment(order, loc, 2.0)
    found = ad.jit(lambda *place: getattr(stats, name).moment(order, *place))(loc, 2.0)
    np.testing.assert_array_equal(found, expected)
    value = ad.jit(lambda s: getattr(stats, name).moment(order, scale=s))(2.0)
    np.testing.assert_array_equal(value, getattr(scipy.stats, name).moment(order, scale=2.0))


def test_moments_of_fixed_parameters_are_chosen_by_position_or_name():
    expected = scipy.stats.beta(2.0, 3.0).stats("mv")
    np.testing.assert_allclose(stats.beta(2.0, 3.0).stats("mv"), expected)
    for f in (lambda a: stats.beta(a, 3.0).stats("mv"), lambda a: stats.beta(a, 3.0).stats()):
        np.testing.assert_allclose(ad.jit(f)(2.0), expected)
    assert ad.jit(lambda a: stats.beta(a, 3.0).stats(moments="v"))(2.0) == expected[1]


@pytest.mark.parametrize("beta", [0.8, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("method", ["cdf", "sf", "logcdf", "logsf", "ppf", "isf"])
def test_the_middle_of_a_generalized_normal_is_independent_of_its_shape(method, beta):
    f = getattr(stats.gennorm, method)
    middle = 0.5 if method in ("ppf", "isf") else 0.0
    assert ad.grad(f, 1)(middle, beta) == 0
    assert ad.jvp(lambda beta: f(middle, beta), (beta,), (1.0,))[1] == 0
    slope = ad.grad(f)(middle, beta)
    assert ad.jvp(lambda x: f(x, beta), (middle,), (1.0,))[1] == pytest.approx(slope)


def test_the_negative_log_likelihood():
    x, theta = np.array([0.5, 2.0, 3.0]), (2.0, 0.0, 1.5)
    value, slope = ad.value_and_grad(lambda *theta: stats.gamma.nnlf(theta, x), (0, 1, 2))(*theta)
    assert value == pytest.approx(scipy.stats.gamma.nnlf(theta, x))
    assert slope[2] == pytest.approx(3 * 2 / 1.5 - np.sum(x) / 1.5**2)
    assert ad.value_and_grad(lambda s: stats.norm.nnlf((0.0, s), x))(-1.0)[0] == np.inf


def test_frozen_distributions():
    def f(mean, scale):
        frozen = stats.norm(mean, scale=scale)
        return frozen.logpdf(3.0) + frozen.cdf(x=1.5) + frozen.mean() + frozen.interval(0.5)[0]

    def unfrozen(mean, scale):
        return (
            stats.norm.logpdf(3.0, mean, scale) + stats.norm.cdf(1.5, mean, scale) + mean
            + stats.norm.ppf(0.25, mean, scale)
        )  # fmt: skip

    assert slopes(f, 1.0, 2.0) == pytest.approx(slopes(unfrozen, 1.0, 2.0))
    assert ad.grad(stats.norm(0.0, 2.0).logpdf)(2.0) == -0.5
    assert ad.grad(lambda a: stats.gamma(a).stats(moments="v"))(3.0) == 1.0
    plain = stats.gamma(2.0)
    assert plain.logpdf(1.0) == scipy.stats.gamma(2.0).logpdf(1.0)
    assert plain.rvs(random_state=0) == scipy.stats.gamma(2.0).rvs(random_state=0)
    assert plain.dist is stats.gamma
    with pytest.raises(NotImplementedError, match=r"norm\.rvs"):
        stats.norm(ad.tensor(1.0)).rvs(size=2)
    with pytest.raises(AttributeError, match="no attribute '_hidden'"):
        plain._hidden  # noqa: B018
    assert repr(plain) == "<autodiff.scipy.stats.gamma with fixed parameters>"


def test_a_jitted_likelihood_agrees_and_calls_scipy():
    x = np.array([0.5, 2.0, 3.0])
    nll = ad.value_and_grad(lambda p: -np.sum(stats.gamma.logpdf(x, p[0], scale=p[1])))
    jitted, p = ad.jit(nll), np.array([2.0, 1.5])
    for at in (p, p + 0.5, np.array([-1.0, 1.0])):
        np.testing.assert_allclose(jitted(at)[0], nll(at)[0])
        np.testing.assert_allclose(jitted(at)[1], nll(at)[1])
    assert "gamma_logpdf = " in jitted.source(p)


def test_an_explanation_has_the_formula_of_the_slope():
    text = str(ad.explain(lambda m: stats.norm.logpdf(3.0, m, 2.0))(1.0))
    assert "norm.logpdf(3, m, 2)" in text
    assert "2 · (3 − m) / 8" in text
    assert "finite_choice" not in text


def test_draws_by_quantiles_have_slopes():
    u = np.random.default_rng(0).random(50)
    mean = ad.grad(lambda loc, scale: np.mean(stats.norm.ppf(u, loc, scale) ** 2), (0, 1))
    draws = scipy.stats.norm.ppf(u)
    assert mean(1.0, 2.0) == pytest.approx(
        (2 * np.mean(1 + 2 * draws), 2 * np.mean((1 + 2 * draws) * draws))
    )


def test_scipys_functions_take_a_distribution():
    x = np.random.default_rng(0).normal(size=30)
    assert isinstance(stats.norm, scipy.stats.rv_continuous)
    assert isinstance(stats.poisson, scipy.stats.rv_discrete)
    found = stats.goodness_of_fit(stats.norm, x, n_mc_samples=9)
    assert found.fit_result.params.loc == pytest.approx(np.mean(x))
    ((places, _), _) = stats.probplot(x, dist=stats.norm)
    np.testing.assert_array_equal(places, scipy.stats.probplot(x)[0][0])


def test_attributes_are_set_on_scipys_distribution():
    before = scipy.stats.norm.random_state
    try:
        stats.norm.random_state = 5
        first = stats.norm.rvs()
        stats.norm.random_state = 5
        assert scipy.stats.norm.rvs() == first
    finally:
        scipy.stats.norm.random_state = before


def test_distributions_are_copied_and_pickled_by_name():
    assert copy.deepcopy({"prior": stats.norm})["prior"] is stats.norm
    assert pickle.loads(pickle.dumps(stats.wishart)) is stats.wishart
    frozen = pickle.loads(pickle.dumps(stats.norm(1.0, scale=2.0)))
    assert frozen.mean() == copy.deepcopy(frozen).mean() == 1.0


WHOLE = {  # shapes that are whole numbers, among all shapes
    "erlang": ({"a": 3.0}, "a"),
    "binom": ({"n": 5.0, "p": 0.3}, "n"),
    "betabinom": ({"n": 5.0, "a": 1.5, "b": 2.0}, "n"),
    "betanbinom": ({"n": 5.0, "a": 1.5, "b": 2.0}, "n"),
    "boltzmann": ({"lambda_": 0.5, "N": 5.0}, "N"),
    "hypergeom": ({"M": 9.0, "n": 4.0, "N": 5.0}, "MnN"),
    "nhypergeom": ({"M": 9.0, "n": 4.0, "r": 3.0}, "Mnr"),
    "randint": ({"low": 1.0, "high": 5.0}, ("low", "high")),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_shape_that_is_a_whole_number_has_no_slope(name):
    shapes, whole = WHOLE[name]
    for shape in whole:
        words = rf"scipy\.stats\.{name}\.cdf has no derivative here in its shape {shape} "
        with pytest.raises(NotImplementedError, match=words):
            getattr(stats, name).cdf(2.0, **shapes | {shape: ad.tensor(shapes[shape])})


def test_narrow_points_keep_their_distance_from_a_location():
    x, loc, scale = np.float32([10000.5]), 10000.1234567, np.float64(0.1)
    for method in ("pdf", "logpdf"):
        value, back = ad.vjp(lambda x, m=method: getattr(stats.norm, m)(x, loc, scale), x)
        np.testing.assert_allclose(value, getattr(scipy.stats.norm, method)(x, loc, scale), 1e-12)
    (slope,) = back(np.ones(1))
    np.testing.assert_allclose(slope, (loc - np.float64(x)) / scale**2, rtol=1e-6)
