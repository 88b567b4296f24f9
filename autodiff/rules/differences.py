"""Differences of neighbors; slopes and integrals of sampled functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autodiff.core.errors import user_line
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array
from autodiff.core.view import laid_out_like
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array


@composite(np.diff)
def diff(
    a: Array, n: int = 1, axis: int = -1, prepend: Array = np._NoValue, append: Array = np._NoValue
) -> Array:
    """Return the n-th differences of neighbors."""
    if n < 0:
        raise ValueError(
            f"diff needs an order of at least 0, got {n}. Pass n=1 for the first differences."
        )
    if n == 0:
        return a
    a = as_array(a)
    ends = [prepend, a, append]
    along = normalize_axis_index(axis, np.ndim(a))
    parts = [_beside(part, a, along) for part in ends if part is not np._NoValue]
    a = np.concatenate(parts, axis=along) if len(parts) > 1 else a
    before = (slice(None),) * along
    for _ in range(n):
        a = a[(*before, slice(1, None))] - a[(*before, slice(None, -1))]
    return a


def _beside(part: Array, a: Array, axis: int) -> Array:
    if np.ndim(part) == 0:
        part = np.broadcast_to(part, tuple(1 if i == axis else n for i, n in enumerate(a.shape)))
    return part


@composite(np.ediff1d)
def ediff1d(ary: Array, to_end: Array | None = None, to_begin: Array | None = None) -> Array:
    """Return the differences of neighbors in a row, between given ends."""
    row = np.reshape(as_array(ary), -1)
    parts = [
        _end(to_begin, row.dtype, "to_begin"),
        row[1:] - row[:-1],
        _end(to_end, row.dtype, "to_end"),
    ]
    joined = np.concatenate([part for part in parts if part is not None])
    is_joined = to_begin is not None or to_end is not None
    return joined.astype(row.dtype) if is_joined and joined.dtype != row.dtype else joined


def _end(part: Array, dtype: np.dtype[Any], name: str) -> Array:
    """Convert an end of a row to its dtype."""
    if part is None:
        return None
    row = np.reshape(as_array(part), -1)
    if not np.can_cast(row.dtype, dtype, "same_kind"):
        raise TypeError(
            f"ediff1d needs {name} that casts to {dtype}, got {row.dtype} at {user_line()}. "
            f"Convert it with astype."
        )
    return row.astype(dtype)


@composite(np.gradient)
def gradient(f: Array, *varargs: Array, axis: Any = None, edge_order: int = 1) -> Any:
    """Return the slope of samples along each axis, by second-order differences (Fornberg 1988)."""
    f, ndim = _floats(f), np.ndim(f)
    axes = tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim)
    spacings = varargs or (1.0,)
    if len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings = spacings * len(axes)
    if len(spacings) != len(axes):
        raise TypeError(
            f"gradient needs a spacing per axis, {len(axes)}, got {len(spacings)}. Pass one for "
            f"each axis, or one for all."
        )
    if edge_order not in (1, 2):
        raise ValueError(
            f"gradient needs an edge_order of 1 or 2, got {edge_order} at {user_line()}. Pass one "
            f"of these."
        )
    slopes = []
    for along, spacing in zip(axes, spacings, strict=True):
        if f.shape[along] < edge_order + 1:
            raise ValueError(
                f"gradient needs at least {edge_order + 1} samples per axis, got shape {f.shape}. "
                f"Pass more samples, or a smaller edge_order."
            )
        rows = np.moveaxis(f, along, -1)
        slope = _as_kind(_slope_along(rows, _floats(spacing), edge_order), f.dtype)
        slopes.append(laid_out_like(np.moveaxis(slope, -1, along), peek(f)))
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def _slope_along(f: Array, spacing: Array, edge_order: int) -> Array:
    """Return the slope along the last axis: from three samples, at the ends from two or three."""
    if np.ndim(spacing) == 0:
        first = last = spacing
        inside = (f[..., 2:] - f[..., :-2]) / (2.0 * spacing)
    else:
        widths = np.diff(spacing)
        if f.shape[-1] != np.shape(widths)[0] + 1:
            raise ValueError(
                f"gradient needs {f.shape[-1]} coordinates, one per sample, got shape "
                f"{np.shape(spacing)}. Pass a vector of that length, or one spacing."
            )
        if not isinstance(widths, Tensor) and np.all(widths == widths[0]):
            return _slope_along(f, widths[0], edge_order)
        before, after = widths[:-1], widths[1:]
        first, last = widths[0], widths[-1]
        both = before + after
        inside = (
            -after / (before * both) * f[..., :-2]
            + (after - before) / (before * after) * f[..., 1:-1]
            + before / (after * both) * f[..., 2:]
        )
    if edge_order == 1:
        start, end = (f[..., 1] - f[..., 0]) / first, (f[..., -1] - f[..., -2]) / last
    elif np.ndim(spacing) == 0:
        start, end = _even_edge(f, spacing), -_even_edge(f[..., ::-1], spacing)
    else:
        start = _edge(f[..., 0], f[..., 1], f[..., 2], first, widths[1])
        end = _edge(f[..., -1], f[..., -2], f[..., -3], -last, -widths[-2])
    return np.concatenate([start[..., None], inside, end[..., None]], axis=-1)


def _even_edge(f: Array, width: Array) -> Array:
    """Return the slope at the first of samples that are equally far from each other."""
    return -1.5 / width * f[..., 0] + 2.0 / width * f[..., 1] - 0.5 / width * f[..., 2]


def _edge(at: Array, near: Array, far: Array, a: Array, b: Array) -> Array:
    """Return the slope at the first of three samples, at distances a and then b."""
    return -(2.0 * a + b) / (a * (a + b)) * at + (a + b) / (a * b) * near - a / (b * (a + b)) * far


def _floats(values: Array) -> Array:
    """Convert integers to float64, so that differences don't overflow."""
    values = as_array(values)
    is_whole = getattr(values, "dtype", np.dtype(float)).kind in "iu"
    return values.astype(float) if is_whole else values


def _as_kind(slope: Array, dtype: np.dtype[Any]) -> Array:
    """Convert slopes to the dtype of the samples, as NumPy does."""
    if not np.can_cast(slope.dtype, dtype, "same_kind"):
        raise TypeError(
            f"gradient of {dtype} samples can't hold {slope.dtype} at {user_line()}. Make the "
            f"samples complex: f + 0j."
        )
    return slope.astype(dtype)


@composite(np.trapezoid)
def trapezoid(y: Array, x: Array | None = None, dx: Array = 1.0, axis: int = -1) -> Array:
    """Return the integral of the piecewise linear function through samples along an axis."""
    y = as_array(y)
    along = normalize_axis_index(axis, y.ndim)
    before = (slice(None),) * along
    if x is None:
        width = dx
    elif np.ndim(x) == 1:
        width = np.reshape(np.diff(x), (-1,) + (1,) * (y.ndim - along - 1))
    else:
        width = np.diff(x, axis=axis)
    sums = y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]
    return np.sum(width * sums / 2, axis=axis)
