"""Windows that slide over an array: a view in NumPy, with each entry in several of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.lib.stride_tricks import sliding_window_view

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array, Axis


@primitive
def unslid(windows: Array, *, shape: tuple[int, ...], axes: tuple[int, ...]) -> Array:
    """Add each window to the place that it was cut from.

    Args:
        windows: with the axes of the windows last, as from ``sliding_window_view``.
        shape: that of the array that they were cut from.
        axes: the axes along which they slide.
    """
    total = np.zeros(shape, windows.dtype)
    for place in np.ndindex(windows.shape[len(shape) :]):
        starts = [0] * len(shape)
        for axis, start in zip(axes, place, strict=True):
            starts[axis] += start
        counts = zip(starts, windows.shape, strict=False)
        total[tuple(slice(s, s + n) for s, n in counts)] += windows[(..., *place)]
    return total


def _axes(ndim: int, axis: Axis) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    return normalize_axis_tuple(axis, ndim, allow_duplicate=True)


def _slope(g: Array, z: Array, x: Array, *, window_shape: Any, axis: Axis = None) -> Array:
    del z, window_shape
    return unslid(g, shape=x.shape, axes=_axes(x.ndim, axis))


windows = derivative(sliding_window_view, x=_slope)
windows.is_view = "read-only"
derivative(
    unslid,
    windows=lambda g, z, windows, *, shape, axes: sliding_window_view(
        g, windows.shape[len(shape) :], axes
    ),
)
