"""Functions of samples: interpolation, integration, convolution, differences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autodiff.core import indexing
from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import peek, plain
from autodiff.core.typing import Array
from autodiff.core.view import laid_out_like
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype
from autodiff.rules.recorded import compare_with_recording


@composite(np.interp)
def interp(
    x: Array,
    xp: Array,
    fp: Array,
    left: Array | None = None,
    right: Array | None = None,
    period: Array | None = None,
) -> Array:
    """Return the value at x of the line through the points (xp, fp), flat outside."""
    x, xp, fp = map(_without_wrapping, (x, xp, fp))
    kind = complex if np.iscomplexobj(fp) else float
    _refuse_wide(x, xp, fp, kind)
    ends = [end for end in (left, right) if end is not None]
    if kind is float and any(map(np.iscomplexobj, ends)):
        raise TypeError(
            f"interp of real fp needs real left= and right=, got complex ones at {user_line()}. "
            f"Take their real parts (np.real), or make fp complex."
        )
    if np.ndim(xp) != 1 or np.shape(fp) != np.shape(xp) or not len(xp):
        raise ValueError(
            f"interp needs a vector of points, not empty, and one of values of the same length; "
            f"got shapes {np.shape(xp)} and {np.shape(fp)} at {user_line()}. Pass one value for "
            f"each point."
        )
    if period is not None:
        x, xp, fp = _periodic(x, xp, fp, period)
        left = right = None
    if np.any(peek(xp[1:]) < peek(xp[:-1])):
        raise ValueError(
            f"interp needs points xp that increase (at {user_line()}): NumPy returns "
            f"nonsense for others. Sort them: order = np.argsort(xp)."
        )
    last = len(xp) - 1
    low, high = fp[0] if left is None else left, fp[-1] if right is None else right
    if last == 0:
        z = np.where(x < xp[0], low, np.where(x > xp[0], high, fp[0]))
        return z.astype(kind)
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, last - 1)
    read = indexing.read  # xp and fp may be plain arrays, which a traced i can't index
    x0, x1, f0, f1 = read(xp, i), read(xp, i + 1), read(fp, i), read(fp, i + 1)
    inside = f0 + (f1 - f0) * (x - x0) / (x1 - x0)
    z = np.where(x < xp[0], low, np.where(x > xp[-1], high, inside))
    return z.astype(kind)  # like NumPy, which computes in float64


def _without_wrapping(x: Array) -> Array:
    """Return bools and integers as floats, whose differences don't wrap around."""
    x = as_array(x)
    return in_dtype(x, np.dtype(float)) if np.result_type(peek(x)).kind in "biu" else x


def _periodic(x: Array, xp: Array, fp: Array, period: Array) -> tuple[Array, Array, Array]:
    """Return x and the points within a period, in order, with a point of the next on each side."""
    if np.any(plain(period) == 0):
        raise ValueError(
            f"interp needs a period other than 0, got 0 at {user_line()}. Leave it out where the "
            f"values don't repeat."
        )
    period = np.abs(period)
    xp = xp % period
    order = np.argsort(plain(xp))
    xp, fp = indexing.read(xp, order), indexing.read(fp, order)
    xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
    return x % period, xp, np.concatenate([fp[-1:], fp, fp[:1]])


def _refuse_wide(x: Array, xp: Array, fp: Array, kind: Any) -> None:
    """Raise a TypeError for dtypes that don't convert safely to float64, or complex128."""
    for name, value, widest in (("x", x, float), ("xp", xp, float), ("fp", fp, kind)):
        dtype = np.result_type(peek(value))
        if not np.can_cast(dtype, widest, "safe"):
            raise TypeError(
                f"interp computes in {np.dtype(widest)}, got {name} of dtype {dtype} at "
                f"{user_line()}. Convert it with astype."
            )


@composite(np.trapezoid)
def trapezoid(y: Array, x: Array | None = None, dx: Array = 1.0, axis: int = -1) -> Array:
    """Return the integral of the piecewise linear function through samples along an axis."""
    along = normalize_axis_index(axis, np.ndim(y))
    before = (slice(None),) * along
    if x is None:
        width = dx
    elif np.ndim(x) == 1:
        width = np.reshape(np.diff(x), (-1,) + (1,) * (np.ndim(y) - along - 1))
    else:
        width = np.diff(x, axis=axis)
    sums = y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]
    return np.sum(width * sums / 2, axis=axis)


@composite(np.convolve)
def convolve(a: Array, v: Array, mode: str = "full") -> Array:
    """Return the convolution of two vectors."""
    a, v = np.atleast_1d(as_array(a), as_array(v))
    if len(v) > len(a):
        a, v = v, a
    n, m = len(a), len(v)
    if not m:
        raise ValueError(
            f"convolve needs two non-empty vectors, got {n} and {m} entries. Check that none "
            f"is empty."
        )
    whole = convolved(a, v)
    if mode == "full":
        return whole
    if mode == "same":
        return whole[(m - 1) // 2 : (m - 1) // 2 + n]
    if mode == "valid":
        return whole[m - 1 : n]
    raise ValueError(
        f"convolve needs the mode 'full', 'same' or 'valid', got {mode!r}. Pass one of these."
    )


@primitive
def convolved(a: Array, v: Array) -> Array:
    """Return the full convolution of two vectors, wherever they overlap."""
    return np.convolve(a, v)


derivative(
    convolved,
    a=lambda g, z, a, v: np.correlate(g, np.conjugate(v), "valid"),
    v=lambda g, z, a, v: np.correlate(g, np.conjugate(a), "valid"),
)


@composite(np.correlate)
def correlate(a: Array, v: Array, mode: Any = "valid") -> Array:
    """Return the cross-correlation of one vector with the other, conjugated."""
    a, v = as_array(a), as_array(v)
    if np.ndim(a) != 1 or np.ndim(v) != 1:
        raise ValueError(
            f"correlate needs two vectors, got shapes {np.shape(a)} and {np.shape(v)}. Flatten "
            f"them: a.ravel()."
        )
    if len(v) > len(a):
        return np.conjugate(correlate(v, a, mode))[::-1]
    return np.convolve(a, np.conjugate(v)[::-1], mode)


derivative(
    np.bincount,
    lambda x, weights, minlength=0: np.bincount(x, weights, minlength),
    x=None,
    weights=lambda g, z, x, weights, *, minlength=0: g[x],
)
compare_with_recording(np.bincount)


@composite(np.ediff1d)
def ediff1d(ary: Array, to_end: Array | None = None, to_begin: Array | None = None) -> Array:
    """Return the differences of neighbors in a row, between given ends."""
    row = np.reshape(as_array(ary), -1)
    parts = [
        _end(to_begin, row.dtype, "to_begin"),
        row[1:] - row[:-1],
        _end(to_end, row.dtype, "to_end"),
    ]
    return np.concatenate([part for part in parts if part is not None])


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
            f"gradient needs an edge_order of 1 or 2, got {edge_order}. Pass one of these."
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
        before = after = spacing
        first, last = spacing, spacing
        inside = (f[..., 2:] - f[..., :-2]) / (2.0 * spacing)
    else:
        widths = np.diff(spacing)
        if f.shape[-1] != np.shape(widths)[0] + 1:
            raise ValueError(
                f"gradient needs {f.shape[-1]} coordinates, one per sample, got shape "
                f"{np.shape(spacing)}. Pass a vector of that length, or one spacing."
            )
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
