"""The distributions of whole numbers: their probabilities, up to terms without a parameter."""

from __future__ import annotations

from functools import partial

import numpy as np
import scipy.stats

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.stats.family import Family
from autodiff.scipy.stats.masses import (
    binomial_mass,
    binomial_sum,
    negative_binomial_mass,
    poisson_mass,
)
from autodiff.scipy.stats.moments import (
    beta_binomial_entropy,
    binomial_entropy,
    negative_binomial_entropy,
)
from autodiff.scipy.stats.sums import beta_sum, logarithmic_sum, mean_of_log_factorial

__all__ = ["COUNTS"]

betaln = special.betaln
gammaln = special.gammaln
xlog1py = special.xlog1py
xlogy = special.xlogy


def _negative_binomial(k: Array, n: Array, p: Array) -> Array:
    return gammaln(k + n) - gammaln(n) + xlogy(n, p) + xlog1py(k, -p)


def _planck(k: Array, lambda_: Array) -> Array:
    return np.log(-np.expm1(-lambda_)) - lambda_ * k


@primitive
def log_bessel(k: Array, x: Array) -> Array:
    """Return the logarithm of the scaled modified Bessel function of whole orders."""
    return np.log(special.ive(k, x))


def _log_bessel_slope(g: Array, z: Array, k: Array, x: Array) -> Array:
    """Return the slope in x (DLMF 10.29.2), whose terms are all positive but 1."""
    return g * (np.exp(log_bessel(k + 1, x) - z) + k / x - 1)


derivative(log_bessel, k=None, x=_log_bessel_slope)


def _log_skellam(k: Array, mu1: Array, mu2: Array) -> Array:
    near = -((np.sqrt(mu1) - np.sqrt(mu2)) ** 2) + k / 2 * np.log(mu1 / mu2)
    return near + log_bessel(np.abs(k), 2 * np.sqrt(mu1 * mu2))


@primitive
def skellam_sum(k: Array, mu1: Array, mu2: Array) -> Array:
    """Return the distribution function of the difference of two numbers of Poisson's.

    With one more in the first number it is that of k - 1, with one in the second that of k + 1.
    """
    return scipy.stats.skellam.cdf(k, mu1, mu2)


derivative(
    skellam_sum,
    k=None,
    mu1=lambda g, z, k, mu1, mu2: -g * np.exp(_log_skellam(k, mu1, mu2)),
    mu2=lambda g, z, k, mu1, mu2: g * np.exp(_log_skellam(k + 1, mu1, mu2)),
)


def _double_geometric(k: Array, a: Array) -> Array:
    return np.log(np.tanh(a / 2)) - a * np.abs(k)


def _double_geometric_cdf(k: Array, a: Array) -> Array:
    return np.where(k >= 0, -np.exp(-a * k), np.exp(a * (k + 1))) / (np.exp(a) + 1)


# fmt: off
COUNTS: dict[str, Family] = {
    "bernoulli": Family(lambda k, p: xlogy(k, p) + xlog1py(1 - k, -p),
                        cdf=lambda k, p: -p, mass=lambda k, p: binomial_mass(k, 1.0, p),
                        mean=lambda p: p, var=lambda p: p * (1 - p),
                        entropy=lambda p: special.entr(p) + special.entr(1 - p)),
    "binom":     Family(lambda k, n, p: xlogy(k, p) + xlog1py(n - k, -p),
                        cdf=binomial_sum,
                        mass=binomial_mass,
                        mean=lambda n, p: n * p, var=lambda n, p: n * p * (1 - p),
                        entropy=binomial_entropy, fixed=("n",)),
    "poisson":   Family(lambda k, mu: xlogy(k, mu) - mu,
                        cdf=lambda k, mu: special.gammaincc(k + 1, mu), mass=poisson_mass,
                        mean=lambda mu: mu, var=lambda mu: mu,
                        entropy=lambda mu: mu - xlogy(mu, mu)
                        + mean_of_log_factorial(mu, order=0)),
    "geom":      Family(lambda k, p: np.log(p) + xlog1py(k - 1, -p),
                        cdf=lambda k, p: -((1 - p) ** k), logsf=lambda k, p: xlog1py(k, -p),
                        mass=lambda k, p: negative_binomial_mass(k - 1, 1.0, p), inner=0.0,
                        mean=lambda p: 1 / p, var=lambda p: (1 - p) / (p * p),
                        entropy=lambda p: special.entr(p) / p + special.entr(1 - p) / p),
    "nbinom":    Family(_negative_binomial,
                        cdf=lambda k, n, p: special.betainc(n, k + 1, p),
                        mass=negative_binomial_mass,
                        mean=lambda n, p: n * (1 - p) / p, var=lambda n, p: n * (1 - p) / (p * p),
                        entropy=negative_binomial_entropy),
    "betabinom": Family(lambda k, n, a, b: betaln(k + a, n - k + b) - betaln(a, b),
                        cdf=partial(beta_sum, orders=(0, 0), is_finite=True),
                        mean=lambda n, a, b: n * a / (a + b),
                        var=lambda n, a, b: n * (a + b + n) * a * b
                        / ((a + b) ** 2 * (a + b + 1)),
                        entropy=beta_binomial_entropy, fixed=("n",)),
    "betanbinom": Family(lambda k, n, a, b: betaln(a + n, b + k) - betaln(a, b),
                        cdf=partial(beta_sum, orders=(0, 0), is_finite=False), fixed=("n",)),
    "logser":    Family(lambda k, p: xlogy(k, p) - np.log(-np.log1p(-p)),
                        cdf=lambda k, p: logarithmic_sum(k, p) / np.log1p(-p)),
    "planck":    Family(_planck, logsf=lambda k, lambda_: -lambda_ * (k + 1),
                        mean=lambda lambda_: 1 / np.expm1(lambda_)),
    "dlaplace":  Family(_double_geometric, cdf=_double_geometric_cdf, mean=lambda a: 0 * a),
    "boltzmann": Family(lambda k, lambda_, N: _planck(k, lambda_)
                        - np.log(-np.expm1(-lambda_ * N)),
                        cdf=lambda k, lambda_, N: np.expm1(-lambda_ * (k + 1))
                        / np.expm1(-lambda_ * N), fixed=("N",)),
    "skellam":   Family(_log_skellam, cdf=skellam_sum,
                        mean=lambda mu1, mu2: mu1 - mu2, var=lambda mu1, mu2: mu1 + mu2),
    "yulesimon": Family(lambda k, alpha: np.log(alpha) + betaln(k, alpha + 1), inner=1.0,
                        logsf=lambda k, alpha: np.log(k) + betaln(k, alpha + 1)),
    "hypergeom": Family(fixed=("M", "n", "N")),
    "nhypergeom": Family(fixed=("M", "n", "r")),
    "randint":   Family(fixed=("low", "high")),
}
