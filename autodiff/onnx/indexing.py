"""How parts of arrays are written with the operators of ONNX."""

from __future__ import annotations

import itertools
import operator as python
from typing import Any

import numpy as np

from autodiff.core.positions import GAP
from autodiff.onnx.operators import operator
from autodiff.onnx.rows import Rows, RowsOf
from autodiff.onnx.writer import Value, Writer

_END = np.iinfo(np.int64).max


@operator(np.ndarray.astype)
def _astype(writer: Writer, a: Value, dtype: Any, **_: Any) -> str:
    return writer.cast_name(a.name, dtype)


@operator(np.ndarray.copy)
def _copy(writer: Writer, a: Value, **_: Any) -> str:
    del writer
    return a.name  # a file's values can't be edited, and have one memory layout


@operator(python.getitem)
def _getitem(writer: Writer, a: Value, *positions: Value, index: Any) -> str:
    """Write the index of one axis after the other, the last first, so that the others stay."""
    if isinstance(index, RowsOf):
        if a.shape != (Rows(index.length),):
            raise NotImplementedError(
                f"expected positions in rows that lie one after the other, of {index.length} "
                f"entries each, got an array of shape {a.shape}. Index each row: x[:, [0, 1]]."
            )
        rows = writer.add("Reshape", a.name, writer.numbers(-1, index.length))
        return writer.add("Gather", rows, writer.constant(index.positions), axis=1)
    parts = _whole_index(index, a.ndim)
    if positions:
        return _gather(writer, a, positions, parts)
    if not _is_orthogonal(parts):
        raise NotImplementedError(
            f"expected an array of positions along one axis, got the index {index}. Use one."
        )
    axis, name, added = a.ndim, a.name, []
    for place in reversed(range(len(parts))):
        part = parts[place]
        if part is None:
            added.append(sum(map(_axes_of, parts[:place])))
            continue
        axis -= 1
        name = _part(writer, name, axis, part, a.shape[axis])
    if added:
        name = writer.add("Unsqueeze", name, writer.numbers(*sorted(added)))
    return name


def _is_orthogonal(parts: list[Any]) -> bool:
    """Return whether each part of an index chooses along its own axis, and stays at its place."""
    if any(isinstance(part, Rows | RowsOf) or _is_mask_of_axes(part) for part in parts):
        return False
    arrays = [place for place, part in enumerate(parts) if _axes_of(part) and _is_advanced(part)]
    places = [place for place, part in enumerate(parts) if _is_advanced(part)]
    together = all(b - a == 1 for a, b in itertools.pairwise(places))
    return not arrays or (len(arrays) == 1 and together)


def _is_mask_of_axes(part: Any) -> bool:
    return np.ndim(part) > 1 and np.asarray(part).dtype == bool


def _is_advanced(part: Any) -> bool:
    return part is not None and not isinstance(part, slice)


def _axes_of(part: Any) -> int:
    """Return the number of axes of a result that come from a part of an index."""
    return np.ndim(part) if _is_advanced(part) else 1


def _gather(writer: Writer, a: Value, positions: tuple[Value, ...], parts: list[Any]) -> str:
    """Write the entries at traced positions along one axis."""
    places = [axis for axis, part in enumerate(parts) if part is GAP]
    if len(places) == 1 and _is_along(a, positions[0], parts):
        names = writer.cast(positions[0], np.int64)
        return writer.add("GatherElements", a.name, names, axis=places[0])
    others = [part for part in parts if part is not GAP]
    if len(places) > 1 or not all(isinstance(x, slice) and x == slice(None) for x in others):
        raise NotImplementedError(
            f"expected positions along one axis, such as np.take(x, positions, axis=1), got the "
            f"index {parts}. Use one axis."
        )
    names = writer.cast(positions[0], np.int64)
    return writer.add("Gather", a.name, names, axis=places[0])


def _is_along(a: Value, positions: Value, parts: list[Any]) -> bool:
    """Return whether an index is that of `np.take_along_axis`: its own place on each other axis."""
    if positions.ndim != len(parts) or a.ndim != len(parts):
        return False
    for axis, (part, length, taken) in enumerate(zip(parts, a.shape, positions.shape, strict=True)):
        if part is GAP:
            continue
        if length != taken:
            return False
        if isinstance(part, RowsOf):
            if axis or part.length != 1 or part.positions.ravel().tolist() != [0]:
                return False
            continue
        own = np.reshape(np.arange(length), [-1 if axis == i else 1 for i in range(a.ndim)])
        if not np.array_equal(part, own):
            return False
    return True


@operator(python.setitem)
def _setitem(writer: Writer, *values: Value, index: Any) -> str:
    """Write an edit of a constant array with equal entries, which is a padding."""
    a, value = values
    entries = None if a.constant is None else np.unique(a.constant)
    if entries is None or len(entries) != 1:
        raise NotImplementedError(
            "expected edits of arrays whose entries are all the same, such as np.zeros(shape), "
            "got another one. Use np.concatenate or np.where."
        )
    before, after = [], []
    parts = _whole_index(index, a.ndim)
    for part, length, inner in zip(parts, a.shape, _aligned(value, a.ndim), strict=True):
        is_whole = _is_whole(part, length) and inner == length
        if not is_whole and not _is_range(part, length, inner):
            raise NotImplementedError(
                f"expected an edit of consecutive entries by as many values, got the index "
                f"{index} for values of shape {value.shape}. Use np.concatenate or np.where."
            )
        start = 0 if is_whole else part.indices(length)[0]
        before.append(start)
        after.append(0 if is_whole else length - start - inner)
    fill = writer.constant(entries.reshape(()), a.dtype)
    return writer.add("Pad", writer.cast(value, a.dtype), writer.numbers(*before, *after), fill)


def _aligned(value: Value, ndim: int) -> tuple[Any, ...]:
    """Return the shape of a value that is written; None for the axes that it would be repeated."""
    return (*[None] * (ndim - value.ndim), *value.shape)


def _is_range(part: Any, length: Any, count: Any) -> bool:
    """Return whether a part of an index is a range of consecutive entries, of this length."""
    if not isinstance(part, slice) or isinstance(length, Rows) or isinstance(count, Rows):
        return False
    ends = (part.start, part.stop, part.step)
    if any(isinstance(end, Rows) for end in ends):
        return False
    places = range(*part.indices(length))
    return places.step == 1 and len(places) == count


def _whole_index(index: Any, ndim: int) -> list[Any]:
    """Return an index with a part for each axis, and None for new ones."""
    parts = list(index) if isinstance(index, tuple) else [index]
    missing = ndim - sum(part is not None and part is not ... for part in parts)
    full = [slice(None)] * missing
    for place, part in enumerate(parts):
        if part is ...:
            return [*parts[:place], *full, *parts[place + 1 :]]
    return [*parts, *full]


def _is_whole(part: Any, length: Any) -> bool:
    """Return whether a part of an index is all of an axis."""
    return isinstance(part, slice) and (
        part.start in (None, 0) and part.stop in (None, length) and part.step in (None, 1)
    )


def _part(writer: Writer, name: str, axis: int, part: Any, length: Any) -> str:
    """Write the part of one axis, of some length."""
    if isinstance(part, slice):
        if _is_whole(part, length):
            return name
        step = 1 if part.step is None else int(part.step)
        start = (0 if step > 0 else _END) if part.start is None else part.start
        stop = (_END if step > 0 else -_END) if part.stop is None else part.stop
        bounds = [
            writer.length(number) if isinstance(number, Rows) else writer.numbers(int(number))
            for number in (start, stop, axis, step)
        ]
        return writer.add("Slice", name, *bounds)
    places = np.asarray(part)
    if places.dtype == bool:
        places = np.flatnonzero(places)
    return writer.add("Gather", name, writer.constant(places, np.int64), axis=axis)
