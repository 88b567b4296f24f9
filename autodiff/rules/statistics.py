"""Averages and their kin, written with other functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.primitive import composite
from autodiff.rules.reduce import Axis


@composite(np.ptp)
def ptp(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The range: from the least entry to the greatest."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@composite(np.average)
def average(a: Any, axis: Axis = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    """The mean, where entries may weigh differently."""
    if weights is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    if np.shape(weights) != np.shape(a):
        if not isinstance(axis, int) or np.shape(weights) != (a.shape[axis],):
            raise ValueError(
                f"average needs weights of the shape of a, {np.shape(a)}, or one per position "
                f"along one axis; got weights of shape {np.shape(weights)} with axis={axis}"
            )
        weights = np.expand_dims(weights, tuple(range(1, a.ndim - axis % a.ndim)))
        weights = np.broadcast_to(weights, a.shape)
    total = np.sum(a * weights, axis=axis, keepdims=keepdims)
    return total / np.sum(weights, axis=axis, keepdims=keepdims)


@composite(np.median)
def median(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The middle entry in order, or the mean of the two in the middle."""
    lost = tuple(range(np.ndim(a))) if axis is None else normalize_axis_tuple(axis, np.ndim(a))
    kept = tuple(i for i in range(np.ndim(a)) if i not in lost)
    shape = tuple(a.shape[i] for i in kept)
    ordered = np.sort(np.reshape(np.transpose(a, kept + lost), (*shape, -1)), axis=-1)
    n = ordered.shape[-1]
    middle = np.mean(ordered[..., (n - 1) // 2 : n // 2 + 1], axis=-1)
    return np.expand_dims(middle, lost) if keepdims else middle


@composite(np.nansum)
def nansum(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The sum of the entries that are numbers."""
    return np.sum(np.where(np.isnan(a), 0, a), axis=axis, keepdims=keepdims)


@composite(np.nanmean)
def nanmean(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The mean of the entries that are numbers."""
    numbers = np.sum(~np.isnan(a), axis=axis, keepdims=keepdims)
    return np.nansum(a, axis=axis, keepdims=keepdims) / numbers.astype(a.dtype)
