"""Reductions along axes, such as sums, and cumulative ones."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.core.primitive import derivative
from autodiff.core.registry import registry
from autodiff.core.typing import Array, Axis, Function


def axes_of(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return the reduced axes as non-negative numbers."""
    if axis is None or ndim == 0:
        return tuple(range(ndim))
    return normalize_axis_tuple(axis, ndim)


def restore(g: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    """Return a reduced array with its reduced axes of length 1, so that it broadcasts to a."""
    if keepdims or a.ndim == 0 or axis is None:
        return g
    if type(axis) is int:
        shape = list(a.shape)
        shape[axis] = 1
        return g.reshape(shape)
    lost = axes_of(axis, a.ndim)
    return g.reshape(tuple(1 if i in lost else n for i, n in enumerate(a.shape)))


def count(a: Array, axis: Axis) -> int:
    """Return the number of entries of a that are reduced to one."""
    if axis is None:
        return int(a.size)
    return math.prod(a.shape[i] for i in axes_of(axis, a.ndim))


def _reducing(ufunc: np.ufunc) -> Function:
    """Return np.sum or the like, computed with its ufunc, which is a microsecond faster."""

    def reduced(a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
        return ufunc.reduce(a, axis=axis, keepdims=keepdims)

    return reduced


_sum = _reducing(np.add)


def _mean(a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Compute the mean; np.mean is slower, but sums narrow dtypes in a wider one."""
    if a.dtype.kind in "fc" and a.dtype.itemsize > 2 and a.size and (a.ndim or axis is None):
        return _sum(a, axis, keepdims) / count(a, axis)
    return a.mean(axis=axis, keepdims=keepdims)


def _share(g: Array, z: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    """Return the slope of max or min: g in equal shares for the entries that are equal to it."""
    winners = (a == restore(z, a, axis, keepdims)).astype(a.dtype)
    number = np.add.reduce(winners, axis, keepdims=True)
    return winners * (restore(g, a, axis, keepdims) / np.maximum(number, 1))


def _deviation(a: Array, axis: Axis, ddof: float) -> Array:
    """Compute (a - mean) / max(n - ddof, 0), conjugated if complex."""
    deviation = a - np.mean(a, axis=axis, keepdims=True)
    if a.dtype.kind == "c":
        deviation = np.conjugate(deviation)
    return deviation / max(count(a, axis) - ddof, 0)


def _var_slope(
    g: Array, z: Array, a: Array, *, axis: Axis = None, ddof: float = 0, keepdims: bool = False
) -> Array:
    del z
    return restore(g, a, axis, keepdims) * (2 * _deviation(a, axis, ddof))


def _std_slope(
    g: Array, z: Array, a: Array, *, axis: Axis = None, ddof: float = 0, keepdims: bool = False
) -> Array:
    """Return the slope of std, 0 where all entries are equal (as the norm's at 0)."""
    per_z = g / np.where(z == 0, 1, z)
    return restore(per_z, a, axis, keepdims) * _deviation(a, axis, ddof)


def _shifted(a: Array, steps: int, fill: float) -> Array:
    """Shift entries along the last axis, to later positions for positive steps, and fill gaps."""
    empty = np.full((*a.shape[:-1], min(abs(steps), a.shape[-1])), fill, a.dtype)
    if steps >= 0:
        return np.concatenate([empty, a[..., : max(a.shape[-1] - steps, 0)]], axis=-1)
    return np.concatenate([a[..., -steps:], empty], axis=-1)


def _product_before(a: Array, direction: int) -> Array:
    """Return the product of all entries before each one along the last axis, or after it (-1).

    Computed by doubling, only with multiplications, so all derivatives are exact at zeros.
    """
    product, steps = _shifted(a, direction, 1), 1
    while steps < a.shape[-1]:
        product = product * _shifted(product, direction * steps, 1)
        steps *= 2
    return product


def _prod_slope(
    g: Array, z: Array, a: Array, *, axis: Axis = None, keepdims: bool = False
) -> Array:
    """Return the product of the others; z / a would fail where a is zero."""
    del z
    lost = axes_of(axis, a.ndim)
    kept = tuple(i for i in range(a.ndim) if i not in lost)
    order = kept + lost
    moved = np.transpose(a, order) if a.ndim else a
    rows = np.reshape(moved, (*(a.shape[i] for i in kept), count(a, axis)))
    others = np.reshape(_product_before(rows, 1) * _product_before(rows, -1), moved.shape)
    back = np.transpose(others, tuple(np.argsort(order))) if a.ndim else others
    return restore(g, a, axis, keepdims) * back


def _cumprod_slope(g: Array, z: Array, a: Array, *, axis: int | None = None) -> Array:
    """Return the product before a, times h: h[i] = g[i] + a[i + 1] * h[i + 1], by doubling."""
    del z
    axis = axis if a.ndim else None
    entries = np.reshape(a, -1) if axis is None else np.moveaxis(a, axis, -1)
    h = g if axis is None else np.moveaxis(g, axis, -1)
    length, factor, steps = entries.shape[-1], entries[..., 1:], 1
    while steps < length:
        kept = length - steps
        first = h[..., :kept] + factor[..., :kept] * h[..., steps:]
        h = np.concatenate([first, h[..., kept:]], axis=-1)
        factor = factor[..., : max(kept - steps, 0)] * factor[..., steps:kept]
        steps *= 2
    slope = _product_before(entries, 1) * h
    return np.reshape(slope, a.shape) if axis is None else np.moveaxis(slope, -1, axis)


def _cumsum_slope(g: Array, z: Array, a: Array, *, axis: int | None = None) -> Array:
    del z
    along = 0 if axis is None else axis
    total = np.flip(np.cumsum(np.flip(g, along), along), along)
    return np.reshape(total, a.shape)


# fmt: off
derivative(np.sum, _sum,
           a=lambda g, z, a, *, axis=None, keepdims=False: restore(g, a, axis, keepdims))
derivative(np.mean, _mean,
           a=lambda g, z, a, *, axis=None, keepdims=False:
               restore(g / count(a, axis), a, axis, keepdims))
derivative(np.max, _reducing(np.maximum),
           a=lambda g, z, a, *, axis=None, keepdims=False: _share(g, z, a, axis, keepdims))
derivative(np.min, _reducing(np.minimum),
           a=lambda g, z, a, *, axis=None, keepdims=False: _share(g, z, a, axis, keepdims))
derivative(np.prod,    a=_prod_slope)
derivative(np.var,     a=_var_slope)
derivative(np.std,     a=_std_slope)
derivative(np.cumsum,  a=_cumsum_slope)
derivative(np.cumprod, a=_cumprod_slope)
# fmt: on

registry[np.amax], registry[np.amin] = registry[np.max], registry[np.min]
