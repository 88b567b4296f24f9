"""Indexing: entries picked, put, repeated and rearranged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autodiff.cotangents import Scattered
from autodiff.errors import user_line
from autodiff.lift import recordable
from autodiff.positions import GAP, filled, has_traced, is_basic, taken_apart
from autodiff.primitive import composite, constant, derivative, primitive
from autodiff.registry import registry
from autodiff.tensor import Tensor, tell_of_count


@primitive
def getitem(x: Any, *parts: Any, index: Any) -> Any:
    """``x[index]``."""
    return x[filled(index, parts)]


@primitive
def setitem(x: Any, value: Any, *parts: Any, index: Any) -> Any:
    """A copy of x in which ``x[index] = value`` was done."""
    edited = x.copy(order="K")
    edited[filled(index, parts)] = value
    return edited


def _read(g: Any, value: Any, index: Any) -> Any:
    """The cotangents of what was written; of a fixed shape, where a traced mask says where."""
    if not has_traced(index):
        return g[index]
    if isinstance(index, Tensor) and index.dtype == bool and index.shape == np.shape(g):
        if np.size(value) == 1:
            return np.reshape(np.sum(np.where(index, g, 0)), np.shape(value))
        places = chosen_places.apply((index,), {"count": np.size(value)})
        return getitem_front(np.reshape(g, -1), places)
    return getitem_front(g, index)


def _still_there(shape: tuple[int, ...], index: Any, parts: tuple[Any, ...]) -> Any:
    """Which entries of a written value are still there, where an index repeats positions."""
    return (
        1
        if is_basic(filled(index, parts)) or (index is GAP and parts[0].dtype == bool)
        else last_writes.apply(parts, {"shape": shape, "index": index})
    )


@primitive
def last_writes(*parts: Any, shape: tuple[int, ...], index: Any) -> Any:
    """Say for each position of an index whether what is written there last is its own."""
    where = filled(index, parts)
    written = np.zeros(shape, bool)[where]
    numbers = np.arange(written.size).reshape(written.shape)
    owner = np.zeros(shape, np.intp)
    owner[where] = numbers
    return owner[where] == numbers


@primitive
def chosen_places(mask: Any, *, count: int) -> Any:
    """The positions, in one row, of the entries that a mask picks; as many as are expected."""
    places = np.flatnonzero(mask)
    if len(places) != count:
        raise ValueError(
            f"expected a mask that picks {count} entries, one for each of the values that are "
            f"written there, got one that picks {len(places)}"
        )
    return places


# fmt: off
derivative(getitem, x=lambda g, z, x, *parts, index: Scattered(g, filled(index, parts)))
derivative(setitem, x=lambda g, z, x, value, *parts, index:
                        setitem_front(g, 0.0, filled(index, parts)),
                    value=lambda g, z, x, value, *parts, index:
                        _read(g, value, filled(index, parts))
                        * _still_there(np.shape(z), index, parts))
# fmt: on
getitem.is_view = True
constant(last_writes, chosen_places)


def getitem_front(x: Any, index: Any) -> Any:
    """Read entries of a Tensor."""
    constant, parts = taken_apart(index)
    for part in parts:
        if part.dtype == bool:
            tell_of_count(part)
    return getitem.apply((x, *parts), {"index": constant})


def setitem_front(x: Any, value: Any, index: Any) -> Any:
    """Give a copy of x with some entries replaced."""
    constant, parts = taken_apart(index)
    return setitem.apply((x, value, *parts), {"index": constant})


registry["getitem"] = getitem
registry["setitem"] = setitem
registry["read"] = getitem_front
registry["write"] = setitem_front


def _rearranging(function: Callable[..., Any]) -> Callable[..., Any]:
    """Differentiate a function that only picks, repeats or reorders entries.

    It is run on the entries' positions; reading those positions is all there is to it.
    """

    def rearrange(a: Any, *args: Any, **kwargs: Any) -> Any:
        a = recordable(a)
        for arg in (*args, *kwargs.values()):
            if isinstance(arg, Tensor):
                arg._given_out(f"a count or position for np.{function.__name__}")
                raise TypeError(
                    f"{function.__name__} takes counts and positions as plain numbers, got a "
                    f"traced one at {user_line()}. Write t.item() or t.numpy()."
                )
        positions = np.arange(np.size(a)).reshape(np.shape(a))
        return np.reshape(a, -1)[function(positions, *args, **kwargs)]

    return rearrange


for _function in (np.repeat, np.tile, np.roll, np.delete, np.resize):
    registry[_function] = _rearranging(_function)


@composite(np.take)
def take(
    a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise"
) -> Any:
    """Pick entries along an axis."""
    if out is not None or mode != "raise":
        raise NotImplementedError("take of a traced value supports neither out= nor mode=")
    if not isinstance(indices, Tensor):
        indices = np.asarray(indices)
    if indices.dtype.kind == "b" or not indices.size:  # take counts with bools, it doesn't mask
        indices = indices.astype(np.intp)
    if isinstance(indices, np.ndarray) and indices.ndim == 0:
        indices = int(indices)
    if axis is None:
        return getitem_front(np.reshape(a, -1), indices)
    before = (slice(None),) * normalize_axis_index(axis, np.ndim(a))
    return getitem_front(a, (*before, indices))


@composite(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """Pick entries along an axis by positions of the same ndim."""
    if axis is None:
        return getitem_front(np.reshape(arr, -1), indices)
    return getitem_front(arr, along(np.shape(arr), indices, axis))


def along(shape: tuple[int, ...], indices: Any, axis: int) -> tuple[Any, ...]:
    """The index of the entries at positions along an axis."""
    index: list[Any] = [
        np.arange(n).reshape([-1 if i == j else 1 for j in range(len(shape))])
        for i, n in enumerate(shape)
    ]
    index[axis] = indices
    return tuple(index)


@composite(np.sort)
def sort(a: Any, axis: int | None = -1, kind: Any = None, **options: Any) -> Any:
    """Order the entries; where some tie, each keeps the slope of one place."""
    if options:
        raise NotImplementedError(f"sort of a traced value doesn't support {options}")
    if axis is None:
        a, axis = np.reshape(a, -1), -1
    return np.take_along_axis(a, np.argsort(a, axis=axis, kind=kind or "stable"), axis)


@composite(np.diff)
def diff(
    a: Any, n: int = 1, axis: int = -1, prepend: Any = np._NoValue, append: Any = np._NoValue
) -> Any:
    """The n-th differences of neighbors."""
    if n < 0:
        raise ValueError(f"diff needs an order of at least 0, got {n}")
    if n == 0:
        return a
    ends = [prepend, a, append]
    along = normalize_axis_index(axis, np.ndim(a))
    parts = [_end(part, a, along) for part in ends if part is not np._NoValue]
    a = np.concatenate(parts, axis=along) if len(parts) > 1 else a
    before = (slice(None),) * along
    for _ in range(n):
        a = a[(*before, slice(1, None))] - a[(*before, slice(None, -1))]
    return a


def _end(part: Any, a: Any, axis: int) -> Any:
    if np.ndim(part) == 0:
        part = np.broadcast_to(part, tuple(1 if i == axis else n for i, n in enumerate(a.shape)))
    return part


@composite(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """Extend at the edges, by constants or by entries of the array itself."""
    shape = np.shape(array)
    if mode == "constant":
        frame = np.pad(np.zeros(shape, array.dtype), pad_width, mode, **options)
        inner = np.pad(np.ones(shape, bool), pad_width)
        starts = [int(np.argmax(inner.any(tuple(j for j in range(len(shape)) if j != i))))
                  for i in range(len(shape))]  # fmt: skip
        window = tuple(slice(s, s + n) for s, n in zip(starts, shape, strict=True))
        return setitem_front(frame, array, window)
    if mode not in ("edge", "reflect", "symmetric", "wrap") or options.get("reflect_type") == "odd":
        raise NotImplementedError(
            f"pad of a traced value supports the modes constant, edge, reflect, symmetric and "
            f"wrap, got mode={mode!r} {options or ''}"
        )
    return _rearranging(np.pad)(array, pad_width, mode, **options)
