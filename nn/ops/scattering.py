"""Parts of arrays written at indices, and sums of entries that have one number."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.ops.arrays import as_array, cast_to
from nn.ops.operation import named, operation

if TYPE_CHECKING:
    from collections.abc import Sequence

_REDUCTIONS = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}


@operation
def scatter(indices: Array, values: Array, shape: Sequence[int]) -> Array:
    """Return an array of zeros to which values are added at the indices.

    Args:
        indices: whole numbers, shape (n, axes that are indexed).
        values: shape (n, *the axes that aren't indexed).
        shape: that of the result.

    >>> scatter([[0], [2], [2]], [1.0, 2.0, 3.0], (4,))
    array([1., 0., 5., 0.], dtype=float32)
    """
    values = as_array(values)
    return _written(np.zeros(tuple(shape), values.dtype), indices, values, "add")


@operation
def scatter_update(
    inputs: Array, indices: Array, updates: Array, reduction: str | None = None
) -> Array:
    """Return a copy of an array with other values at the indices.

    Args:
        inputs: any shape.
        indices: whole numbers, shape (n, axes that are indexed).
        updates: shape (n, *the axes that aren't indexed).
        reduction: None to overwrite, or how to combine with what is there: ``'add'``, ``'max'``,
            ``'min'`` or ``'mul'``.
    """
    inputs = as_array(inputs)
    return _written(inputs.copy(), indices, cast_to(as_array(updates), inputs.dtype), reduction)


@operation
def slice(inputs: Array, start_indices: Any, shape: Sequence[int]) -> Array:
    """Return the part of an array that starts at the indices; a length of -1 is the rest."""
    inputs = as_array(inputs)
    return inputs[_region("slice", inputs.shape, start_indices, shape)]


@operation
def slice_update(inputs: Array, start_indices: Any, updates: Array) -> Array:
    """Return a copy of an array whose part that starts at the indices is another."""
    result, updates = as_array(inputs).copy(), as_array(updates)
    region = _region("slice_update", result.shape, start_indices, updates.shape)
    result[region] = cast_to(updates, result.dtype)
    return result


def _written(target: Array, indices: Array, values: Array, reduction: str | None) -> Array:
    target, places = ad.tensor(target) if _is_traced(values) else target, as_array(indices)
    place = tuple(places[..., axis] for axis in range(places.shape[-1]))
    if reduction is None:
        target[place] = values
    elif reduction in _REDUCTIONS:
        _REDUCTIONS[reduction].at(target, place, values)
    else:
        raise ValueError(
            f"expected reduction to be None, 'add', 'max', 'min' or 'mul', got {reduction!r}. Pass "
            f"one of these."
        )
    return target


def _is_traced(values: Array) -> bool:
    return isinstance(values, ad.Tensor)


def _region(
    name: str, whole: Sequence[int], start_indices: Any, shape: Sequence[int]
) -> tuple[builtins.slice, ...]:
    """Return the slices of a region; raise a ValueError if it isn't inside of the whole."""
    starts = [int(start) for start in start_indices]
    ends = [
        axis if length == -1 else start + length
        for axis, start, length in zip(whole, starts, shape, strict=False)
    ]
    places = list(zip(starts, ends, whole, strict=False))
    if not len(starts) == len(shape) == len(whole) or any(
        not 0 <= start <= end <= axis for start, end, axis in places
    ):
        raise ValueError(
            f"{name} expects a region of an array of shape {tuple(whole)}, got the starts {starts} "
            f"and the shape {tuple(shape)}. Write a start and a length for each axis, which end "
            "inside of it."
        )
    return tuple(builtins.slice(start, end) for start, end, _ in places)


def _segments(name: str, ufunc: np.ufunc, meaning: str) -> Any:
    def call(
        data: Array,
        segment_ids: Array,
        num_segments: int | None = None,
        sorted: bool = False,  # noqa: ARG001 - the same either way
    ) -> Array:
        data, places = as_array(data), as_array(segment_ids)
        if data.shape[:1] != places.shape:
            raise ValueError(
                f"{name} expects a number for each row of data of shape {data.shape}, got "
                f"segment_ids of shape {places.shape}. Pass as many numbers as rows."
            )
        count = int(np.max(places)) + 1 if num_segments is None else num_segments
        start = np.full((count, *data.shape[1:]), _start(ufunc, data.dtype), data.dtype)
        is_inside = (places >= 0) & (places < count)
        if not np.all(is_inside):
            data, places = data[is_inside], places[is_inside]
        target: Any = ad.tensor(start) if _is_traced(data) else start
        ufunc.at(target, places, data)
        return target

    doc = f"Return {meaning} of the rows with each segment number; others are left out."
    return named(name, call, doc)


def _start(ufunc: np.ufunc, dtype: np.dtype[Any]) -> Any:
    """Return the number that changes nothing; for extrema, the other extreme one."""
    if ufunc in (np.add, np.multiply):
        return ufunc.identity
    if dtype.kind == "b":
        return ufunc is np.minimum
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return limits.min if ufunc is np.maximum else limits.max
    return -np.inf if ufunc is np.maximum else np.inf


segment_sum = _segments("segment_sum", np.add, "the sum")
segment_prod = _segments("segment_prod", np.multiply, "the product")
segment_max = _segments("segment_max", np.maximum, "the maximum")
segment_min = _segments("segment_min", np.minimum, "the minimum")
