"""Distribution functions of vectors: SciPy's values, and the measured slopes."""

import numpy as np
import pytest
import scipy.stats

import autodiff as ad
from autodiff.scipy import stats
from autodiff.scipy.stats.boxes import Tolerance, student_box

NORMAL, STUDENT = stats.multivariate_normal, stats.multivariate_t
RANDOM = np.random.default_rng(0)
X, MEAN = RANDOM.normal(size=(2, 2)), np.array([0.2, -0.1])
LOWER, COV = X - [[0.5, 1.0], [2.0, np.inf]], np.array([[1.5, 0.4], [0.4, 0.8]])


def symmetric(a):
    return (a + a.T) / 2


def positive(count):
    """Return a covariance of so many dimensions, limits, and a mean."""
    root = RANDOM.normal(size=(count, count))
    return (
        root @ root.T + np.eye(count), RANDOM.normal(size=count) + 1,
        0.3 * RANDOM.normal(size=count),
    )  # fmt: skip


CASES = {
    "cdf": (lambda x, m, c: NORMAL.cdf(x, m, symmetric(c)), X, MEAN, COV),
    "lower limits": (
        lambda x, m, c, low: NORMAL.cdf(
            x, m, symmetric(c), lower_limit=np.stack([low, LOWER[1]])
        ), X, MEAN, COV, LOWER[0],
    ),
    "logcdf": (lambda x, c: NORMAL.logcdf(x, MEAN, symmetric(c)), X[0], COV),
    "frozen": (lambda x, m, c: NORMAL(m, symmetric(c), seed=1).logcdf(x), X[0], MEAN, COV),
    "one dimension": (lambda x, m, c: NORMAL.cdf(x, m, c), X[0], 0.3, 2.0),
    "a diagonal": (lambda x, c: NORMAL.cdf(x, MEAN, c), X, np.array([1.5, 0.8])),
    "without parameters": (lambda x: NORMAL.cdf(x), X[0]),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_slopes_are_the_measured_ones(name):
    f, *args = CASES[name]
    ad.check_grads(f, *args, order=2 if name in ("logcdf", "one dimension") else 1)


@pytest.mark.parametrize("name", CASES)
def test_values_are_those_of_scipy_and_of_jit(name):
    f, *args = CASES[name]
    value, _ = ad.vjp(f, *args)
    np.testing.assert_array_equal(value, f(*args))
    np.testing.assert_allclose(ad.jit(f)(*args), value, rtol=1e-12)
    slope = ad.grad(lambda x: np.sum(f(x, *args[1:])))
    np.testing.assert_allclose(ad.jit(slope)(args[0]), slope(args[0]), rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("df", [0.4, 3.5, 1e4])
def test_slopes_of_the_t_distribution_are_the_measured_ones(df):
    def f(x, shape, df):  # SciPy's values are those of random points
        return student_box(
            np.array([-np.inf, -1.0]), x, symmetric(shape), df, tolerance=Tolerance()
        )

    ad.check_grads(f, X, COV, df, order=1)
    slope = ad.grad(lambda *args: STUDENT.cdf(args[0], MEAN, *args[1:]), argnums=(0, 1, 2))
    infinite = np.full(2, -np.inf)
    ours = ad.grad(
        lambda x, shape, df: student_box(infinite, x - MEAN, shape, df, tolerance=Tolerance()),
        argnums=(0, 1, 2),
    )
    np.testing.assert_allclose(
        np.concatenate([np.ravel(s) for s in slope(X[0], COV, df)]),
        np.concatenate([np.ravel(s) for s in ours(X[0], COV, df)]),
    )


@pytest.mark.slow
def test_second_slopes_of_the_t_distribution():
    ad.check_grads(
        lambda x, df: student_box(np.full(2, -np.inf), x, COV, df, tolerance=Tolerance()),
        X[0], 2.5, order=2,
    )  # fmt: skip


def test_the_t_distribution_approaches_the_normal_one():
    args = np.full(2, -np.inf), X[0], COV
    np.testing.assert_allclose(
        student_box(*args, 1e9, tolerance=Tolerance()),
        scipy.stats.multivariate_normal.cdf(X[0], cov=COV),
    )


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("family", ["normal", "t"])
def test_more_dimensions_are_accurate_to_the_tolerance(count, family):
    cov, x, mean = positive(count)

    def f(x, cov):
        if family == "normal":
            return NORMAL.cdf(x, mean, symmetric(cov), rng=0)
        return STUDENT.cdf(x, mean, symmetric(cov), 3.5, maxpts=20000, random_state=0)

    of_x, of_cov = ad.grad(f, argnums=(0, 1))(x, cov)
    step = 0.05
    along = step * np.eye(count)[0]
    measured = (f(x + along, cov) - f(x - along, cov)) / (2 * step)
    np.testing.assert_allclose(of_x[0], measured, atol=2e-4)
    for place in ((0, 0), (0, 1)):
        change = np.zeros((count, count))
        change[place] = step
        measured = (f(x, cov + change) - f(x, cov - change)) / (2 * step)
        np.testing.assert_allclose(of_cov[place], measured, atol=3e-4)


@pytest.mark.slow
def test_the_slope_in_df_of_three_dimensions():
    def f(df):
        return STUDENT.cdf([0.3, 0.4, 0.5], None, np.eye(3), df, random_state=0)

    measured = (f(3.6) - f(3.4)) / 0.2
    np.testing.assert_allclose(ad.grad(f)(3.5), measured, rtol=1e-3)


def test_slopes_of_independent_numbers_by_hand():
    # P = Φ(x₁) Φ(x₂) Φ(x₃), and dP/dΣ₁₂ = φ(x₁) φ(x₂) Φ(x₃), half of it for each of the entries
    x = np.array([0.3, -0.2, 0.5])
    phi, density = scipy.stats.norm.cdf(x), scipy.stats.norm.pdf(x)
    of_x, of_cov = ad.grad(lambda x, c: NORMAL.cdf(x, None, c), argnums=(0, 1))(x, np.eye(3))
    np.testing.assert_allclose(of_x, density / phi * np.prod(phi))
    np.testing.assert_allclose(of_cov[0, 1], density[0] * density[1] * phi[2] / 2)
    np.testing.assert_allclose(of_cov[0, 0], -x[0] * density[0] * phi[1] * phi[2] / 2)


def test_slopes_neither_read_nor_move_the_random_state_of_numpy():
    cov, x, mean = positive(4)
    legacy = np.random.mtrand._rand  # from which SciPy draws
    state = legacy.get_state()[1].copy()
    slope = ad.grad(lambda x: NORMAL.cdf(x, mean, cov, rng=0))
    np.testing.assert_array_equal(slope(x), slope(x))
    np.testing.assert_array_equal(legacy.get_state()[1], state)


def test_objects_of_covariances_and_singular_ones():
    diagonal = scipy.stats.Covariance.from_diagonal([2.0, 4.0])
    slope = ad.grad(lambda x, c: NORMAL.cdf(x, MEAN, c))
    np.testing.assert_allclose(slope(X[0], diagonal), slope(X[0], np.diag([2.0, 4.0])))
    flat = np.ones((2, 2))  # both coordinates are one
    slope = ad.grad(lambda x, c: NORMAL.cdf(x, None, c, allow_singular=True), argnums=(0, 1))
    with pytest.raises(ValueError, match="expected a regular covariance"):
        slope(np.array([0.3, 0.5]), flat)
    np.testing.assert_allclose(
        ad.grad(lambda x: NORMAL.cdf(x, None, flat, allow_singular=True))(np.array([0.3, 0.5])),
        [scipy.stats.norm.pdf(0.3), 0.0],
    )


def test_a_negative_probability_has_no_logarithm():
    assert ad.grad(lambda x: NORMAL.cdf(x, lower_limit=2.0))(1.0) == pytest.approx(0.2419707)
    with pytest.raises(ValueError, match="expected limits in order from logcdf"):
        ad.grad(lambda x: NORMAL.logcdf(x, lower_limit=2.0))(1.0)


def test_frozen_distributions_take_the_parameters_of_scipys():
    frozen = NORMAL(MEAN, COV, seed=1, maxpts=1000, abseps=1e-3)
    plain = scipy.stats.multivariate_normal(MEAN, COV)
    np.testing.assert_array_equal(frozen.cdf(X), plain.cdf(X))
    np.testing.assert_array_equal(frozen.logpdf(X), plain.logpdf(X))
    traced = ad.vjp(lambda m: NORMAL(m, COV, seed=1, maxpts=1000).logpdf(X), MEAN)[0]
    np.testing.assert_array_equal(traced, plain.logpdf(X))
    value = ad.vjp(lambda df: STUDENT(MEAN, COV, df, seed=3).cdf(X), 3.5)[0]
    np.testing.assert_array_equal(value, scipy.stats.multivariate_t(MEAN, COV, 3.5, seed=3).cdf(X))
