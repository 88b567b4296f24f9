"""Integrals of samples: the rules of the trapezoid, of Simpson and of Romberg."""

from __future__ import annotations

import numpy as np
import scipy.integrate
from numpy.lib.array_utils import normalize_axis_index

from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand
from autodiff.core.registry import registry
from autodiff.core.tensor import peek
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.real import real_composite

__all__ = ["cumulative_simpson", "cumulative_trapezoid", "romb", "simpson", "trapezoid"]


@composite(scipy.integrate.trapezoid)
def trapezoid(y: Array, x: Array | None = None, dx: Array = 1.0, axis: int = -1) -> Array:
    """Return the integral of the piecewise linear function through samples along an axis."""
    y = as_operand(y)
    if x is not None and np.ndim(x) > y.ndim:
        raise ValueError(
            f"expected points x of no more axes than y, got the shapes {np.shape(x)} and "
            f"{y.shape} at {user_line()}. Write np.broadcast_to(y, x.shape)."
        )
    dtype = y.dtype.newbyteorder("=") if y.dtype.kind in "fc" else np.dtype(float)
    return registry[np.trapezoid](y, x, dx, axis).astype(dtype)


@composite(scipy.integrate.cumulative_trapezoid)
def cumulative_trapezoid(
    y: Array, x: Array | None = None, dx: Array = 1.0, axis: int = -1, initial: Array | None = None
) -> Array:
    """Return the integrals up to each sample of the piecewise linear function through samples."""
    rows, axis = _rows(y, axis)
    if not rows.shape[-1]:
        raise ValueError(
            f"expected a sample or more, got the shape {np.shape(y)} at {user_line()}. "
            f"Return an empty array without it."
        )
    widths = dx if x is None else _widths(x, rows, axis)
    total = np.cumsum(widths * (rows[..., 1:] + rows[..., :-1]) / 2.0, axis=-1)
    if initial is not None:
        if np.ndim(initial) or peek(initial) != 0:
            raise ValueError(
                f"cumulative_trapezoid expects None or 0 as initial at {user_line()}, got "
                f"{initial}. Add a constant to the result."
            )
        total = np.concatenate([np.zeros_like(rows[..., :1]).astype(total.dtype), total], axis=-1)
    return np.moveaxis(total, -1, axis)


@real_composite(scipy.integrate.simpson, "x", "dx")
def simpson(y: Array, x: Array | None = None, *, dx: Array = 1.0, axis: int = -1) -> Array:
    """Return the integral of the parabolas through each three samples along an axis.

    With an even number of samples the last interval is integrated with the parabola through the
    last three (Cartwright 2017, equation 8).
    """
    rows, axis = _rows(y, axis)
    n = rows.shape[-1]
    widths = None if x is None else _widths(x, rows, axis)
    if n == 2:
        width = dx if widths is None else widths[..., -1]
        return 0.5 * width * (rows[..., -1] + rows[..., -2])
    if n % 2:
        return _parabolas(rows, widths, dx)
    whole = _parabolas(rows[..., :-1], None if widths is None else widths[..., :-1], dx)
    h = dx.astype(np.float64) if hasattr(dx, "dtype") else np.float64(dx)
    before, last = (h, h) if widths is None else (_float(widths[..., -2]), _float(widths[..., -1]))
    a = _ratio(2 * last**2 + 3 * before * last, 6 * (last + before))
    b = _ratio(last**2 + 3.0 * before * last, 6 * before)
    c = _ratio(last**3, 6 * before * (before + last))
    return _added(whole, a * rows[..., -1] + b * rows[..., -2] - c * rows[..., -3])


def _added(total: Array, more: Array) -> Array:
    """Return a sum in the dtype of the first array, into which SciPy adds."""
    return (total + more).astype(total.dtype) if total.ndim else total + more


def _parabolas(rows: Array, widths: Array | None, dx: Array) -> Array:
    """Return Simpson's rule for an odd number of samples."""
    left, middle, right = rows[..., :-2:2], rows[..., 1:-1:2], rows[..., 2::2]
    if widths is None:
        total = np.sum(left + 4.0 * middle + right, axis=-1)
        scaled = total * (dx / 3.0)
        return scaled.astype(total.dtype) if total.ndim else scaled  # SciPy scales arrays in place
    h0, h1 = _float(widths[..., :-1:2]), _float(widths[..., 1::2])
    both, quotient = h0 + h1, _ratio(h0, h1)
    return np.sum(
        both
        / 6.0
        * (
            left * (2.0 - _ratio(1.0, quotient))
            + middle * (both * _ratio(both, h0 * h1))
            + right * (2.0 - quotient)
        ),
        axis=-1,
    )


@composite(scipy.integrate.romb)
def romb(y: Array, dx: Array = 1.0, axis: int = -1, show: bool = False) -> Array:
    """Return Romberg's integral of 2ᵏ + 1 samples: trapezoids, extrapolated to width zero."""
    rows, _ = _rows(y, axis)
    count = rows.shape[-1] - 1
    levels = max(count, 1).bit_length() - 1
    if count != 2**levels:
        raise ValueError(
            f"romb expects 2ᵏ + 1 samples at {user_line()}, got {count + 1}. Use simpson."
        )
    if show:
        raise NotImplementedError(
            f"romb of traced values shows no table (called at {user_line()}). Leave show= out."
        )
    width = count * (dx.astype(np.float64) if hasattr(dx, "dtype") else np.float64(dx))
    table = [(rows[..., 0] + rows[..., -1]) / 2.0 * width]
    for level in range(1, levels + 1):
        step = count >> level
        middles = np.sum(rows[..., step : -1 : 2 * step], axis=-1)
        finer = [0.5 * (table[0] + width * middles)]
        for j, coarse in enumerate(table, 1):
            finer.append(finer[-1] + (finer[-1] - coarse) / (4**j - 1))
        table, width = finer, width / 2.0
    return table[-1]


@composite(scipy.integrate.cumulative_simpson)
def cumulative_simpson(
    y: Array,
    *,
    x: Array | None = None,
    dx: Array = 1.0,
    axis: int = -1,
    initial: Array | None = None,
) -> Array:
    """Return the integrals up to each sample of the parabolas through each three samples.

    See Cartwright 2017, "Simpson's rule cumulative integration with MS Excel and irregularly-spaced
    data", equations 8 and 10.
    """
    y = as_array(y)
    y = y if y.dtype.kind in "fc" else y.astype(float)
    rows, last = _rows(y, axis)
    if not rows.shape[-1]:
        raise ValueError(
            f"expected a sample or more along axis {axis}, got shape {y.shape} at {user_line()}. "
            f"The integral of nothing is 0."
        )
    if rows.shape[-1] < 3:
        total = np.moveaxis(cumulative_trapezoid(y, x, dx, axis), last, -1)
    else:
        total = np.cumsum(_intervals(rows, x, dx, last), axis=-1)
    if initial is not None:
        start = _per_row(as_operand(initial), rows, last, "initial")
        first = np.broadcast_to(start, (*rows.shape[:-1], 1))
        total = np.concatenate([first, total + start], axis=-1)
    return np.moveaxis(total, -1, last)


def _per_row(value: Array, rows: Array, axis: int, name: str) -> Array:
    """Return a number, or one for each row along the last axis."""
    if np.ndim(value) == 0:
        return value
    if value.ndim == rows.ndim:
        value = np.moveaxis(value, axis, -1)
        if value.shape == (*rows.shape[:-1], 1):
            return value
    raise ValueError(
        f"expected a number as {name}, or an array with one for each row of samples, got shape "
        f"{value.shape} at {user_line()}."
    )


def _intervals(rows: Array, x: Array | None, dx: Array, axis: int) -> Array:
    """Return the integral over each interval, from the parabola to its right, then to its left."""
    if x is None:
        width: Array = as_operand(dx) if hasattr(dx, "dtype") else np.float64(dx)
        width = _per_row(width, rows, axis, "dx")
        widths = np.broadcast_to(width, (*rows.shape[:-1], rows.shape[-1] - 1))
        of_three = _of_equal
    else:
        widths = np.broadcast_to(_widths(x, rows, axis), (*rows.shape[:-1], rows.shape[-1] - 1))
        widths = checked(widths, widths <= 0, message="expected x that increases.")
        of_three = _of_unequal
    forward = of_three(rows, widths)
    backward = of_three(rows[..., ::-1], widths[..., ::-1])[..., ::-1]
    n = widths.shape[-1]
    first = np.arange(n) % 2 == 0  # which intervals begin a pair; the last one ends one
    first[-1] = False
    none = np.zeros_like(forward[..., :1])
    return np.where(
        first,
        np.concatenate([forward, none], axis=-1),
        np.concatenate([none, backward], axis=-1),
    )


def _of_equal(rows: Array, widths: Array) -> Array:
    return widths[..., :-1] / 3 * (5 * rows[..., :-2] / 4 + 2 * rows[..., 1:-1] - rows[..., 2:] / 4)


def _of_unequal(rows: Array, widths: Array) -> Array:
    h0, h1 = widths[..., :-1], widths[..., 1:]
    share = h0 / (h0 + h1)
    bend = share * (h0 / h1)
    left, middle, right = rows[..., :-2], rows[..., 1:-1], rows[..., 2:]
    return h0 / 6 * ((3 - share) * left + (3 + bend + share) * middle - bend * right)


def _rows(y: Array, axis: int) -> tuple[Array, int]:
    """Return samples with the axis of integration last, and its number."""
    y = as_operand(y)
    axis = normalize_axis_index(axis, np.ndim(y))
    return np.moveaxis(y, axis, -1), axis


def _widths(x: Array, rows: Array, axis: int) -> Array:
    """Return the distances between the points of samples, along the last axis."""
    x = as_operand(x)
    if np.ndim(x) != 1:
        x = np.moveaxis(x, axis, -1) if np.ndim(x) == np.ndim(rows) else x
    if x.shape not in ((rows.shape[-1],), rows.shape):
        raise ValueError(
            f"expected points x of the shape of the samples, or one for each along the axis at "
            f"{user_line()}, got shape {x.shape} for {rows.shape[-1]} samples. Reshape them."
        )
    return np.diff(x, axis=-1)


def _float(x: Array) -> Array:
    return x.astype(np.float64, copy=False)


def _ratio(a: Array, b: Array) -> Array:
    """Return a / b, and 0 where b is 0."""
    is_zero = b == 0
    return np.where(is_zero, 0.0, a / np.where(is_zero, 1.0, b))
