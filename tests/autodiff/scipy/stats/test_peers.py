"""Slopes of distributions are those of JAX, in x and in all parameters."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.scipy import stats

DENSITIES = {
    "beta": (0.3, 2.3, 0.9), "cauchy": (0.7,), "chi2": (2.1, 4.6),
    "expon": (0.7,), "gamma": (1.2, 2.3), "laplace": (0.8,), "logistic": (0.8,), "norm": (0.8,),
    "pareto": (1.9, 4.3), "t": (0.8, 3.5), "truncnorm": (0.4, -1.1, 1.9), "uniform": (0.4,),
}  # fmt: skip
PROBABILITIES = {
    "bernoulli": (1, 0.3), "betabinom": (3, 6, 2.3, 0.9), "binom": (2, 5, 0.4), "geom": (3, 0.3),
    "nbinom": (3, 4.2, 0.4), "poisson": (3, 2.4),
}  # fmt: skip


@pytest.mark.parametrize("name", DENSITIES)
def test_slopes_of_densities(jax, name):
    args, positions = (*DENSITIES[name], 0.1, 1.2), range(len(DENSITIES[name]) + 2)
    ours = ad.grad(getattr(stats, name).logpdf, positions)(*args)
    peer = jax.grad(getattr(jax.scipy.stats, name).logpdf, tuple(positions))(*args)
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["cauchy", "expon", "laplace", "logistic", "norm", "uniform"])
def test_slopes_of_distribution_functions(jax, name):
    args = (0.8, 0.1, 1.2)
    for method in ("cdf", "sf", "logcdf", "logsf"):
        peer = getattr(getattr(jax.scipy.stats, name), method, None)
        if peer is not None:
            ours = ad.grad(getattr(getattr(stats, name), method), range(3))(*args)
            np.testing.assert_allclose(ours, jax.grad(peer, (0, 1, 2))(*args), rtol=1e-9)


@pytest.mark.parametrize("name", PROBABILITIES)
def test_slopes_of_probabilities(jax, name):
    args = PROBABILITIES[name]
    positions = tuple(i for i, x in enumerate(args) if isinstance(x, float))
    for method in ("logpmf", "pmf"):
        ours = ad.grad(getattr(getattr(stats, name), method), positions)(*args)
        peer = getattr(getattr(jax.scipy.stats, name), method)
        np.testing.assert_allclose(ours, jax.grad(peer, positions)(*args), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["vonmises", "wrapcauchy"])
def test_slopes_on_the_circle(jax, name):
    peer = getattr(jax.scipy.stats, name).logpdf
    ours = ad.grad(getattr(stats, name).logpdf, (0, 1))(0.8, 0.6)
    np.testing.assert_allclose(ours, jax.grad(peer, (0, 1))(0.8, 0.6), rtol=1e-9)


def test_slopes_of_distributions_of_vectors(jax):
    x, mean, cov = np.array([0.3, 1.2]), np.array([0.1, 0.8]), np.array([[2.0, 0.3], [0.3, 1.0]])
    ours = ad.grad(stats.multivariate_normal.logpdf, (0, 1))(x, mean, cov)
    peer = jax.grad(jax.scipy.stats.multivariate_normal.logpdf, (0, 1))(x, mean, cov)
    np.testing.assert_allclose(ours, peer, rtol=1e-9)
    alpha, share = np.array([1.2, 2.3, 0.7]), np.array([0.2, 0.5, 0.3])
    ours = ad.grad(stats.dirichlet.logpdf, 1)(share, alpha)
    peer = jax.grad(jax.scipy.stats.dirichlet.logpdf, 1)(share, alpha)
    np.testing.assert_allclose(ours, peer, rtol=1e-9)


def test_slopes_of_kernel_densities(jax):
    data, points = np.array([0.1, 0.9, 2.0, 2.2]), np.array([0.5, 1.7])
    ours = ad.grad(lambda d, p: np.sum(stats.gaussian_kde(d)(p)), (0, 1))(data, points)
    peer = jax.grad(lambda d, p: jax.scipy.stats.gaussian_kde(d)(p).sum(), (0, 1))(data, points)
    for slope, other in zip(ours, peer, strict=True):
        np.testing.assert_allclose(slope, other, rtol=1e-9)
