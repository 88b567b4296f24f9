"""SciPy's distributions of vectors and matrices: the formulas of their log densities."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.stats

from autodiff.core.typing import Array, Function
from autodiff.scipy.special import multigammaln
from autodiff.scipy.special.namespace import special
from autodiff.scipy.stats.covariances import as_matrix, dim_of
from autodiff.scipy.stats.cumulative import CUMULATIVE
from autodiff.scipy.stats.distribution import Distribution
from autodiff.scipy.stats.joint import joint

__all__ = ["MULTIVARIATE"]

digamma, gammaln, xlogy = special.psi, special.gammaln, special.xlogy


def _log_det(matrix: Array) -> Array:
    return np.linalg.slogdet(matrix)[1]


def _distance(x: Array, mean: Array | None, cov: Array, allow_singular: bool) -> Array:
    """Return the squared Mahalanobis distance of each vector along the last axis."""
    dim = len(cov)
    if np.ndim(x) < 2:
        x = np.reshape(x, (-1, dim))
    away = x if mean is None else x - mean
    if allow_singular:
        return np.sum((away @ np.linalg.pinv(cov)) * away, axis=-1)
    return np.sum(np.linalg.solve(cov, away[..., None])[..., 0] * away, axis=-1)


def _normal(x: Array, mean: Array | None, cov: Array, allow_singular: bool) -> Array:
    cov = as_matrix(cov, dim_of(mean, cov))
    return -0.5 * (_distance(x, mean, cov, allow_singular) + _log_det(cov))


def _student(
    x: Array, loc: Array | None, shape: Array, df: Array, allow_singular: bool = False
) -> Array:
    dim = dim_of(loc, shape)
    shape = as_matrix(shape, dim)
    more = (df + dim) / 2
    norm = gammaln(more) - gammaln(df / 2) - dim / 2 * np.log(df) - _log_det(shape) / 2
    return norm - more * np.log1p(_distance(x, loc, shape, allow_singular) / df)


def _student_entropy(loc: Array | None, shape: Array, df: Array) -> Array:
    del loc
    dim = 1 if np.ndim(shape) == 0 else np.shape(shape)[0]
    more, half = (df + dim) / 2, df / 2
    rest = dim / 2 * np.log(df) + more * (digamma(more) - digamma(half))
    return gammaln(half) - gammaln(more) + rest + _log_det(as_matrix(shape, dim)) / 2


def _dirichlet(x: Array, alpha: Array) -> Array:
    """Return the log density; the entries lie along the first axis, the last may be left out."""
    if len(x) < len(alpha):
        x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])
    powers = xlogy(np.reshape(alpha - 1, (-1, *[1] * (np.ndim(x) - 1))), x)
    return np.sum(powers, axis=0) - _log_beta(alpha)


def _log_beta(alpha: Array) -> Array:
    return np.sum(gammaln(alpha)) - gammaln(np.sum(alpha))


def _dirichlet_entropy(alpha: Array) -> Array:
    total = np.sum(alpha)
    spread = (total - len(alpha)) * digamma(total)
    return _log_beta(alpha) + spread - np.sum((alpha - 1) * digamma(alpha))


def _dirichlet_var(alpha: Array) -> Array:
    total = np.sum(alpha)
    return alpha * (total - alpha) / (total * total * (total + 1))


def _dirichlet_cov(alpha: Array) -> Array:
    total = np.sum(alpha)
    return _spread(alpha / total) / (total + 1)


def _spread(p: Array) -> Array:
    """Return the covariance of one draw with these probabilities, along the last axis."""
    return np.eye(np.shape(p)[-1]) * p[..., None] - p[..., None] * p[..., None, :]


def _multinomial_entropy(n: Array, p: Array) -> Array:
    j = np.arange(int(np.max(n)) + 1.0)
    chances = special.binom(n, j) * np.exp(
        special.xlogy(j, p[..., None]) + special.xlog1py(n - j, -p[..., None])
    )
    return n * np.sum(special.entr(p), axis=-1) + np.sum(chances * gammaln(j + 1), axis=(-2, -1))


def _multinomial(x: Array, n: Array, p: Array) -> Array:
    del n  # a whole number
    return np.sum(xlogy(x, p), axis=-1)


def _dirichlet_multinomial(x: Array, alpha: Array, n: Array) -> Array:
    total = np.sum(alpha, axis=-1)
    rising = gammaln(x + alpha) - gammaln(alpha)
    return gammaln(total) - gammaln(total + n) + np.sum(rising, axis=-1)


def _matrices(x: Array, scale: Array) -> tuple[Array, Array]:
    """Return quantiles, which lie along a third axis, with that axis first; and the scale."""
    if np.ndim(scale) < 2:
        scale = np.reshape(scale, (1, 1)) if np.ndim(scale) == 0 else np.diag(scale)
    if np.ndim(x) < 2:
        x = np.reshape(x, (1, 1, -1))
    return np.moveaxis(x, 2, 0) if np.ndim(x) == 3 else x, scale


def _wishart(x: Array, df: Array, scale: Array) -> Array:
    x, scale = _matrices(x, scale)
    dim = len(scale)
    trace = np.trace(np.linalg.solve(scale, x), axis1=-2, axis2=-1)
    log_norm = df / 2 * (dim * np.log(2.0) + _log_det(scale)) + multigammaln(df / 2, dim)
    return (df - dim - 1) / 2 * _log_det(x) - trace / 2 - log_norm


def _as_scale(scale: Array) -> Array:
    return _matrices(np.eye(1), scale)[1]


def _wishart_var(df: Array, scale: Array) -> Array:
    scale = _as_scale(scale)
    spread = np.diagonal(scale)
    return df * (scale * scale + spread[:, None] * spread)


def _wishart_entropy(df: Array, scale: Array) -> Array:
    scale = _as_scale(scale)
    dim = len(scale)
    mean_log = np.sum(digamma((df - np.arange(dim)) / 2))
    log_norm = multigammaln(df / 2, dim) + (dim + 1) / 2 * _log_det(scale)
    return log_norm - (df - dim - 1) / 2 * mean_log + df * dim / 2


def _inverse_wishart_mean(df: Array, scale: Array) -> Array:
    scale = _as_scale(scale)
    return scale / (df - len(scale) - 1)


def _inverse_wishart_var(df: Array, scale: Array) -> Array:
    scale = _as_scale(scale)
    rest, spread = df - len(scale), np.diagonal(scale)
    total = (rest + 1) * scale * scale + (rest - 1) * spread[:, None] * spread
    return total / (rest * (rest - 1) ** 2 * (rest - 3))


def _inverse_wishart_entropy(df: Array, scale: Array) -> Array:
    scale = _as_scale(scale)
    dim = len(scale)
    mean_log = np.sum(digamma((df - np.arange(dim)) / 2))
    log_norm = multigammaln(df / 2, dim) + (dim + 1) / 2 * _log_det(scale)
    return log_norm + df * dim / 2 - (df + dim + 1) / 2 * mean_log


def _inverse_wishart(x: Array, df: Array, scale: Array) -> Array:
    x, scale = _matrices(x, scale)
    dim = len(scale)
    trace = np.trace(scale @ np.linalg.inv(x), axis1=-2, axis2=-1)
    log_norm = df / 2 * (dim * np.log(2.0) - _log_det(scale)) + multigammaln(df / 2, dim)
    return -(df + dim + 1) / 2 * _log_det(x) - trace / 2 - log_norm


def _matrix_normal(X: Array, mean: Array | None, rowcov: Array, colcov: Array) -> Array:
    rows, columns = np.shape(X)[-2:]
    rowcov, colcov = as_matrix(rowcov, rows), as_matrix(colcov, columns)
    away = X if mean is None else X - mean
    scaled = np.linalg.solve(rowcov, away) @ np.linalg.inv(colcov)
    logs = columns * _log_det(rowcov) + rows * _log_det(colcov)
    return -0.5 * (np.sum(scaled * away, axis=(-2, -1)) + logs)


def _matrix_normal_entropy(rowcov: Array, colcov: Array) -> Array:
    rows, columns = len(rowcov), len(colcov)
    of_rows, of_columns = _log_det(as_matrix(rowcov, rows)), _log_det(as_matrix(colcov, columns))
    return (columns * of_rows + rows * of_columns) / 2


def _von_mises_fisher_entropy(mu: Array, kappa: Array) -> Array:
    half = np.shape(mu)[-1] / 2
    log_norm = (half - 1) * np.log(kappa) - np.log(special.ive(half - 1, kappa)) - kappa
    return -log_norm - kappa * special.ive(half, kappa) / special.ive(half - 1, kappa)


def _von_mises_fisher(x: Array, mu: Array, kappa: Array) -> Array:
    order = np.shape(mu)[-1] / 2 - 1
    norm = order * np.log(kappa) - np.log(special.ive(order, kappa)) - kappa
    return norm + kappa * (x @ mu)


def _normal_inverse_gamma(
    x: Array, s2: Array, mu: Array, lmbda: Array, a: Array, b: Array
) -> Array:
    return (
        np.log(lmbda / s2) / 2 + xlogy(a, b) - gammaln(a) - (a + 1) * np.log(s2)
        - (2 * b + lmbda * (x - mu) ** 2) / (2 * s2)
    )  # fmt: skip


_OTHERS = (type, scipy.stats.rv_continuous, scipy.stats.rv_discrete)
_FORMULAS: Mapping[str, Mapping[str, Function]] = {
    "multivariate_normal": {
        "logpdf": _normal,
        "entropy": lambda mean, cov: _log_det(as_matrix(cov, dim_of(mean, cov))) / 2,
    },
    "multivariate_t": {"logpdf": _student, "entropy": _student_entropy},
    "dirichlet": {
        "logpdf": _dirichlet,
        "mean": lambda alpha: alpha / np.sum(alpha),
        "var": _dirichlet_var,
        "cov": _dirichlet_cov,
        "entropy": _dirichlet_entropy,
    },
    "multinomial": {
        "logpmf": _multinomial,
        "cov": lambda n, p: n * _spread(p),
        "entropy": _multinomial_entropy,
    },
    "dirichlet_multinomial": {"logpmf": _dirichlet_multinomial},
    "wishart": {
        "logpdf": _wishart,
        "mean": lambda df, scale: df * _as_scale(scale),
        "var": _wishart_var,
        "entropy": _wishart_entropy,
    },
    "invwishart": {
        "logpdf": _inverse_wishart,
        "mean": _inverse_wishart_mean,
        "var": _inverse_wishart_var,
        "entropy": _inverse_wishart_entropy,
    },
    "matrix_normal": {"logpdf": _matrix_normal, "entropy": _matrix_normal_entropy},
    "vonmises_fisher": {"logpdf": _von_mises_fisher, "entropy": _von_mises_fisher_entropy},
    "normal_inverse_gamma": {"logpdf": _normal_inverse_gamma},
}

MULTIVARIATE: dict[str, Distribution] = {
    name: joint(name, library, _FORMULAS.get(name, {}), CUMULATIVE.get(name, {}))
    for name, library in vars(scipy.stats).items()
    if name in _FORMULAS or (hasattr(library, "rvs") and not isinstance(library, _OTHERS))
}
"""The distributions, by name; those without formulas too."""
