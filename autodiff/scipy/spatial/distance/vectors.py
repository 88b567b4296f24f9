"""Distances of two vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.spatial import distance

from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.scipy.bases import log_of_base
from autodiff.scipy.checked import checked, finite
from autodiff.scipy.real import real_composite
from autodiff.scipy.spatial.distance import metrics

__all__: list[str] = []

_ALIGNED = ("cosine", "correlation", "hamming")  # of vectors that don't broadcast


def _distance(name: str, u: Array, v: Array, *more: Any) -> Array:
    """Return a distance of two vectors, in SciPy's dtype."""
    u, v = as_operand(u), as_operand(v)
    if np.ndim(u) != 1 or np.ndim(v) != 1:
        raise ValueError(
            f"{name} takes two vectors, got shapes {np.shape(u)} and {np.shape(v)}. Use cdist for "
            f"many."
        )
    if name in _ALIGNED and u.shape != v.shape:
        raise ValueError(
            f"expected two vectors of one length, got {len(u)} and {len(v)} at {user_line()}."
        )
    if name in ("euclidean", "minkowski", "seuclidean"):
        u, v = finite(u), finite(v)
    found = getattr(metrics, name)(u, v, *more)
    if name == "seuclidean" or (name == "euclidean" and found.dtype != np.float16):
        return _widened(found)
    return found


def _widened(x: Array) -> Array:
    return x.astype(np.result_type(x.dtype, np.float64))


def _as_weights(w: Array, u: Array = None) -> Array:
    """Return weights; of which there is one for each entry of u, where it is given."""
    if w is None:
        return None
    w = as_operand(w)
    if np.ndim(w) != 1 or (u is not None and np.shape(w) != np.shape(u)):
        raise ValueError(
            f"expected a vector with a weight for each entry, got shape {np.shape(w)} at "
            f"{user_line()}."
        )
    return checked(w.astype(np.float64), w < 0, message="expected weights >= 0.")


def _weighted(name: str) -> Any:
    def of_vectors(u: Array, v: Array, w: Array = None) -> Array:
        w = _as_weights(w, u if name in ("correlation", "hamming") else None)
        return _distance(name, u, v, w if w is None or name != "euclidean" else finite(w))

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
    u, w = as_operand(u), _as_weights(w)
    u = checked(u, p <= 0, message="expected p > 0.")
    is_plain = not isinstance(p, Tensor)
    is_root = is_plain and p == 2
    w = w if w is None or (is_plain and p == math.inf) else finite(w)
    found = _distance("minkowski", u, v, p, w)
    return _widened(found) if is_root and found.dtype != np.float16 else found


@real_composite(distance.seuclidean)
def seuclidean(u: Array, v: Array, V: Array) -> Array:
    """Return the Euclidean distance in units of standard deviations."""
    u, v, V = map(as_operand, (u, v, V))
    if not u.shape == v.shape == V.shape:
        raise ValueError(
            f"expected three vectors of one length, got the shapes {u.shape}, {v.shape} and "
            f"{V.shape} at {user_line()}."
        )
    V = checked(V.astype(np.float64), ~(V > 0), message="expected variances > 0.")
    return _distance("seuclidean", u, v, V)


@real_composite(distance.mahalanobis)
def mahalanobis(u: Array, v: Array, VI: Array) -> Array:
    """Return the distance that an inverse covariance defines."""
    u, v, VI = as_operand(u), as_operand(v), np.atleast_2d(as_operand(VI))
    n = max(np.size(u), np.size(v))
    if VI.shape[-2:] != (n, n):
        raise ValueError(
            f"expected an inverse covariance of shape {(n, n)}, got {VI.shape} at {user_line()}."
        )
    return _distance("mahalanobis", u, v, VI)


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
