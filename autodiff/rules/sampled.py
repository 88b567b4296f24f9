"""Functions given by samples: interpolate, integrate, convolve, differentiate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autodiff.primitive import composite, derivative
from autodiff.registry import registry


@composite(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """The value at x of the line through the points (xp, fp), flat outside."""
    last = np.shape(xp)[0] - 1
    if last == 0:
        raise ValueError("interp of a traced value needs two points at least, got one")
    xp, fp = _array(xp), _array(fp)
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, last - 1)
    read = registry["read"]  # xp and fp may be plain arrays, in which i couldn't be an index
    x0, x1, f0, f1 = read(xp, i), read(xp, i + 1), read(fp, i), read(fp, i + 1)
    inside = f0 + (f1 - f0) * (x - x0) / (x1 - x0)
    low, high = fp[0] if left is None else left, fp[-1] if right is None else right
    z = np.where(x < xp[0], low, np.where(x > xp[-1], high, inside))
    return z.astype(np.result_type(z.dtype, float))  # as NumPy, which computes in float64


@composite(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The integral of the line through samples along an axis."""
    axis = normalize_axis_index(axis, np.ndim(y))
    y = np.moveaxis(y, axis, -1)
    if x is None:
        width = dx
    else:
        width = np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    return np.sum((y[..., 1:] + y[..., :-1]) * width / 2, axis=-1)


@composite(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """The sums of products of one vector with the other, reversed and moved along it."""
    a, v = np.atleast_1d(_array(a), _array(v))
    if len(v) > len(a):
        a, v = v, a
    n, m = len(a), len(v)
    windows = np.arange(n + m - 1)[:, None] + np.arange(m)
    whole = np.matmul(np.pad(a, m - 1)[windows], v[::-1])
    if mode == "full":
        return whole
    if mode == "same":
        return whole[(m - 1) // 2 : (m - 1) // 2 + n]
    if mode == "valid":
        return whole[m - 1 : n]
    raise ValueError(f"convolve has the modes full, same and valid, got {mode!r}")


@composite(np.correlate)
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """The sums of products of one vector with the other, conjugated and moved along it."""
    a, v = np.atleast_1d(_array(a), _array(v))
    if len(v) > len(a):
        return np.conjugate(correlate(v, a, mode))[::-1]
    return np.convolve(a, np.conjugate(v)[::-1], mode)


derivative(
    np.bincount,
    lambda x, weights, minlength=0: np.bincount(x, weights, minlength),
    x=None,
    weights=lambda g, z, x, weights, *, minlength=0: g[x],
)


@composite(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences of neighbors in a row, between given ends."""
    row = np.reshape(ary, -1)
    parts = [to_begin, row[1:] - row[:-1], to_end]
    return np.concatenate([np.reshape(part, -1) for part in parts if part is not None])


@composite(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The slope of samples along each axis, by differences to second order (Fornberg 1988)."""
    ndim = np.ndim(f)
    axes = tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim)
    spacings = varargs or (1.0,)
    if len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings = spacings * len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"gradient needs a spacing per axis, {len(axes)}, got {len(spacings)}")
    if edge_order not in (1, 2):
        raise ValueError(f"gradient's edge_order is 1 or 2, got {edge_order}")
    slopes = []
    for along, spacing in zip(axes, spacings, strict=True):
        if f.shape[along] < edge_order + 1:
            raise ValueError(f"gradient needs {edge_order + 1} samples per axis, got {f.shape}")
        rows = np.moveaxis(f, along, -1)
        slopes.append(np.moveaxis(_slope_along(rows, spacing, edge_order), -1, along))
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def _slope_along(f: Any, spacing: Any, edge_order: int) -> Any:
    """The slope along the last axis: inside by three samples, at the ends by two or three."""
    if np.ndim(spacing) == 0:
        before = after = spacing
        first, last = spacing, spacing
        inside = (f[..., 2:] - f[..., :-2]) / (2.0 * spacing)
    else:
        widths = np.diff(_array(spacing))
        if f.shape[-1] != np.shape(widths)[0] + 1:
            raise ValueError(f"gradient needs {f.shape[-1]} coordinates, got {np.shape(spacing)}")
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
    else:
        second, previous = (first, last) if np.ndim(spacing) == 0 else (widths[1], widths[-2])
        start = _edge(f[..., 0], f[..., 1], f[..., 2], first, second)
        end = _edge(f[..., -1], f[..., -2], f[..., -3], -last, -previous)
    return np.concatenate([start[..., None], inside, end[..., None]], axis=-1)


def _edge(at: Any, near: Any, far: Any, a: Any, b: Any) -> Any:
    """The slope at the first of three samples, at distances a and then b."""
    return -(2.0 * a + b) / (a * (a + b)) * at + (a + b) / (a * b) * near - a / (b * (a + b)) * far


def _array(values: Any) -> Any:
    """A list of numbers as an array; a Tensor as it is."""
    return np.asarray(values) if isinstance(values, (list, tuple)) else values
