"""Slopes of sums over the values of discrete distributions, which have no shorter formula."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.parametric import bell, in_double

__all__ = ["beta_sum", "logarithmic_sum", "longest", "mean_of_log_factorial"]

Orders = tuple[int, ...]
_DEVIATIONS = 12  # of a Poisson distribution: what lies farther from its mean doesn't count


@primitive
@in_double
def beta_sum(k: Array, n: Array, a: Array, b: Array, *, orders: Orders, is_finite: bool) -> Array:
    """Return a derivative in a and b of Σ c B(a + s, b + r) / B(a, b), over values up to k.

    Of the beta-binomial distribution, with values j from 0 to n, s = j and r = n - j; the sum is
    over the side of its mean on which k lies. Of the beta-negative-binomial one, s = n and r = j.
    """
    k = np.clip(np.floor(k), -1, n if is_finite else np.inf)
    is_upper: Array = is_finite & (k > n * a / (a + b))
    first: Array = np.where(is_upper, k + 1, 0)
    last: Array = np.where(is_upper, n, k)
    count = longest(last - first) + 1
    j = first[..., None] + np.arange(count)
    is_value = j <= last[..., None]
    j = np.where(is_value, j, 0)
    n, a, b = (x[..., None] for x in (n, a, b))
    s, r = (j, n - j) if is_finite else (n, j)
    ways = _log_ways(n, j) if is_finite else _log_ways(n + j - 1, j)
    probability = np.exp(ways + special.betaln(a + s, b + r) - special.betaln(a, b))

    def change(in_a: int, in_b: int) -> Array:
        """Return a derivative of the logarithm of a probability."""
        order = in_a + in_b - 1
        together = special.polygamma(order, a + b) - special.polygamma(order, a + b + s + r)
        if in_a and in_b:
            return together
        x, more = (a, s) if in_a else (b, r)
        return special.polygamma(order, x + more) - special.polygamma(order, x) + together

    total = np.sum(np.where(is_value, probability * bell(orders, change), 0.0), axis=-1)
    total = np.where(np.isfinite(last - first), total, np.nan)
    return np.where(is_upper, -total, total)


def longest(lengths: Array) -> int:
    """Return the largest length, of those that are finite: NaN is that of invalid parameters."""
    return int(np.max(lengths, initial=0, where=np.isfinite(lengths)))


def _log_ways(n: Array, j: Array) -> Array:
    """Return the logarithm of a binomial coefficient."""
    return -np.log1p(n) - special.betaln(n - j + 1, j + 1)


derivative(
    beta_sum,
    a=lambda g, z, k, n, a, b, *, orders, is_finite: (
        g * beta_sum(k, n, a, b, orders=(orders[0] + 1, orders[1]), is_finite=is_finite)
    ),
    b=lambda g, z, k, n, a, b, *, orders, is_finite: (
        g * beta_sum(k, n, a, b, orders=(orders[0], orders[1] + 1), is_finite=is_finite)
    ),
    k=None,
    n=None,
)


@primitive
@in_double
def logarithmic_sum(k: Array, p: Array) -> Array:
    """Return the sum of p^j / j over j > k, which is B(p; k + 1, 0)."""
    tiny = 1e-100
    return special.betainc(k + 1, tiny, p) * special.beta(k + 1, tiny)


derivative(logarithmic_sum, k=None, p=lambda g, z, k, p: g * p**k / (1 - p))


@primitive
@in_double
def mean_of_log_factorial(mu: Array, *, order: int) -> Array:
    """Return a derivative of the mean of log k! over a Poisson distribution.

    The derivative of a mean of f(k) in mu is the mean of f(k + 1) - f(k).
    """
    spread = np.ceil(_DEVIATIONS * np.sqrt(mu) + 40)
    first = np.maximum(np.floor(mu) - spread, 0)
    k = first[..., None] + np.arange(2 * longest(spread) + 2)
    mu = mu[..., None]
    probability = np.exp(special.xlogy(k, mu) - mu - special.gammaln(k + 1))
    if order == 0:
        return np.sum(probability * special.gammaln(k + 1), axis=-1)
    signs = [(-1) ** (order - 1 - i) * math.comb(order - 1, i) for i in range(order)]
    change = sum(sign * np.log1p(k + i) for i, sign in enumerate(signs))
    return np.sum(probability * change, axis=-1)


derivative(
    mean_of_log_factorial,
    mu=lambda g, z, mu, *, order: g * mean_of_log_factorial(mu, order=order + 1),
)
