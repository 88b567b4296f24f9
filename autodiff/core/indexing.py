"""Indexing: the primitives behind ``x[index]`` and ``x[index] = value``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.conversion import as_entry
from autodiff.core.cotangents import SparseCotangent
from autodiff.core.layout import copied, copied_whole, empty_in_layout
from autodiff.core.lift import as_operand
from autodiff.core.positions import GAP, fill_index, has_traced, is_basic, split_index
from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.tensor import Tensor, notify_count
from autodiff.core.typing import Array
from autodiff.core.view import View

__all__ = ["chosen_places", "getitem", "last_writes", "read", "setitem", "write"]


@primitive
def getitem(x: Array, *parts: Array, index: Any) -> Array:
    """Return ``x[index]``."""
    return x[fill_index(index, parts)]


@primitive
def setitem(x: Array, value: Array, *parts: Array, index: Any) -> Array:
    """Return a copy of x after ``x[index] = value``."""
    edited = copied(np.asarray(x))
    edited[fill_index(index, parts)] = value
    return edited


def _read(g: Array, value: Array, index: Any) -> Array:
    """Return the cotangent of a written value; of fixed shape, also where the mask is traced."""
    if not has_traced(index):
        return g[index]
    if isinstance(index, Tensor) and index.dtype == bool and index.shape == np.shape(g):
        if np.size(value) == 1:
            return np.reshape(np.sum(np.where(index, g, 0)), np.shape(value))
        places = chosen_places.apply((index,), {"count": np.size(value)})
        return read(np.reshape(g, -1), places)
    return read(g, index)


def _is_kept(shape: tuple[int, ...], value: Array, index: Any, parts: tuple[Array, ...]) -> Array:
    """Return which entries of a written value remain where an index repeats positions."""
    return (
        1
        if is_basic(fill_index(index, parts)) or (index is GAP and parts[0].dtype == bool)
        else last_writes.apply((value, *parts), {"shape": shape, "index": index})
    )


@primitive
def last_writes(value: Array, *parts: Array, shape: tuple[int, ...], index: Any) -> Array:
    """Return for each position of an index whether it is the last one to write its entry.

    The order in which NumPy writes depends on the memory layout of the value and of the index. Of
    positions that write the same entry of the value, one counts.
    """
    where = fill_index(index, parts)
    targets = np.arange(math.prod(shape)).reshape(shape)[where]
    numbers = copied_whole(np.asarray(value), _numbered)
    owner = np.empty(shape, np.intp)
    owner[where] = numbers
    shared = numbers.shape[max(numbers.ndim - targets.ndim, 0) :]  # without first axes of length 1
    written = np.broadcast_to(numbers.reshape(shared), targets.shape)
    places = np.flatnonzero(owner[where] == written)
    last = np.empty(math.prod(shape), np.intp)
    last[np.ravel(targets)[places]] = places
    kept: Array = last[targets] == np.arange(targets.size).reshape(targets.shape)
    return kept


def _numbered(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the numbers of the entries, in the memory layout of the array."""
    numbers = empty_in_layout(array, np.intp)
    numbers[...] = np.arange(array.size).reshape(array.shape)
    return numbers


@primitive
def chosen_places(mask: Array, *, count: int) -> Array:
    """Return the flat positions of the ``count`` entries that a mask selects."""
    places = np.flatnonzero(mask)
    if len(places) != count:
        raise ValueError(
            f"expected a mask that selects {count} entries, one for each of the values that are "
            f"written there, got one that selects {len(places)}. Write as many values as the mask "
            f"selects, mask.sum()."
        )
    return places


# fmt: off
derivative(getitem, x=lambda g, z, x, *parts, index: SparseCotangent(g, fill_index(index, parts)))
derivative(setitem, x=lambda g, z, x, value, *parts, index:
                        write(g, 0.0, fill_index(index, parts)),
                    value=lambda g, z, x, value, *parts, index:
                        _read(g, value, fill_index(index, parts))
                        * _is_kept(np.shape(z), value, index, parts))
# fmt: on
getitem.is_view = True
constant(last_writes, chosen_places)


def read(x: Array, index: Any) -> Array:
    """Read entries of a Tensor."""
    if type(index) is tuple and not index and isinstance(x, Tensor) and not x.ndim:
        return Tensor(x.node)  # the number in a 0-d array
    constant, parts = split_index(index)
    for part in parts:
        if part.dtype == bool:
            notify_count(part)
    found = getitem.apply((x, *parts), {"index": constant})
    if (
        isinstance(found, View)
        and not found.size
        and not is_basic(fill_index(constant, tuple(parts)))
    ):
        return Tensor(found.node)  # a copy of no entries, which shares nothing
    return found


def write(x: Array, value: Array, index: Any) -> Array:
    """Return a copy of x with some entries replaced."""
    constant, parts = split_index(index)
    given, value = value, as_operand(value)
    if isinstance(given, (list, tuple)) and not isinstance(value, Tensor):
        value = np.asarray(given, x.dtype)  # NumPy converts each number, and refuses some
    if isinstance(value, Tensor) and x.dtype.kind not in "fc":  # as an integer it has no slope
        is_entry = not value.ndim and is_basic(fill_index(constant, tuple(parts)))
        if is_entry and value.dtype.kind in "fc":
            value = as_entry(value, dtype=x.dtype)
        else:  # which NumPy converts before it finds the positions
            value = value.astype(x.dtype)
    elif isinstance(value, np.ndarray) and not value.ndim and x.dtype.kind not in "fc":
        value = value.astype(x.dtype)  # while jit keeps it as a number, which may not fit
    return setitem.apply((x, value, *parts), {"index": constant})
