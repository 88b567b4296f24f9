"""Indexing: functions that select, write, repeat and rearrange entries."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autodiff.core.errors import user_line
from autodiff.core.indexing import read
from autodiff.core.lift import as_operand
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, peek, plain
from autodiff.core.typing import Array, Function
from autodiff.core.view import unshared
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, refuse_out


def numbered(a: Array) -> Array:
    """Return the flat positions of an array's entries, in its shape and memory layout."""
    positions = np.empty_like(peek(a), dtype=np.intp, subok=False)
    positions[...] = np.arange(np.size(a)).reshape(np.shape(a))
    return positions


class Places:
    """The concatenated entries of several arrays, and positions in them to rearrange."""

    def __init__(self) -> None:
        self.rows: list[Array] = []
        self.size = 0

    def of(self, a: Array) -> Array:
        """Append an array, and return the positions of its entries, in its shape."""
        self.rows.append(np.reshape(a, -1))
        positions = numbered(a) + self.size
        self.size += positions.size
        return positions

    def read(self, positions: Array) -> Array:
        """Return the entries at rearranged positions."""
        return np.concatenate(self.rows)[positions]


def rearranging(function: Function) -> Function:
    """Return the traceable version of a function that only selects, repeats or reorders entries.

    The function is run on the entries' positions, and the entries there are read.
    """

    def rearrange(a: Array, *args: Any, **kwargs: Any) -> Array:
        a = as_operand(a)
        args = tuple(plain_count(function, count) for count in args)
        kwargs = {name: plain_count(function, count) for name, count in kwargs.items()}
        return np.reshape(a, -1)[function(numbered(a), *args, **kwargs)]

    return rearrange


def plain_count(function: Function, count: Any) -> Any:
    """Return counts or positions as plain numbers, which have no slope.

    Raises:
        TypeError: a traced value that has a slope.
    """
    if not isinstance(count, Tensor):
        return count
    number = count._plain_value(f"a count or position for np.{function.__name__}")
    if count.dtype.kind in "biu":
        return number
    raise TypeError(
        f"{function.__name__} takes counts and positions as whole numbers, got a traced "
        f"{count.dtype} at {user_line()}. Write t.item() or t.numpy()."
    )


def in_one_order(a: Array) -> Array:
    """Return an array in C or Fortran order, as the results of np.pad, np.insert, np.delete are."""
    return a if getattr(peek(a), "flags", _C_ORDER).forc else np.copy(a, order="C")


_C_ORDER = np.ones(1).flags

for _function in (np.repeat, np.roll):
    registry[_function] = rearranging(_function)


@composite(np.tile, exact=True)
def tile(A: Array, reps: Any) -> Array:  # noqa: N803 - NumPy's name
    """Repeat an array along its axes."""
    return rearranging(np.tile)(A, reps)


@composite(np.delete, exact=True)
def delete(arr: Array, obj: Any, axis: int | None = None) -> Array:
    """Leave out entries at positions along an axis."""
    positions = np.asarray(peek(obj))
    is_one = isinstance(obj, slice) or (positions.size == 1 and positions.dtype.kind in "iu")
    return rearranging(np.delete)(in_one_order(arr) if is_one else arr, obj, axis)


@composite(np.resize, exact=True)
def resize(a: Array, new_shape: Any) -> Array:
    """Return the entries, repeated to fill the new shape; zeros if there are none."""
    if not np.size(a):
        return np.resize(np.zeros(0, a.dtype), new_shape)
    resized = rearranging(np.resize)(a, new_shape)
    is_kept = resized.dtype.isnative or not resized.size  # or NumPy has concatenated
    return resized if is_kept else resized.astype(resized.dtype.newbyteorder("="))


@composite(np.take, exact=True)
def take(
    a: Array, indices: Array, axis: int | None = None, out: Array | None = None, mode: str = "raise"
) -> Array:
    """Select entries along an axis."""
    refuse_out(out)
    a, indices = as_array(a), positions_of(indices)
    if axis is None or np.ndim(a) == 0:
        a = np.reshape(a, -1)
    axis = normalize_axis_index(0 if axis is None else axis, np.ndim(a))
    shape = np.shape(a)
    if mode != "raise":
        indices = within(indices, shape[axis] or 1, mode)
    if 0 in shape[:axis]:  # then NumPy accepts any positions
        return unshared(np.reshape(a, (*shape[:axis], *indices.shape, *shape[axis + 1 :])))
    if isinstance(indices, np.ndarray) and indices.ndim == 0:
        indices = int(indices.astype(np.intp))  # beyond int64 NumPy counts from the end
    before = (slice(None),) * axis
    return unshared(read(a, (*before, indices)))


def positions_of(indices: Any) -> Array:
    """Return positions as np.take and np.put read them: numbers, also in lists, are truncated.

    Raises:
        TypeError: an array of other numbers.
    """
    is_array = isinstance(indices, (Tensor, np.ndarray))
    if not is_array:
        found = np.asarray(indices)
        if found.dtype.kind == "u" and not found.ndim:  # as in take
            found = found.astype(np.intp)
        indices = np.asarray(indices, np.intp) if found.dtype.kind == "f" else as_operand(found)
    is_truncated = not is_array or (isinstance(indices, Tensor) and not indices.ndim)
    kind = indices.dtype.kind
    is_empty_list = not is_array and not indices.size
    if kind == "b" or is_empty_list or (kind == "f" and is_truncated):
        return indices.astype(np.intp)
    if kind not in "iu":
        raise TypeError(
            f"expected positions that are integers, got {indices.dtype} ones at {user_line()}. "
            f"Convert them: positions.astype(int)."
        )
    return indices


def check_signed(positions: Array) -> None:
    """Raise a TypeError for an array of uint64, which NumPy doesn't always convert to int64.

    It converts a number, which a traced 0-d value counts as.
    """
    is_array = isinstance(positions, np.ndarray) or np.ndim(positions) > 0
    if is_array and getattr(positions, "dtype", None) == np.uint64:
        raise TypeError(
            f"expected positions that int64 can hold, got uint64 at {user_line()}. Convert them: "
            f"positions.astype(int)."
        )


def within(positions: Array, length: int, mode: str) -> Array:
    """Return positions moved into the range of an axis: wrapped around, or clipped at its ends.

    Raises:
        ValueError: the mode is another one.
    """
    if mode not in ("wrap", "clip"):
        raise ValueError(
            f"expected the mode raise, wrap or clip, got {mode!r} at {user_line()}. Pass one of "
            f"these."
        )
    positions = positions.astype(np.intp)  # as NumPy does, also of uint64
    return positions % length if mode == "wrap" else np.clip(positions, 0, length - 1)


@composite(np.take_along_axis, exact=True)
def take_along_axis(arr: Array, indices: Array, axis: int | None = -1) -> Array:
    """Select entries along an axis by positions of the same ndim."""
    need_integers("take_along_axis", indices)
    if axis is None:
        arr, axis = np.reshape(arr, -1), 0
    same_ndim("take_along_axis", arr, indices)
    axis = normalize_axis_index(axis, np.ndim(arr))
    return read(arr, along(np.shape(arr), indices, axis))


def need_integers(name: str, indices: Array) -> None:
    """Raise an IndexError unless positions along an axis are integers."""
    dtype = as_array(indices).dtype
    if dtype.kind not in "iu":
        raise IndexError(
            f"{name} needs integers as positions, got {dtype} ones at {user_line()}. Pass "
            f"positions.astype(int); a mask is an index: a[mask]."
        )


def same_ndim(name: str, arr: Array, indices: Array) -> None:
    """Raise a ValueError unless positions along an axis have as many axes as the array."""
    if np.ndim(arr) != np.ndim(indices):
        raise ValueError(
            f"{name} needs positions with as many axes as the array, {np.ndim(arr)}, got the shape "
            f"{np.shape(indices)} at {user_line()}. Add axes of length 1 by "
            f"np.expand_dims, or flatten the positions."
        )


def along(shape: tuple[int, ...], indices: Array, axis: int) -> tuple[Any, ...]:
    """Return the index of the entries at positions along an axis."""
    index: list[Any] = [
        np.arange(n).reshape([-1 if i == j else 1 for j in range(len(shape))])
        for i, n in enumerate(shape)
    ]
    index[axis] = indices
    return tuple(index)


@composite(np.insert)
def insert(arr: Array, obj: Any, values: Array, axis: int | None = None) -> Array:
    """Insert values before positions along an axis."""
    arr, lifted = as_array(in_one_order(arr)), as_array(values)
    values = lifted.astype(arr.dtype) if isinstance(lifted, Tensor) else np.array(values, arr.dtype)
    places = Places()
    positions = places.of(arr)
    inserted = np.insert(positions, plain(obj), places.of(values), axis)
    z = places.read(inserted)
    return z if z.dtype == arr.dtype else z.astype(arr.dtype)
