"""Interpolation: the line through samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core import indexing
from autodiff.core.errors import user_line
from autodiff.core.tensor import peek, plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype


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
    x, xp, fp = map(_in_64_bits, (x, xp, fp))
    kind = complex if np.iscomplexobj(fp) else float
    _refuse_wide(x, xp, fp, kind)
    ends = [end for end in (left, right) if end is not None]
    if any(np.ndim(end) for end in ends):
        raise TypeError(
            f"interp needs numbers as left= and right=, got an array at {user_line()}. Pass one "
            f"of its entries."
        )
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
    elif not _increases(peek(xp)):
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
    points = read(xp, i), read(xp, i + 1)
    values = read(fp, i), read(fp, i + 1)
    line = _complex_line if kind is complex else _line
    inside = line(x, *points, *values)
    z = np.where(x < xp[0], low, np.where(x > xp[-1], high, inside))
    if kind is complex:  # NaN is returned as it is, without an imaginary part
        z = np.where(np.isnan(x), x, z)
    return z.astype(kind)  # like NumPy, which computes in float64


def _line(x: Array, x0: Array, x1: Array, f0: Array, f1: Array) -> Array:
    """Return the value at x of the lines from (x0, f0) to (x1, f1), which may be infinite or NaN.

    At x1 it is f1 itself, to the last digit. A line that is NaN counts from its other end.
    """
    is_step, is_last = x0 == x1, x == x1  # only at an end: elsewhere the last of equal points is x0
    near, value = np.where(is_last, x1, x0), np.where(is_last, f1, f0)
    with np.errstate(over="ignore", invalid="ignore"):
        slope = np.where(is_step, 0, (f1 - f0) / np.where(is_step, 1, x1 - x0))
        line, back = value + slope * (x - near), f1 + slope * (x - x1)
    is_flat = (f0 == f1) & ~np.isnan(x)
    return np.where(np.isnan(line), np.where(is_flat | (x == near), value, back), line)


def _complex_line(x: Array, x0: Array, x1: Array, f0: Array, f1: Array) -> Array:
    """Return the lines of the real and of the imaginary parts, which don't spoil each other."""
    real = _line(x, x0, x1, np.real(f0), np.real(f1))
    imag = _line(x, x0, x1, np.imag(f0), np.imag(f1))
    with np.errstate(invalid="ignore"):  # 1j * inf is nan+infj
        finite = 1j * imag
    infinite = np.where(imag > 0, complex(0, np.inf), complex(0, -np.inf))
    beyond = np.where(np.isnan(imag), complex(0, np.nan), infinite)
    return real + np.where(np.isfinite(imag), finite, beyond)


def _in_64_bits(x: Array) -> Array:
    """Return bools, integers and narrow floats as float64, in which NumPy interpolates."""
    x = as_array(x)
    return in_dtype(x, np.result_type(peek(x), float))


def _increases(xp: Array) -> bool:
    """Return whether points are in NumPy's order, in which NaN comes last."""
    return bool(np.all((xp[:-1] <= xp[1:]) | np.isnan(xp[1:])))


def _periodic(x: Array, xp: Array, fp: Array, period: Array) -> tuple[Array, Array, Array]:
    """Return x and the points within a period, in order, with a point of the next on each side."""
    if plain(period) == 0:
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
