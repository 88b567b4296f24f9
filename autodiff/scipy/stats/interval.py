"""The distributions of numbers between two bounds."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.rules.finite import where_finite
from autodiff.scipy.special.namespace import special
from autodiff.scipy.stats.family import Family

__all__ = ["INTERVAL"]

betaln = special.betaln
digamma = special.digamma
log_ndtr = special.log_ndtr
xlog1py = special.xlog1py
xlogy = special.xlogy


@primitive
def log_normal_mass(a: Array, b: Array) -> Array:
    """Return log|Φ(b) - Φ(a)|, on the side where neither is close to 1."""
    a, b = np.minimum(a, b), np.maximum(a, b)
    mirrored = a > 0
    low, high = np.where(mirrored, -b, a), np.where(mirrored, -a, b)
    top = log_ndtr(high)
    with np.errstate(divide="ignore"):
        return top + np.log(-np.expm1(log_ndtr(low) - top))


def _weibull_tail(x: Array, c: Array) -> Array:
    """Return 1 - F of Weibull's distribution, also of Python numbers, whose powers overflow."""
    return np.exp(-np.power(x, c))


def _relative_density(x: Array, log_mass: Array) -> Array:
    """Return the density of the normal distribution over a mass."""
    return np.exp(-x * x / 2 - math.log(2 * math.pi) / 2 - log_mass)


# fmt: off
derivative(log_normal_mass, a=lambda g, z, a, b: -g * _relative_density(a, z),
                            b=lambda g, z, a, b: g * _relative_density(b, z))
# fmt: on


def _ends(a: Array, b: Array) -> tuple[Array, Array, Array]:
    """Return the densities at both ends over the mass, and that of their products with them."""
    log_mass = log_normal_mass(a, b)
    at = [where_finite(_relative_density(where_finite(x, x), log_mass), x) for x in (a, b)]
    return at[0], at[1], where_finite(a, a) * at[0] - where_finite(b, b) * at[1]


def _truncated_mean(a: Array, b: Array) -> Array:
    at_a, at_b, _ = _ends(a, b)
    return at_a - at_b


def _truncated_var(a: Array, b: Array) -> Array:
    at_a, at_b, moved = _ends(a, b)
    return 1 + moved - (at_a - at_b) ** 2


def _truncated_entropy(a: Array, b: Array) -> Array:
    return log_normal_mass(a, b) + _ends(a, b)[2] / 2


def _beta_entropy(a: Array, b: Array) -> Array:
    total = a + b
    return betaln(a, b) - (a - 1) * digamma(a) - (b - 1) * digamma(b) + (total - 2) * digamma(total)


def _beta_var(a: Array, b: Array) -> Array:
    return a * b / ((a + b) ** 2 * (a + b + 1))


def _triangle(x: Array, c: Array) -> Array:
    """Return the log density of a triangle with its top at c."""
    rising = (x < c) | (c == 1)
    return np.log(np.where(rising, x, 1 - x)) - np.log(np.where(rising, c, 1 - c))


def _triangle_cdf(x: Array, c: Array) -> Array:
    rising = (x < c) | (c == 1)
    return np.where(
        rising, x * x / np.where(rising, c, 1), -((1 - x) ** 2) / np.where(rising, 1, 1 - c)
    )


def _trapezoid(x: Array, c: Array, d: Array) -> Array:
    """Return the log density of a trapezoid with its top between c and d."""
    rising, falling = x < c, x > d
    height = np.where(rising, x, np.where(falling, 1 - x, 1))
    return np.log(height / np.where(rising, c, np.where(falling, 1 - d, 1))) - np.log(d - c + 1)


def _trapezoid_cdf(x: Array, c: Array, d: Array) -> Array:
    rising, falling = x < c, x > d
    area = np.where(rising, x * x / np.where(rising, c, 1), 2 * x - c)
    beyond = (x - d) ** 2 / np.where(falling, 1 - d, 1)
    return (area - np.where(falling, beyond, 0)) / (d - c + 1)


def _johnson_sb(x: Array, a: Array, b: Array) -> Array:
    return np.log(b) - np.log(x) - np.log1p(-x) - (a + b * special.logit(x)) ** 2 / 2


def _argus(x: Array, chi: Array) -> Array:
    """Return the ARGUS log density; its norm is an incomplete gamma function of order 3/2."""
    half = chi * chi / 2
    norm = 3 * np.log(chi) - np.log(special.gammainc(1.5, half))
    return norm + np.log(x) + np.log1p(-x * x) / 2 - half * (1 - x * x)


def _argus_logsf(x: Array, chi: Array) -> Array:
    half = chi * chi / 2
    return np.log(special.gammainc(1.5, half * (1 - x * x)) / special.gammainc(1.5, half))


# fmt: off
INTERVAL: dict[str, Family] = {
    "uniform":   Family(lambda x: 0 * x),
    "arcsine":   Family(lambda x: -(np.log(x) + np.log1p(-x)) / 2),
    "anglit":    Family(lambda x: np.log(np.cos(2 * x))),
    "cosine":    Family(lambda x: np.log1p(np.cos(x))),
    "semicircular": Family(lambda x: np.log1p(-x * x) / 2),
    "beta":      Family(lambda x, a, b: xlogy(a - 1, x) + xlog1py(b - 1, -x) - betaln(a, b),
                        cdf=lambda x, a, b: special.betainc(a, b, x),
                        mean=lambda a, b: a / (a + b), var=_beta_var, entropy=_beta_entropy),
    "rdist":     Family(lambda x, c: xlog1py(c / 2 - 1, -x * x) - betaln(c / 2, 0.5),
                        cdf=lambda x, c: special.betainc(c / 2, c / 2, (x + 1) / 2)),
    "powerlaw":  Family(lambda x, a: np.log(a) + xlogy(a - 1, x),
                        logcdf=lambda x, a: a * np.log(x), mean=lambda a: a / (a + 1),
                        var=lambda a: a / ((a + 2) * (a + 1) ** 2),
                        entropy=lambda a: 1 - 1 / a - np.log(a)),
    "bradford":  Family(lambda x, c: np.log(c) - np.log(np.log1p(c)) - np.log1p(c * x),
                        cdf=lambda x, c: np.log1p(c * x) / np.log1p(c)),
    "triang":    Family(_triangle, cdf=_triangle_cdf, mean=lambda c: (c + 1) / 3,
                        var=lambda c: (1 - c + c * c) / 18, entropy=lambda c: 0 * c),
    "trapezoid": Family(_trapezoid, cdf=_trapezoid_cdf),
    "johnsonsb": Family(_johnson_sb, logcdf=lambda x, a, b: log_ndtr(a + b * special.logit(x))),
    "argus":     Family(_argus, logsf=_argus_logsf),
    "loguniform": Family(lambda x, a, b: -np.log(x) - np.log(np.log(b / a)),
                         cdf=lambda x, a, b: np.log(x / a) / np.log(b / a)),
    # cut at a bound, or two
    "truncnorm": Family(lambda x, a, b: -x * x / 2 - log_normal_mass(a, b),
                        logcdf=lambda x, a, b: log_normal_mass(a, x) - log_normal_mass(a, b),
                        mean=_truncated_mean, var=_truncated_var, entropy=_truncated_entropy,
                        low=lambda a, b: a, high=lambda a, b: b, inner=0.123456789),
    "truncexpon": Family(lambda x, b: -x - np.log(-np.expm1(-b)),
                         cdf=lambda x, b: np.expm1(-x) / np.expm1(-b)),
    "truncpareto": Family(lambda x, b, c: np.log(b) - (b + 1) * np.log(x) - np.log1p(-(c**-b)),
                          cdf=lambda x, b, c: (1 - x**-b) / (1 - c**-b)),
    "truncweibull_min": Family(
        lambda x, c, a, b: np.log(c) + xlogy(c - 1, x) - x**c
        - np.log(_weibull_tail(a, c) - _weibull_tail(b, c)),
        cdf=lambda x, c, a, b: (_weibull_tail(x, c) - _weibull_tail(a, c))
        / (_weibull_tail(b, c) - _weibull_tail(a, c))),
}
INTERVAL["reciprocal"] = INTERVAL["loguniform"]
