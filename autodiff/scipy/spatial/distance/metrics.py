"""Distances of vectors along the last axis, in which the arguments broadcast.

A distance that is a root has the slope 0 at 0, as a norm.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from autodiff.core.precision import widened
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.transforms.gradients import stop_gradient

__all__ = ["METRICS", "minkowski", "sum_of_powers"]


def _sum(x: Array, w: Array) -> Array:
    return np.sum(x if w is None else w * x, axis=-1)


def _root(x: Array, power: Any) -> Array:
    """Return x to a power; 0 has the slope 0."""
    return np.where(x == 0, 0, np.where(x == 0, 1, x) ** power)


def _in_floats(x: Array) -> Array:
    """Return integers in float64, of which a power or a difference may not fit."""
    return x if x.dtype.kind in "fc" else x.astype(np.float64)


def euclidean(u: Array, v: Array, w: Array = None) -> Array:
    """Return √Σ w (u - v)²."""
    return _root(_sum_of_squares(_in_floats(u - v), w), 0.5)


def sqeuclidean(u: Array, v: Array, w: Array = None) -> Array:
    """Return Σ w (u - v)²."""
    return _sum_of_squares(_in_floats(u) - _in_floats(v), w)


def _sum_of_squares(x: Array, w: Array) -> Array:
    return np.sum(x * (x if w is None else w * x), axis=-1)


def seuclidean(u: Array, v: Array, V: Array) -> Array:
    """Return √Σ (u - v)² / V, where V has the variances."""
    return euclidean(u, v, 1 / V)


def sum_of_powers(difference: Array, p: Array, w: Array = None) -> Array:
    """Return Σ w |u - v|ᵖ, for p = ∞ the largest difference."""
    difference = _in_floats(difference)
    if not isinstance(p, Tensor) and p == 2:
        return _sum_of_squares(difference, w)
    sizes = np.abs(difference)
    if not isinstance(p, Tensor) and p == math.inf:
        return np.max(sizes if w is None else (w != 0) * sizes, axis=-1)
    if w is not None:  # before powers, which may overflow in a narrower dtype
        sizes = sizes.astype(np.result_type(sizes.dtype, w.dtype))
    return _sum(_power(sizes, p), w)


def _power(x: Array, p: Array) -> Array:
    """Return x to a power, in the dtype of x."""
    if not isinstance(p, Tensor) and p == 1:
        return x
    return _root(x, p).astype(x.dtype)


def minkowski(u: Array, v: Array, p: Array = 2, w: Array = None) -> Array:
    """Return (Σ w |u - v|ᵖ)^(1/p)."""
    total = sum_of_powers(u - v, p, w)
    if not isinstance(p, Tensor) and p == math.inf:
        return total
    return _power(total, 1 / widened(p, total))


def cityblock(u: Array, v: Array, w: Array = None) -> Array:
    """Return Σ w |u - v|."""
    return _sum(np.abs(u - v), w)


def chebyshev(u: Array, v: Array, w: Array = None) -> Array:
    """Return the largest |u - v| with a positive weight."""
    sizes = np.abs(u - v)
    return np.max(sizes if w is None else (w > 0) * sizes, axis=-1)


def canberra(u: Array, v: Array, w: Array = None) -> Array:
    """Return Σ w |u - v| / (|u| + |v|), without the entries where both are 0."""
    v = v.astype(np.float64)  # as in SciPy, which converts v alone
    size = np.abs(u) + np.abs(v)
    is_left_out = np.isnan(size) | np.isinf(size)  # the ratio is NaN, which SciPy leaves out
    ratio = np.abs(u - v) / np.where((size == 0) | is_left_out, 1, size)
    return _sum(np.where(is_left_out, 0, ratio), w)


def braycurtis(u: Array, v: Array, w: Array = None) -> Array:
    """Return Σ w |u - v| / Σ w |u + v|."""
    v = v.astype(np.float64)  # as in SciPy
    return _sum(np.abs(u - v), w) / _sum(np.abs(u + v), w)


def cosine(u: Array, v: Array, w: Array = None) -> Array:
    """Return 1 - u·v / (|u| |v|), from 0 to 2 also where it is rounded."""
    w = w if w is None else w / np.sum(w)
    weighed = [x if w is None else w * x for x in (u, v)]  # before products, which may overflow
    of_u, of_v = (np.sum(x * y, axis=-1) for x, y in zip((u, v), weighed, strict=True))
    found = 1 - np.sum(u * weighed[1], axis=-1) / np.sqrt(of_u * of_v)
    clipped = stop_gradient(np.clip(found, 0.0, 2.0))
    return np.where(np.isinf(found), clipped, found + (clipped - stop_gradient(found)))


def correlation(u: Array, v: Array, w: Array = None) -> Array:
    """Return the cosine distance of vectors from which their means are subtracted."""
    total = u.shape[-1] if w is None else np.sum(w)
    u, v = (x - (_sum(x, w) / total)[..., None] for x in (u, v))
    return cosine(u, v, w)


def mahalanobis(u: Array, v: Array, VI: Array) -> Array:
    """Return √((u - v)ᵀ VI (u - v)), where VI is an inverse covariance."""
    change = u - v
    return _root(np.sum(np.matmul(change, VI) * change, axis=-1), 0.5)


def jensenshannon(p: Array, q: Array) -> Array:
    """Return the root of the mean divergence of two distributions from their mean."""
    p, q = (x / np.sum(x, axis=-1, keepdims=True) for x in (p, q))
    return jensenshannon_of_normalized(p, q)


def jensenshannon_of_normalized(
    p: Array, q: Array, axis: int | None = -1, keepdims: bool = False
) -> Array:
    """Return the same for distributions whose sums are 1."""
    middle = (p + q) / 2
    both = special.rel_entr(p, middle) + special.rel_entr(q, middle)
    return _root(np.sum(both, axis=axis, keepdims=keepdims) / 2, 0.5)


def hamming(u: Array, v: Array, w: Array = None) -> Array:
    """Return the weight of the entries that differ; its slope in u and v is 0."""
    total = np.sum(np.ones(u.shape[-1]) if w is None else w)
    return _sum((u != v).astype(np.float64), w) / total


METRICS: dict[str, Function] = {
    metric.__name__: metric
    for metric in (
        euclidean, sqeuclidean, seuclidean, minkowski, cityblock, chebyshev, canberra, braycurtis,
        cosine, correlation, mahalanobis, jensenshannon, hamming,
    )
}  # fmt: skip
"""The distances by SciPy's names."""
