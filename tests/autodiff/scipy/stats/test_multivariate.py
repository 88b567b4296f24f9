"""Distributions of vectors and matrices: SciPy's values, and the measured slopes."""

import copy

import numpy as np
import pytest
import scipy.stats

import autodiff as ad
from autodiff.scipy import stats

pytestmark = pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")

RANDOM = np.random.default_rng(0)
ROOT = RANDOM.normal(size=(3, 3))
COV, MEAN, X = ROOT @ ROOT.T + np.eye(3), RANDOM.normal(size=3), RANDOM.normal(size=(4, 3))
ALPHA, SIMPLEX = np.array([1.2, 2.3, 0.7]), RANDOM.dirichlet([1.2, 2.3, 0.7], size=4).T
WISHART = np.moveaxis(scipy.stats.wishart.rvs(5, COV, size=2, random_state=0), 0, -1)


def symmetric(a):
    return (a + np.swapaxes(a, 0, 1)) / 2


def share(x):
    return x / np.sum(x, axis=0)


def unit(x):
    return x / np.linalg.norm(x)


CASES = {
    "normal": (lambda x, m, c: stats.multivariate_normal.logpdf(x, m, symmetric(c)), X, MEAN, COV),
    "density": (lambda x, m, c: stats.multivariate_normal.pdf(x, m, symmetric(c)), X, MEAN, COV),
    "frozen": (
        lambda x, m, c: stats.multivariate_normal(m, symmetric(c)).logpdf(x), X[0], MEAN, COV,
    ),
    "a number": (lambda x, c: stats.multivariate_normal.logpdf(x, cov=c), X[0], 2.0),
    "one variance": (lambda x, c: stats.multivariate_normal.logpdf(x, MEAN, c), X, 2.0),
    "diagonal": (lambda x, c: stats.multivariate_normal.logpdf(x, MEAN, c), X, ALPHA),
    "entropy": (lambda c: stats.multivariate_normal.entropy(MEAN, symmetric(c)), COV),
    "t": (
        lambda x, m, c, df: stats.multivariate_t.logpdf(x, m, symmetric(c), df), X, MEAN, COV, 3.5,
    ),
    "dirichlet": (lambda x, a: stats.dirichlet.logpdf(share(x), a), SIMPLEX, ALPHA),
    "dirichlet density": (lambda x, a: stats.dirichlet.pdf(share(x), a), SIMPLEX, ALPHA),
    "without the last": (lambda x, a: stats.dirichlet.pdf(x, a), SIMPLEX[:2, 0], ALPHA),
    "dirichlet mean": (lambda a: stats.dirichlet.mean(a), ALPHA),
    "dirichlet variance": (lambda a: stats.dirichlet.var(a), ALPHA),
    "dirichlet entropy": (lambda a: stats.dirichlet.entropy(a), ALPHA),
    "multinomial": (
        lambda p: stats.multinomial.logpmf([[1, 2, 3], [0, 3, 3]], 6, share(p)), ALPHA,
    ),
    "multinomial probability": (lambda p: stats.multinomial.pmf([1, 2, 3], 6, share(p)), ALPHA),
    "dirichlet_multinomial": (
        lambda a: stats.dirichlet_multinomial.logpmf([1, 2, 3], a, 6), ALPHA,
    ),
    "wishart": (
        lambda x, df, s: stats.wishart.logpdf(symmetric(x), df, symmetric(s)), WISHART, 5.5, COV,
    ),
    "one matrix": (
        lambda x, df, s: stats.wishart.pdf(symmetric(x), df, symmetric(s)),
        WISHART[..., 0], 5.5, COV,
    ),
    "invwishart": (
        lambda x, df, s: stats.invwishart.logpdf(symmetric(x), df, symmetric(s)), WISHART, 5.5, COV,
    ),
    "matrix_normal": (
        lambda X, m, r, c: stats.matrix_normal.logpdf(X, m, symmetric(r), symmetric(c)),
        X[:2], X[2:], COV[:2, :2], COV,
    ),
    "vonmises_fisher": (
        lambda x, mu, kappa: stats.vonmises_fisher.logpdf(unit(x), unit(mu), kappa),
        X[0], MEAN, 2.2,
    ),
    "t entropy": (lambda c, df: stats.multivariate_t.entropy(MEAN, symmetric(c), df), COV, 3.5),
    "dirichlet covariance": (lambda a: stats.dirichlet.cov(a), ALPHA),
    "multinomial covariance": (lambda p: stats.multinomial.cov(6, share(p)), ALPHA),
    "multinomial entropy": (lambda p: stats.multinomial.entropy(6, share(p)), ALPHA),
    "wishart mean": (lambda df, s: stats.wishart.mean(df, symmetric(s)), 5.5, COV),
    "wishart variance": (lambda df, s: stats.wishart.var(df, symmetric(s)), 5.5, COV),
    "wishart entropy": (lambda df, s: stats.wishart.entropy(df, symmetric(s)), 5.5, COV),
    "invwishart mean": (lambda df, s: stats.invwishart.mean(df, symmetric(s)), 7.5, COV),
    "invwishart variance": (lambda df, s: stats.invwishart.var(df, symmetric(s)), 7.5, COV),
    "invwishart entropy": (lambda df, s: stats.invwishart.entropy(df, symmetric(s)), 5.5, COV),
    "matrix_normal entropy": (
        lambda r, c: stats.matrix_normal.entropy(symmetric(r), symmetric(c)), COV[:2, :2], COV,
    ),
    "vonmises_fisher entropy": (
        lambda mu, kappa: stats.vonmises_fisher.entropy(unit(mu), kappa), MEAN, 2.2,
    ),
    "normal_inverse_gamma": (
        lambda *args: stats.normal_inverse_gamma.logpdf(*args), 0.3, 1.2, 0.1, 0.8, 2.0, 1.4,
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_slopes_are_the_measured_ones(name):
    f, *args = CASES[name]
    ad.check_grads(f, *args, order=2)


@pytest.mark.parametrize("name", CASES)
def test_values_are_those_of_scipy_and_of_jit(name):
    f, *args = CASES[name]
    value, _ = ad.vjp(f, *args)
    np.testing.assert_array_equal(value, f(*args))
    np.testing.assert_allclose(ad.jit(f)(*args), value, rtol=1e-12)


def test_the_slope_in_the_mean_by_hand():
    # Σ⁻¹ (x - mean) = (2/1, 2/4)
    slope = ad.grad(lambda m: stats.multivariate_normal.logpdf([2.0, 2.0], m, [1.0, 4.0]))
    np.testing.assert_allclose(slope(np.zeros(2)), [2.0, 0.5])


def test_singular_covariances_and_covariance_objects():
    point = np.array([1.0, 0.0])
    flat = ad.grad(
        lambda x: stats.multivariate_normal.logpdf(
            x, None, np.diag([2.0, 0.0]), allow_singular=True
        )
    )
    np.testing.assert_allclose(flat(point), [-0.5, 0.0], atol=1e-12)
    diagonal = scipy.stats.Covariance.from_diagonal([2.0, 4.0])
    slope = ad.grad(lambda x: stats.multivariate_normal.logpdf(x, [0.0, 0.0], diagonal))
    np.testing.assert_allclose(slope(point), [-0.5, 0.0])


def test_what_has_no_slope_is_refused():
    t = ad.tensor([1.0, 2.0])
    with pytest.raises(NotImplementedError, match=r"multivariate_normal\.fit of a traced value"):
        stats.multivariate_normal.fit(t)
    with pytest.raises(NotImplementedError, match=r"Draw without parameters and transform"):
        stats.multivariate_normal(t).rvs()
    with pytest.raises(NotImplementedError, match="or it only draws"):
        stats.unitary_group(t)


def test_plain_calls_are_scipys():
    assert stats.multivariate_normal.cdf(MEAN, MEAN) == pytest.approx(0.125)
    frozen = stats.multivariate_normal(MEAN, COV)
    np.testing.assert_array_equal(frozen.cov, COV)
    assert frozen.logpdf(X[0]) == scipy.stats.multivariate_normal(MEAN, COV).logpdf(X[0])
    assert stats.ortho_group.rvs(3, random_state=0).shape == (3, 3)


def test_a_frozen_distribution_has_the_parameters_that_it_was_given():
    mean, cov = np.array([1.0, 2.0]), np.array([[2.0, 0.5], [0.5, 1.0]])
    for of_mean in (lambda m: stats.multivariate_normal(m, cov).mean * 2, lambda m: 2 * m):
        np.testing.assert_array_equal(ad.jit(of_mean)(mean), 2 * mean)
        np.testing.assert_array_equal(ad.jacobian(of_mean)(mean), 2 * np.eye(2))
    frozen = copy.copy(stats.multivariate_normal(ad.tensor(mean), cov))
    np.testing.assert_array_equal(frozen.cov, cov)
    with pytest.raises(AttributeError, match="has no dim"):
        _ = frozen.dim
