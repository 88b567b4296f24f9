"""Ranges of numbers between two ends, and running totals that begin with their start."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.primitive import composite
from autodiff.registry import registry
from autodiff.rules.shape import broadcast_arrays


@composite(np.linspace)
def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
    dtype: Any = None, axis: int = 0, **options: Any,
) -> Any:  # fmt: skip
    """Numbers at equal distances from one end to the other."""
    _refuse(dtype, options)
    narrow = np.linspace(_one_like(start), _one_like(stop), 1).dtype
    shape = (-1, *(1,) * max(np.ndim(start), np.ndim(stop)))
    parts = max(num - 1, 1) if endpoint else max(num, 1)
    step = (stop - start) / parts
    z = start + np.reshape(np.arange(num), shape) * step
    z = np.moveaxis(z.astype(narrow if dtype is None else dtype), 0, axis)
    return (z, step) if retstep else z


@composite(np.logspace)
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0,
    dtype: Any = None, axis: int = 0,
) -> Any:  # fmt: skip
    """Numbers at equal ratios, given by the logarithms of the ends."""
    powers = np.linspace(start, stop, num, endpoint, axis=axis)
    if np.ndim(base):
        base = np.expand_dims(base, axis)
    z = np.power(base, powers)
    _refuse(dtype, {})
    return z if dtype is None else z.astype(dtype)


@composite(np.geomspace)
def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """Numbers at equal ratios from one end to the other."""
    _refuse(dtype, {})
    narrow = np.geomspace(_one_like(start), _one_like(stop), 1).dtype
    start, stop = broadcast_arrays(start, stop)
    ratio = np.log(stop / start)
    z = start * np.exp(np.linspace(ratio * 0, ratio, num, endpoint, axis=0))
    return np.moveaxis(z.astype(narrow if dtype is None else dtype), 0, axis)


def _one_like(x: Any) -> Any:
    """A plain value of the same shape and dtype, to ask NumPy for the result's dtype."""
    return np.ones(np.shape(x), x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype)[()]


def _refuse(dtype: Any, options: dict[str, Any]) -> None:
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise TypeError(f"numbers between traced ends have a dtype of floats, got {dtype}")
    if options.pop("device", None) not in (None, "cpu") or options:
        raise TypeError(f"linspace of a traced value has no options {options}")


def _cumulative(function: Any, first: int) -> Any:
    def cumulative(
        x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
    ) -> Any:
        if axis is None and np.ndim(x) != 1:
            raise ValueError(f"expected an axis for the shape {np.shape(x)}, got none: say axis=")
        along = -1 if axis is None else axis
        z = function(x, axis=along, dtype=dtype)
        if not include_initial:
            return z
        shape = list(np.shape(z))
        shape[along] = 1
        return np.concatenate([np.full(shape, first, z.dtype), z], axis=along)

    return cumulative


if hasattr(np, "cumulative_sum"):  # NumPy 2.1
    registry[np.cumulative_sum] = _cumulative(np.cumsum, 0)
    registry[np.cumulative_prod] = _cumulative(np.cumprod, 1)
