"""Probabilities of counts, whose slope in p exists at p = 0 and 1, where their logarithm has none.

Each slope is a probability of the same family, or the difference of two.
"""

from __future__ import annotations

import numpy as np
import scipy.stats

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special

__all__ = ["binomial_mass", "binomial_sum", "negative_binomial_mass", "poisson_mass"]


@primitive
def binomial_mass(k: Array, n: Array, p: Array) -> Array:
    """Return the probability of k successes in n trials."""
    return scipy.stats.binom.pmf(k, n, p)


@primitive
def binomial_sum(k: Array, n: Array, p: Array) -> Array:
    """Return the probability of at most k successes in n trials."""
    return scipy.stats.binom.cdf(k, n, p)


def _mass_of_fewer(k: Array, n: Array, p: Array) -> Array:
    """Return n times the probability of k successes in n - 1 trials."""
    return n * binomial_mass(k, np.maximum(n - 1, 0), p)


derivative(
    binomial_mass,
    k=None,
    n=None,
    p=lambda g, z, k, n, p: g * (_mass_of_fewer(k - 1, n, p) - _mass_of_fewer(k, n, p)),
)
derivative(binomial_sum, k=None, n=None, p=lambda g, z, k, n, p: -g * _mass_of_fewer(k, n, p))


@primitive
def negative_binomial_mass(k: Array, n: Array, p: Array) -> Array:
    """Return the probability of k failures before the n-th success."""
    return scipy.stats.nbinom.pmf(k, n, p)


def _slope_in_successes(g: Array, z: Array, k: Array, n: Array, p: Array) -> Array:
    k = np.where(z == 0, 0.0, k)  # which may be outside of the support
    return g * z * (special.digamma(k + n) - special.digamma(n) + np.log(p))


derivative(
    negative_binomial_mass,
    k=None,
    n=_slope_in_successes,
    p=lambda g, z, k, n, p: g * n / p * (z - negative_binomial_mass(k - 1, n + 1, p)),
)


@primitive
def poisson_mass(k: Array, mu: Array) -> Array:
    """Return the probability of k events where mu are expected."""
    return scipy.stats.poisson.pmf(k, mu)


derivative(poisson_mass, k=None, mu=lambda g, z, k, mu: g * (poisson_mass(k - 1, mu) - z))
