"""Kernel density estimation (Scott 1992): the density of points, with slopes in points and data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.stats

from autodiff.core.errors import user_line
from autodiff.core.typing import Array, Function
from autodiff.rules.operands import as_array
from autodiff.scipy.face import is_traced
from autodiff.scipy.special import logsumexp

__all__ = ["gaussian_kde"]


def _plain_only(name: str) -> Function:
    """Return a method of SciPy's that refuses traced values."""
    plain = getattr(scipy.stats.gaussian_kde, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.is_traced or is_traced((args, kwargs)):
            raise NotImplementedError(
                f"gaussian_kde.{name} of traced values has no derivative here (called at "
                f"{user_line()}). Use its density at points: kde(points)."
            )
        return plain(self, *args, **kwargs)

    return method


class gaussian_kde(scipy.stats.gaussian_kde):  # type: ignore[misc]  # noqa: N801 - SciPy's name
    """SciPy's kernel density estimate; its density at points has slopes.

    Args:
        dataset: one-dimensional, or an array with a row per dimension and a column per point.
        bw_method: ``"scott"``, ``"silverman"``, or a number; for plain data also a function.
        weights: of the points.

    >>> import autodiff as ad
    >>> from autodiff.scipy.stats import gaussian_kde
    >>> kde = gaussian_kde([0.0, 2.0])
    >>> ad.grad(lambda x: kde(x)[0])(1.0)  # it is symmetric about 1
    0.0
    """

    def __init__(self, dataset: Array, bw_method: Any = None, weights: Array | None = None) -> None:
        self.is_traced = is_traced((dataset, bw_method, weights))
        if not self.is_traced:
            super().__init__(dataset, bw_method, weights)
            return
        self.dataset = np.atleast_2d(as_array(dataset))
        self.d, self.n = self.dataset.shape
        if self.dataset.size < 2:
            raise ValueError(
                f"expected several points, got {self.dataset.size} at {user_line()}. One point has "
                f"no spread."
            )
        self._weights = np.ones(self.n) if weights is None else as_array(weights)
        self._weights = self._weights / np.sum(self._weights)
        self._neff = 1 / np.sum(self._weights**2)
        self.factor = self._bandwidth(bw_method)
        spread = np.cov(self.dataset, rowvar=True, bias=False, aweights=self._weights)
        self.covariance = np.reshape(spread, (self.d, self.d)) * self.factor**2

    def _bandwidth(self, method: Any) -> Array:
        if method is None or (isinstance(method, str) and method == "scott"):
            return self._neff ** (-1 / (self.d + 4))
        if isinstance(method, str) and method == "silverman":
            return (self._neff * (self.d + 2) / 4) ** (-1 / (self.d + 4))
        if isinstance(method, str) or callable(method):
            raise NotImplementedError(
                f"gaussian_kde of traced data has the bandwidths 'scott', 'silverman' and numbers, "
                f"got {method!r} at {user_line()}. Pass one of these."
            )
        return method

    def logpdf(self, x: Array) -> Array:
        """Return the logarithm of the density at points."""
        if not self.is_traced and not is_traced(x):
            return super().logpdf(x)
        points = np.atleast_2d(as_array(x))
        if points.shape[0] != self.d:  # a single point, as in SciPy
            points = np.reshape(points, (self.d, 1))
        away = points[:, :, None] - self.dataset[:, None, :]
        whitened = np.linalg.solve(
            np.linalg.cholesky(self.covariance), np.reshape(away, (self.d, -1))
        )
        exponents = -0.5 * np.sum(np.reshape(whitened, away.shape) ** 2, axis=0)
        log_norm = (self.d * math.log(2 * math.pi) + np.linalg.slogdet(self.covariance)[1]) / 2
        return logsumexp(exponents, axis=-1, b=self._weights) - log_norm

    def evaluate(self, points: Array) -> Array:
        """Return the density at points."""
        if not self.is_traced and not is_traced(points):
            return super().evaluate(points)
        return np.exp(self.logpdf(points))

    __call__ = pdf = evaluate

    integrate_gaussian = _plain_only("integrate_gaussian")
    integrate_box_1d = _plain_only("integrate_box_1d")
    integrate_box = _plain_only("integrate_box")
    integrate_kde = _plain_only("integrate_kde")
    resample = _plain_only("resample")
    marginal = _plain_only("marginal")
    set_bandwidth = _plain_only("set_bandwidth")
