"""Functions given by samples or coefficients: interpolate, integrate, convolve, evaluate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autodiff.primitive import composite
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


@composite(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """The polynomial with the coefficients p, the highest power first."""
    value = x * 0
    for i in range(np.shape(p)[0]):
        value = value * x + p[i]
    return value


def _array(values: Any) -> Any:
    """A list of numbers as an array; a Tensor as it is."""
    return np.asarray(values) if isinstance(values, (list, tuple)) else values
