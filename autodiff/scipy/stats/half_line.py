"""The distributions of positive numbers, and of numbers on one side of a bound."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.stats.family import Family
from autodiff.scipy.stats.integrated import integral_of
from autodiff.scipy.stats.moments import extreme_mean, extreme_var

__all__ = ["HALF_LINE"]

betaln = special.betaln
digamma = special.digamma
gammaln = special.gammaln
log_ndtr = special.log_ndtr
xlog1py = special.xlog1py
xlogy = special.xlogy

EULER = -float(digamma(1.0))
_TERMS = 28  # 1/4 to this power is below rounding


def _log_ratio(u: Array) -> Array:
    """Return log(1 + u) / u, and near 0 its series, so that all its derivatives are accurate."""
    is_small = np.abs(u) < 0.25
    small, large = np.where(is_small, u, 0.0), np.where(is_small, 1.0, u)
    series: Array = 0.0
    for k in range(_TERMS, 0, -1):
        series = 1 / k - small * series
    return np.where(is_small, series, np.log1p(large) / large)


def _extreme_log(x: Array, c: Array) -> Array:
    """Return log(1 - c x) / c, which is -x for c = 0."""
    return -x * _log_ratio(-c * x)


def _pareto_log(x: Array, c: Array) -> Array:
    """Return log(1 + c x) / c, which is x for c = 0."""
    return x * _log_ratio(c * x)


def _gamma(u: Array) -> Array:
    return special.gamma(u)


def _f_log_density(x: Array, dfn: Array, dfd: Array) -> Array:
    m, n = dfn / 2, dfd / 2
    return (
        m * np.log(dfn) + n * np.log(dfd) + xlogy(m - 1, x) - (m + n) * np.log(dfd + dfn * x)
        - betaln(m, n)
    )  # fmt: skip


def _gengamma(x: Array, a: Array, c: Array) -> Array:
    return np.log(np.abs(c)) + xlogy(c * a - 1, x) - x**c - gammaln(a)


def _nakagami(x: Array, nu: Array) -> Array:
    return xlogy(nu, nu) - gammaln(nu) + xlogy(2 * nu - 1, x) - nu * x * x


def _exponweib(x: Array, a: Array, c: Array) -> Array:
    power = x**c
    return np.log(a * c) + xlogy(a - 1, -np.expm1(-power)) - power + xlogy(c - 1, x)


def _log_rise(x: Array) -> Array:
    """Return log(1 - exp(-x)), for small x and for large ones."""
    is_small = x < 0.7
    small, large = np.where(is_small, x, 1.0), np.where(is_small, 1.0, x)
    return np.where(is_small, np.log(-np.expm1(-small)), np.log1p(-np.exp(-large)))


def _birnbaum_saunders(x: Array, c: Array) -> Array:
    return np.log1p(x) - np.log(c) - 1.5 * np.log(x) - (x - 1) ** 2 / (2 * x * c * c)


def _breit_wigner(x: Array, rho: Array) -> Array:
    root = np.sqrt(1 + 1 / (rho * rho))
    return np.log(root) - np.log1p(root) / 2 - np.log1p(((x - rho) * (x + rho) / rho) ** 2)


def _breit_wigner_cdf(x: Array, rho: Array) -> Array:
    scale = 2 / math.pi * np.sqrt(2 / (1 + np.sqrt(1 + 1 / (rho * rho))))
    angle = np.arctan(x / np.sqrt(-rho * (rho + 1j)))
    return scale * np.imag(np.sqrt(-1 + 1j / rho) * angle)


def _rice(x: Array, b: Array) -> Array:
    return np.log(x * special.i0e(x * b)) - (x - b) ** 2 / 2


def _generalized_inverse_gaussian(x: Array, p: Array, b: Array) -> Array:
    return (p - 1) * np.log(x) - b * (x + 1 / x - 2) / 2 - np.log(special.kve(p, b))


def _mode_of_inverse_gaussian(p: Array, b: Array) -> Array:
    return b / (np.hypot(p - 1, b) - (p - 1))


def _inverse_gaussian_cdf(x: Array, mu: Array) -> Array:
    return special.ndtr((x / mu - 1) / np.sqrt(x)) + np.exp(_mirrored(x, mu))


def _mirrored(x: Array, mu: Array) -> Array:
    """Return the logarithm of the second term, by which an inverse Gaussian exceeds a normal."""
    return 2 / mu + log_ndtr(-(x / mu + 1) / np.sqrt(x))


def _inverse_gaussian_logsf(x: Array, mu: Array) -> Array:
    first = log_ndtr(-(x / mu - 1) / np.sqrt(x))
    return first + np.log1p(-np.exp(_mirrored(x, mu) - first))


def _weibull_mean(c: Array) -> Array:
    return _gamma(1 + 1 / c)


def _lognorm_var(s: Array) -> Array:
    return np.exp(s * s) * np.expm1(s * s)


# fmt: off
HALF_LINE: dict[str, Family] = {
    # without shapes
    "expon":     Family(lambda x: -x),
    "halfnorm":  Family(lambda x: -x * x / 2),
    "halfcauchy": Family(lambda x: -np.log1p(x * x)),
    "halflogistic": Family(lambda x: -x - 2 * np.logaddexp(0.0, -x)),
    "rayleigh":  Family(lambda x: np.log(x) - x * x / 2, logsf=lambda x: -x * x / 2),
    "maxwell":   Family(lambda x: 2 * np.log(x) - x * x / 2),
    "levy":      Family(lambda x: -1.5 * np.log(x) - 1 / (2 * x)),
    "levy_l":    Family(lambda x: -1.5 * np.log(-x) + 1 / (2 * x), inner=-0.5),
    "gibrat":    Family(lambda x: -np.log(x) ** 2 / 2 - np.log(x)),
    "wald":      Family(lambda x: -1.5 * np.log(x) - (x - 1) ** 2 / (2 * x)),
    # the gamma distribution and related ones
    "gamma":     Family(lambda x, a: xlogy(a - 1, x) - x - gammaln(a),
                        cdf=lambda x, a: special.gammainc(a, x),
                        mean=lambda a: a, var=lambda a: a,
                        entropy=lambda a: a + gammaln(a) + (1 - a) * digamma(a)),
    "chi2":      Family(lambda x, df: xlogy(df / 2 - 1, x / 2) - x / 2 - gammaln(df / 2),
                        cdf=lambda x, df: special.gammainc(df / 2, x / 2),
                        mean=lambda df: df, var=lambda df: 2 * df,
                        entropy=lambda df: df / 2 + math.log(2) + gammaln(df / 2)
                        + (1 - df / 2) * digamma(df / 2)),
    "chi":       Family(lambda x, df: xlogy(df - 1, x) - x * x / 2 - df / 2 * math.log(2)
                        - gammaln(df / 2),
                        cdf=lambda x, df: special.gammainc(df / 2, x * x / 2)),
    "invgamma":  Family(lambda x, a: -(a + 1) * np.log(x) - gammaln(a) - 1 / x,
                        cdf=lambda x, a: special.gammaincc(a, 1 / x),
                        mean=lambda a: 1 / (a - 1), var=lambda a: 1 / ((a - 1) ** 2 * (a - 2)),
                        entropy=lambda a: a - (a + 1) * digamma(a) + gammaln(a)),
    "gengamma":  Family(_gengamma,
                        cdf=lambda x, a, c: np.sign(c) * special.gammainc(a, x**c)),
    "nakagami":  Family(_nakagami, cdf=lambda x, nu: special.gammainc(nu, nu * x * x)),
    "invgauss":  Family(lambda x, mu: -1.5 * np.log(x) - (x / mu - 1) ** 2 / (2 * x),
                        cdf=_inverse_gaussian_cdf,
                        logsf=_inverse_gaussian_logsf, mean=lambda mu: mu, var=lambda mu: mu**3),
    "recipinvgauss": Family(lambda x, mu: -np.log(x) / 2 - (1 / mu - x) ** 2 / (2 * x),
                            cdf=lambda x, mu: -_inverse_gaussian_cdf(1 / x, mu)),
    "geninvgauss": Family(_generalized_inverse_gaussian,
                          cdf=integral_of(_generalized_inverse_gaussian,
                                          _mode_of_inverse_gaussian, 0.5, lower=0.0)),
    # normal distributions, bent
    "lognorm":   Family(lambda x, s: -np.log(x) ** 2 / (2 * s * s) - np.log(s * x),
                        logcdf=lambda x, s: log_ndtr(np.log(x) / s),
                        mean=lambda s: np.exp(s * s / 2), var=_lognorm_var,
                        entropy=lambda s: (1 + math.log(2 * math.pi)) / 2 + np.log(s)),
    "powerlognorm": Family(lambda x, c, s: np.log(c / (x * s)) - np.log(x) ** 2 / (2 * s * s)
                           + (c - 1) * log_ndtr(-np.log(x) / s),
                           logsf=lambda x, c, s: c * log_ndtr(-np.log(x) / s)),
    "foldnorm":  Family(lambda x, c: np.logaddexp(-(x - c) ** 2 / 2, -(x + c) ** 2 / 2),
                        cdf=lambda x, c: special.ndtr(x - c) + special.ndtr(x + c)),
    "foldcauchy": Family(lambda x, c: np.log(1 / (1 + (x - c) ** 2) + 1 / (1 + (x + c) ** 2)),
                         cdf=lambda x, c: (np.arctan(x - c) + np.arctan(x + c)) / math.pi),
    "rice":      Family(_rice, cdf=integral_of(_rice, lambda b: np.hypot(1.0, b), lower=0.0)),
    "fatiguelife": Family(_birnbaum_saunders,
                          logcdf=lambda x, c: log_ndtr((np.sqrt(x) - 1 / np.sqrt(x)) / c),
                          mean=lambda c: 1 + c * c / 2, var=lambda c: c * c * (1 + 1.25 * c * c)),
    # extremes and waiting times
    "weibull_min": Family(lambda x, c: np.log(c) + xlogy(c - 1, x) - x**c,
                          logsf=lambda x, c: -(x**c), mean=_weibull_mean,
                          var=lambda c: _gamma(1 + 2 / c) - _weibull_mean(c) ** 2,
                          entropy=lambda c: EULER * (1 - 1 / c) - np.log(c) + 1),
    "weibull_max": Family(lambda x, c: np.log(c) + xlogy(c - 1, -x) - (-x) ** c,
                          logcdf=lambda x, c: -((-x) ** c), mean=lambda c: -_weibull_mean(c),
                          var=lambda c: _gamma(1 + 2 / c) - _weibull_mean(c) ** 2,
                          entropy=lambda c: EULER * (1 - 1 / c) - np.log(c) + 1, inner=-0.5),
    "invweibull": Family(lambda x, c: np.log(c) - (c + 1) * np.log(x) - x**-c,
                         logcdf=lambda x, c: -(x**-c),
                         entropy=lambda c: 1 + EULER * (1 + 1 / c) - np.log(c)),
    "exponweib": Family(_exponweib, logcdf=lambda x, a, c: a * _log_rise(x**c)),
    "genextreme": Family(lambda x, c: -np.exp(_extreme_log(x, c)) + (1 - c) * _extreme_log(x, c),
                         logcdf=lambda x, c: -np.exp(_extreme_log(x, c)), inner=0.0,
                         low=lambda c: 1 / c, high=lambda c: 1 / c,
                         mean=extreme_mean, var=extreme_var,
                         entropy=lambda c: EULER * (1 - c) + 1),
    "genpareto": Family(lambda x, c: -(c + 1) * _pareto_log(x, c),
                        logsf=lambda x, c: -_pareto_log(x, c), inner=0.0, high=lambda c: -1 / c,
                        mean=lambda c: 1 / (1 - c), var=lambda c: 1 / ((1 - c) ** 2 * (1 - 2 * c)),
                        entropy=lambda c: 1 + c),
    "pareto":    Family(lambda x, b: np.log(b) - (b + 1) * np.log(x),
                        logsf=lambda x, b: -b * np.log(x),
                        mean=lambda b: b / (b - 1), var=lambda b: b / ((b - 2) * (b - 1) ** 2),
                        entropy=lambda b: 1 + 1 / b - np.log(b)),
    "lomax":     Family(lambda x, c: np.log(c) - (c + 1) * np.log1p(x),
                        logsf=lambda x, c: -c * np.log1p(x),
                        entropy=lambda c: 1 + 1 / c - np.log(c)),
    "gompertz":  Family(lambda x, c: np.log(c) + x - c * np.expm1(x),
                        logsf=lambda x, c: -c * np.expm1(x)),
    "exponpow":  Family(lambda x, b: np.log(b) + xlogy(b - 1, x) + x**b - np.expm1(x**b),
                        logsf=lambda x, b: -np.expm1(x**b)),
    "genexpon":  Family(lambda x, a, b, c: np.log(a - b * np.expm1(-c * x)) - (a + b) * x
                        - b * np.expm1(-c * x) / c,
                        logsf=lambda x, a, b, c: -(a + b) * x - b * np.expm1(-c * x) / c),
    "halfgennorm": Family(lambda x, beta: np.log(beta) - gammaln(1 / beta) - x**beta,
                          cdf=lambda x, beta: special.gammainc(1 / beta, x**beta),
                          entropy=lambda beta: 1 / beta - np.log(beta) + gammaln(1 / beta)),
    "genhalflogistic": Family(lambda x, c: (1 - c) * _extreme_log(x, c)
                              - 2 * np.log1p(np.exp(_extreme_log(x, c))), inner=0.0,
                              high=lambda c: 1 / c,
                              cdf=lambda x, c: -np.tanh(_extreme_log(x, c) / 2)),
    # log-logistic ones, and ratios
    "fisk":      Family(lambda x, c: np.log(c) + xlogy(c - 1, x) - 2 * np.log1p(x**c),
                        logsf=lambda x, c: -np.log1p(x**c), entropy=lambda c: 2 - np.log(c)),
    "burr":      Family(lambda x, c, d: np.log(c * d) + xlogy(c * d - 1, x)
                        - (d + 1) * np.log1p(x**c),
                        logcdf=lambda x, c, d: -d * np.log1p(x**-c)),
    "burr12":    Family(lambda x, c, d: np.log(c * d) + xlogy(c - 1, x) - (d + 1) * np.log1p(x**c),
                        logsf=lambda x, c, d: -d * np.log1p(x**c)),
    "mielke":    Family(lambda x, k, s: np.log(k) + xlogy(k - 1, x) - (1 + k / s) * np.log1p(x**s),
                        logcdf=lambda x, k, s: k * np.log(x) - k / s * np.log1p(x**s)),
    "kappa3":    Family(lambda x, a: np.log(a) - (a + 1) / a * np.log(a + x**a),
                        logcdf=lambda x, a: np.log(x) - np.log(a + x**a) / a),
    "loglaplace": Family(lambda x, c: np.log(c) + xlogy(np.where(x < 1, c - 1, -c - 1), x),
                         cdf=lambda x, c: -np.sign(x - 1) * np.exp(-c * np.abs(np.log(x))) / 2,
                         entropy=lambda c: np.log(2 / c) + 1),
    "f":         Family(_f_log_density,
                        cdf=lambda x, dfn, dfd: special.betainc(
                            dfn / 2, dfd / 2, dfn * x / (dfd + dfn * x)),
                        mean=lambda dfn, dfd: dfd / (dfd - 2)),
    "betaprime": Family(lambda x, a, b: xlogy(a - 1, x) - xlog1py(a + b, x) - betaln(a, b),
                        cdf=lambda x, a, b: special.betainc(a, b, x / (1 + x))),
    "alpha":     Family(lambda x, a: -2 * np.log(x) - log_ndtr(a) - (a - 1 / x) ** 2 / 2,
                        logcdf=lambda x, a: log_ndtr(a - 1 / x) - log_ndtr(a)),
    "rel_breitwigner": Family(_breit_wigner, cdf=_breit_wigner_cdf),
}
HALF_LINE["erlang"] = replace(HALF_LINE["gamma"], fixed=("a",))
