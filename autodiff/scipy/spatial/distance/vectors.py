"""Distances of two vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.spatial import distance

from autodiff.core.lift import as_operand
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.scipy.bases import log_of_base
from autodiff.scipy.real import real_composite
from autodiff.scipy.spatial.distance import metrics

__all__: list[str] = []


def _distance(name: str, u: Array, v: Array, *more: Any) -> Array:
    """Return a distance of two vectors, in SciPy's dtype."""
    u, v = as_operand(u), as_operand(v)
    if np.ndim(u) != 1 or np.ndim(v) != 1:
        raise ValueError(
            f"{name} takes two vectors, got shapes {np.shape(u)} and {np.shape(v)}. Use cdist for "
            f"many."
        )
    found = getattr(metrics, name)(u, v, *more)
    if name == "seuclidean" or (name == "euclidean" and found.dtype != np.float16):
        return _widened(found)
    return found


def _widened(x: Array) -> Array:
    return x.astype(np.result_type(x.dtype, np.float64))


def _as_weights(w: Array) -> Array:
    return None if w is None else as_operand(w).astype(np.float64)


def _weighted(name: str) -> Any:
    def of_vectors(u: Array, v: Array, w: Array = None) -> Array:
        return _distance(name, u, v, _as_weights(w))

    return of_vectors


for _name in (
    "euclidean", "sqeuclidean", "cityblock", "chebyshev", "canberra", "braycurtis", "cosine",
    "hamming",
):  # fmt: skip
    real_composite(getattr(distance, _name))(_weighted(_name))


@real_composite(distance.correlation)
def correlation(u: Array, v: Array, w: Array = None, centered: bool = True) -> Array:
    """Return the correlation distance; the cosine distance if the vectors aren't centered."""
    return _weighted("correlation" if centered else "cosine")(u, v, w)


@real_composite(distance.minkowski)
def minkowski(u: Array, v: Array, p: Array = 2, w: Array = None) -> Array:
    """Return the distance in the p-norm."""
    found = _distance("minkowski", u, v, p, _as_weights(w))
    is_root = not isinstance(p, Tensor) and p == 2
    return _widened(found) if is_root and found.dtype != np.float16 else found


@real_composite(distance.seuclidean)
def seuclidean(u: Array, v: Array, V: Array) -> Array:
    """Return the Euclidean distance in units of standard deviations."""
    return _distance("seuclidean", u, v, _as_weights(V))


@real_composite(distance.mahalanobis)
def mahalanobis(u: Array, v: Array, VI: Array) -> Array:
    """Return the distance that an inverse covariance defines."""
    return _distance("mahalanobis", u, v, np.atleast_2d(VI))


@real_composite(distance.jensenshannon)
def jensenshannon(
    p: Array, q: Array, base: float | None = None, *, axis: int | None = 0, keepdims: bool = False
) -> Array:
    """Return the distance of distributions along an axis; the logarithm is natural by default."""
    p, q = (x / np.sum(x, axis=axis, keepdims=True) for x in map(as_operand, (p, q)))
    found = metrics.jensenshannon_of_normalized(p, q, axis, keepdims)
    if base is not None:
        logarithm = math.nan if 0 < base < 1 else log_of_base(base) ** 0.5
        found = found / (logarithm if np.ndim(found) else np.float64(logarithm))  # as SciPy does
    return found
