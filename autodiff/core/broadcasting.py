"""Broadcasting undone: a cotangent summed to the shape of its value."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from autodiff.core.typing import Array

__all__ = ["unbroadcast"]


def unbroadcast(slope: Array, value: Array) -> Array:
    """Return a cotangent in the shape and dtype of its value.

    The only place that undoes broadcasting: axes that the value lacks, or has with length 1, are
    summed over. Where a rule returns fewer entries (the slope of a sum, say), they are repeated.
    The cotangent of a real value is its real part.
    """
    if not hasattr(slope, "dtype"):  # a Python number
        slope = value.dtype.type(slope) if not isinstance(slope, complex) else np.asarray(slope)
    if slope.shape != value.shape:
        slope = _unbroadcast_shape(slope, value.shape)
    dtype = value.dtype
    if slope.dtype != dtype:
        if slope.dtype.kind == "c" and dtype.kind != "c":
            slope = np.real(slope)
        slope = slope.astype(dtype)
    return slope[()] if type(slope) is np.ndarray and slope.ndim == 0 else slope


def _unbroadcast_shape(slope: Array, shape: tuple[int, ...]) -> Array:
    own = slope.shape
    extra = len(own) - len(shape)
    if not own:
        return _repeated(slope, shape)
    if extra < 0:  # the value has more axes, as in x[:2] = v for v of shape (1, 1)
        return _unbroadcast_shape(slope.reshape((1,) * -extra + own), shape)
    if extra == 1 and own[1:] == shape:
        return _sum_of_rows(slope)
    axes = list(range(extra))
    for i, length in enumerate(shape, extra):
        if length == 1 != own[i]:
            axes.append(i)
    if axes:
        slope = np.add.reduce(slope, tuple(axes), keepdims=True)
        slope = slope.reshape(slope.shape[extra:])
    return slope if slope.shape == shape else _repeated(slope, shape)


def _sum_of_rows(slope: Array) -> Array:
    """Sum over the first axis; of a matrix as a product: 0.6 vs 1.8 µs, 2.5 vs 19 (1,000×20)."""
    if type(slope) is not np.ndarray or slope.ndim != 2 or slope.dtype.char not in "fd":
        return np.add.reduce(slope, 0)
    return (_ones if len(slope) <= _FEW else _ones.__wrapped__)(len(slope), slope.dtype).dot(slope)


_FEW = 4096  # the longest array of ones that is cached


@lru_cache(maxsize=16)
def _ones(count: int, dtype: np.dtype[Any]) -> Array:
    return np.ones(count, dtype)


def _repeated(slope: Array, shape: tuple[int, ...]) -> Array:
    """Broadcast to a contiguous array, which is faster than a view, here and downstream."""
    if not isinstance(slope, (np.ndarray, np.generic)):
        return np.broadcast_to(slope, shape)
    repeated = np.empty(shape, slope.dtype)
    repeated[...] = slope
    return repeated
