"""The distributions on the whole line, and on the circle."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.typing import Array
from autodiff.scipy.special import polygamma
from autodiff.scipy.special.namespace import special
from autodiff.scipy.stats.family import Family
from autodiff.scipy.stats.integrated import integral_of
from autodiff.scipy.stats.moments import circular_var, skew_normal_entropy

__all__ = ["LINE"]

digamma = special.digamma
gammaln = special.gammaln
log_ndtr = special.log_ndtr

EULER = -float(digamma(1.0))


def _log_sum(x: Array) -> Array:
    """Return log(1 + exp(x))."""
    return np.logaddexp(0.0, x)


def _power(x: Array, exponent: Array) -> Array:
    """Return |x|**exponent, with slope 0 at 0 for all exponents, as for 1."""
    is_zero = x == 0
    return np.where(is_zero, 0.0, np.abs(np.where(is_zero, 1.0, x)) ** exponent)


def _t_log_density(x: Array, df: Array) -> Array:
    return (
        gammaln((df + 1) / 2) - gammaln(df / 2) - np.log(df) / 2
        - (df + 1) / 2 * np.log1p(x * x / df)
    )  # fmt: skip


def _t_entropy(df: Array) -> Array:
    half, more = df / 2, (df + 1) / 2
    return more * (digamma(more) - digamma(half)) + np.log(df) / 2 + special.betaln(half, 0.5)


def _nig_log_density(x: Array, a: Array, b: Array) -> Array:
    """Return the log density of the normal-inverse-Gaussian, with K₁ scaled by its exponential."""
    r = np.hypot(1.0, x)
    scaled = special.k1e(a * r)
    return np.log(a * scaled / r) - a * r + b * x + np.sqrt(a * a - b * b)


def _nig_mean(a: Array, b: Array) -> Array:
    return b / np.sqrt(a * a - b * b)


def _asymmetric_laplace(x: Array, kappa: Array) -> Array:
    return -np.log(kappa + 1 / kappa) + x * np.where(x < 0, 1 / kappa, -kappa)


def _asymmetric_laplace_cdf(x: Array, kappa: Array) -> Array:
    low = kappa * kappa / (1 + kappa * kappa)  # the probability of negative numbers
    return np.where(
        x < 0, low * np.exp(-np.abs(x) / kappa), 1 - (1 - low) * np.exp(-np.abs(x) * kappa)
    )


def _generalized_normal_cdf(x: Array, beta: Array) -> Array:
    """Return the distribution function minus 1/2; in the middle, gammainc has an infinite slope."""
    is_middle = x == 0
    part = special.gammainc(1 / beta, np.where(is_middle, 1.0, _power(x, beta)))
    return np.where(is_middle, 0.0, np.sign(x) * part / 2)


def _jf_skew_t(x: Array, a: Array, b: Array) -> Array:
    """Return the log density of Jones and Faddy (2003), equation 1."""
    r = x / np.hypot(x, np.sqrt(a + b))
    norm = (1 - a - b) * math.log(2) - special.betaln(a, b) - np.log(a + b) / 2
    return norm + (a + 0.5) * np.log1p(r) + (b + 0.5) * np.log1p(-r)


def _on_circle(x: Array, kappa: Array) -> Array:
    return kappa * (np.cos(x) - 1) - np.log(special.i0e(kappa))


_on_arc = integral_of(_on_circle, lambda kappa: 0 * kappa, 0.5 / math.pi, -math.pi, math.pi)


def _on_circle_cdf(x: Array, kappa: Array) -> Array:
    """Return the distribution function, which grows by 1 with each turn."""
    return _on_arc(x - 2 * math.pi * np.round(x / (2 * math.pi)), kappa)


# fmt: off
LINE: dict[str, Family] = {
    "norm":      Family(lambda x: -x * x / 2, logcdf=log_ndtr, logsf=lambda x: log_ndtr(-x)),
    "cauchy":    Family(lambda x: -np.log1p(x * x)),
    "laplace":   Family(lambda x: -np.abs(x)),
    "logistic":  Family(lambda x: -x - 2 * _log_sum(-x)),
    "gumbel_r":  Family(lambda x: -x - np.exp(-x), logcdf=lambda x: -np.exp(-x)),
    "gumbel_l":  Family(lambda x: x - np.exp(x), logsf=lambda x: -np.exp(x)),
    "hypsecant": Family(lambda x: -np.logaddexp(x, -x)),
    "moyal":     Family(lambda x: -(x + np.exp(-x)) / 2),
    "t":         Family(_t_log_density,
                        cdf=lambda x, df: special.stdtr(df, x),
                        mean=lambda df: 0 * df, var=lambda df: df / (df - 2),
                        entropy=_t_entropy),
    "gennorm":   Family(lambda x, beta: np.log(beta) - gammaln(1 / beta) - _power(x, beta),
                        cdf=_generalized_normal_cdf,
                        mean=lambda beta: 0 * beta,
                        var=lambda beta: np.exp(gammaln(3 / beta) - gammaln(1 / beta)),
                        entropy=lambda beta: 1 / beta - np.log(beta / 2) + gammaln(1 / beta)),
    "genlogistic": Family(lambda x, c: np.log(c) - x - (c + 1) * _log_sum(-x),
                          logcdf=lambda x, c: -c * _log_sum(-x),
                          mean=lambda c: EULER + digamma(c),
                          var=lambda c: math.pi**2 / 6 + polygamma(1, c)),
    "skewnorm":  Family(lambda x, a: -x * x / 2 + log_ndtr(a * x),
                        cdf=lambda x, a: special.ndtr(x) - 2 * special.owens_t(x, a),
                        mean=lambda a: math.sqrt(2 / math.pi) * a / np.hypot(1.0, a),
                        var=lambda a: 1 - 2 / math.pi * a * a / (1 + a * a),
                        entropy=skew_normal_entropy),
    "skewcauchy": Family(lambda x, a: -np.log1p((x / (1 + a * np.sign(x))) ** 2),
                         cdf=lambda x, a: (1 + a * np.sign(x)) / math.pi
                         * np.arctan(x / (1 + a * np.sign(x))) - a / 2),
    "exponnorm": Family(lambda x, K: 1 / (2 * K * K) - x / K - np.log(K) + log_ndtr(x - 1 / K),
                        cdf=lambda x, K: -np.exp(1 / (2 * K * K) - x / K + log_ndtr(x - 1 / K)),
                        mean=lambda K: K, var=lambda K: 1 + K * K),
    "johnsonsu": Family(lambda x, a, b: np.log(b) - np.log(np.hypot(x, 1))
                        - (a + b * np.arcsinh(x)) ** 2 / 2,
                        logcdf=lambda x, a, b: log_ndtr(a + b * np.arcsinh(x))),
    "norminvgauss": Family(_nig_log_density,
                           cdf=integral_of(_nig_log_density, _nig_mean, 1 / math.pi),
                           mean=_nig_mean,
                           var=lambda a, b: a * a / (a * a - b * b) ** 1.5),
    "loggamma":  Family(lambda x, c: c * x - np.exp(x) - gammaln(c),
                        cdf=lambda x, c: special.gammainc(c, np.exp(x)),
                        mean=lambda c: digamma(c), var=lambda c: polygamma(1, c),
                        entropy=lambda c: gammaln(c) - c * digamma(c) + c),
    "powernorm": Family(lambda x, c: np.log(c) - x * x / 2 + (c - 1) * log_ndtr(-x),
                        logsf=lambda x, c: c * log_ndtr(-x)),
    "laplace_asymmetric": Family(_asymmetric_laplace, cdf=_asymmetric_laplace_cdf,
                                 mean=lambda kappa: 1 / kappa - kappa,
                                 var=lambda kappa: 1 / kappa**2 + kappa**2,
                                 entropy=lambda kappa: 1 + np.log(kappa + 1 / kappa)),
    "dgamma":    Family(lambda x, a: special.xlogy(a - 1, np.abs(x)) - np.abs(x) - gammaln(a),
                        cdf=lambda x, a: np.sign(x) * special.gammainc(a, np.abs(x)) / 2,
                        mean=lambda a: 0 * a, var=lambda a: a * (a + 1)),
    "dweibull":  Family(lambda x, c: np.log(c) + special.xlogy(c - 1, np.abs(x)) - _power(x, c),
                        cdf=lambda x, c: -np.sign(x) * np.exp(-_power(x, c)) / 2,
                        mean=lambda c: 0 * c, var=lambda c: special.gamma(1 + 2 / c)),
    "jf_skew_t": Family(_jf_skew_t,
                        cdf=lambda x, a, b: special.betainc(
                            a, b, (1 + x / np.hypot(x, np.sqrt(a + b))) / 2)),
    # on the circle
    "vonmises":  Family(_on_circle, cdf=_on_circle_cdf,
                        mean=lambda kappa: 0 * kappa, var=circular_var,
                        entropy=lambda kappa: kappa + np.log(2 * math.pi * special.i0e(kappa))
                        - kappa * special.i1e(kappa) / special.i0e(kappa)),
    "vonmises_line": Family(_on_circle, cdf=_on_arc),
    "wrapcauchy": Family(lambda x, c: np.log1p(-c * c) - np.log(1 + c * c - 2 * c * np.cos(x)),
                         cdf=lambda x, c: np.arctan((1 + c) / (1 - c) * np.tan(x / 2)) / math.pi),
}
