"""Means, variances and entropies of distributions whose formulas take more than a line."""

from __future__ import annotations

import math

import numpy as np
import scipy.stats

from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import plain
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.parametric import integral_over_tail
from autodiff.scipy.stats.sums import longest
from autodiff.transforms.gradients import elementwise_grad, stop_gradient

__all__ = [
    "beta_binomial_entropy",
    "binomial_entropy",
    "circular_var",
    "extreme_mean",
    "extreme_var",
    "negative_binomial_entropy",
    "skew_normal_entropy",
]

_TERMS = 26
_NEAR = 0.1  # the series is that of Γ(1 + 2c), too
_LOG_ROOT = math.log(2 * math.pi) / 2


def _gamma_series() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the coefficients of Γ(1 + c), by those of its logarithm (DLMF 5.7.3)."""
    logs = np.array([
        0.0, -np.euler_gamma,
        *((-1) ** k * special.zeta(k, 1) / k for k in range(2, _TERMS)),
    ])  # fmt: skip
    found = np.zeros(_TERMS)
    found[0] = 1.0
    for k in range(1, _TERMS):  # of exp(log Γ), whose slope is Γ times that of log Γ
        found[k] = sum(j * logs[j] * found[k - j] for j in range(1, k + 1)) / k
    return found


_OF_GAMMA = _gamma_series()
_OF_SPREAD = 2.0 ** np.arange(_TERMS) * _OF_GAMMA - np.convolve(_OF_GAMMA, _OF_GAMMA)[:_TERMS]


def _polynomial(coefficients: Array, c: Array) -> Array:
    total: Array = 0.0
    for coefficient in coefficients[::-1]:
        total = total * c + coefficient
    return total


def extreme_mean(c: Array) -> Array:
    """Return (1 - Γ(1 + c)) / c, and its limit at 0: of a generalized extreme value."""
    is_near = np.abs(c) < _NEAR
    near, far = np.where(is_near, c, 0.0), np.where(is_near, 1.0, c)
    series = -_polynomial(_OF_GAMMA[1:], near)
    return np.where(is_near, series, (1 - special.gamma(1 + far)) / far)


def extreme_var(c: Array) -> Array:
    """Return (Γ(1 + 2c) - Γ(1 + c)²) / c², and its limit at 0."""
    is_near = np.abs(c) < _NEAR
    near, far = np.where(is_near, c, 0.0), np.where(is_near, 1.0, c)
    spread = special.gamma(1 + 2 * far) - special.gamma(1 + far) ** 2
    return np.where(is_near, _polynomial(_OF_SPREAD[2:], near), spread / (far * far))


def circular_var(kappa: Array) -> Array:
    """Return the variance of von Mises's distribution between -π and π, as an integral."""
    reach = np.minimum(math.pi, 10 / np.sqrt(np.maximum(stop_gradient(kappa), 1.0)))
    k = np.expand_dims(kappa, -1)

    def density(x: Array) -> Array:
        return np.exp(k * (np.cos(x) - 1))

    spread = integral_over_tail(lambda x: x * x * density(x), reach)
    return spread / integral_over_tail(density, reach)


def skew_normal_entropy(a: Array) -> Array:
    """Return the entropy of the skew normal distribution, as integrals over both sides of 0."""
    a = np.expand_dims(a, -1)

    def term(x: Array) -> Array:
        logarithm = math.log(2) - x * x / 2 - _LOG_ROOT + special.log_ndtr(a * x)
        return -np.exp(logarithm) * logarithm

    reach = np.full(np.shape(a)[:-1], 9.0)
    return integral_over_tail(term, reach) + integral_over_tail(lambda x: term(-x), reach)


def _entropy_of_counts(logarithm: Array, is_value: Array) -> Array:
    logarithm = np.where(is_value, logarithm, 0.0)
    return -np.sum(np.where(is_value, np.exp(logarithm) * logarithm, 0.0), axis=-1)


def _counted(n: Array) -> tuple[Array, Array, Array, Array]:
    """Return n, the counts from 0 to n along a new axis, which are such, and log binom(n, j)."""
    n = np.expand_dims(plain(n), -1)
    j = np.arange(longest(n) + 1.0)
    is_value = j <= n
    j = np.where(is_value, j, 0.0)
    return n, j, is_value, -np.log1p(n) - special.betaln(n - j + 1, j + 1)


def binomial_entropy(n: Array, p: Array) -> Array:
    """Return the entropy of the binomial distribution, a sum over its values."""
    n, j, is_value, ways = _counted(n)
    p = np.expand_dims(p, -1)
    return _entropy_of_counts(ways + special.xlogy(j, p) + special.xlog1py(n - j, -p), is_value)


def beta_binomial_entropy(n: Array, a: Array, b: Array) -> Array:
    """Return the entropy of the beta-binomial distribution, a sum over its values."""
    n, j, is_value, ways = _counted(n)
    a, b = np.expand_dims(a, -1), np.expand_dims(b, -1)
    chance = special.betaln(j + a, n - j + b) - special.betaln(a, b)
    return _entropy_of_counts(ways + chance, is_value)


def _sum_over_failures(n: Array, p: Array) -> Array:
    last = scipy.stats.nbinom.isf(1e-18, plain(n), plain(p))
    j = np.arange(longest(last) + 1.0)
    n, p = np.expand_dims(n, -1), np.expand_dims(p, -1)
    ways = special.gammaln(j + n) - special.gammaln(n) - special.gammaln(j + 1)
    return _entropy_of_counts(ways + n * np.log(p) + special.xlog1py(j, -p), j >= 0)


@primitive
def negative_binomial_entropy(n: Array, p: Array, *, in_n: int = 0, in_p: int = 0) -> Array:
    """Return the entropy of the negative binomial distribution, or its derivative of these orders.

    It is a sum as far as it counts, whose length depends on the numbers of each call.
    """
    f = _sum_over_failures
    for position, order in enumerate((in_n, in_p)):
        for _ in range(order):
            f = elementwise_grad(f, position)
    shape = np.broadcast_shapes(np.shape(n), np.shape(p))
    return f(np.broadcast_to(n, shape), np.broadcast_to(p, shape))


derivative(
    negative_binomial_entropy,
    n=lambda g, z, n, p, *, in_n=0, in_p=0: (
        g * negative_binomial_entropy(n, p, in_n=in_n + 1, in_p=in_p)
    ),
    p=lambda g, z, n, p, *, in_n=0, in_p=0: (
        g * negative_binomial_entropy(n, p, in_n=in_n, in_p=in_p + 1)
    ),
)
