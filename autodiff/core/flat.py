"""Flat: the entries of a Tensor in one axis, as ``ndarray.flat``, which is an iterator too."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.errors import describe, user_line
from autodiff.core.objects import as_objects
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.core.view import View, unshared

__all__ = ["Flat", "refuse_own_entries"]


def refuse_own_entries(name: str, target: Tensor, values: Array) -> None:
    """Raise a ValueError where values are read, in turn with the edit, from what is edited."""
    if isinstance(values, Tensor) and target._overlaps(values):
        raise ValueError(
            f"{name} reads its values from what it edits (at {user_line()}): NumPy's result "
            f"depends on the order. Pass a copy: values.copy()."
        )


class Flat(View):
    """All entries in C order. A write to it changes its base; reading it returns a copy.

    As in NumPy, a value that is written is taken in C order, and repeated where it is shorter.

    Attributes:
        index: the position of the next entry of the iteration; an index in brackets sets it to 0.
    """

    __slots__ = ("index",)

    def __init__(self, base: Tensor) -> None:
        super().__init__(_entries(base).node, base, _entries, writable=True)
        self.index = 0

    @property
    def coords(self) -> tuple[int, ...]:
        """The position of the next entry in each axis of the base."""
        rest, places = self.index, []
        for length in self._base.shape[:0:-1]:
            rest, place = divmod(rest, length)
            places.append(place)
        return (rest, *places[::-1]) if self._base.ndim else ()

    def _edited(self, result: Array) -> Array:
        """Return the value of an in-place operator: a new array, since an iterator has none."""
        return result

    def __iter__(self) -> Flat:
        return self

    def __contains__(self, value: Any) -> bool:
        return any(entry is value or entry == value for entry in self)  # which it goes past

    def __next__(self) -> Array:
        if self.index >= len(self):
            raise StopIteration
        entry = unshared(super().__getitem__(self.index))
        self.index += 1
        return entry

    def __array_function__(self, function: Function, types: Any, args: Any, kwargs: Any) -> Any:
        """Call a function of NumPy, which takes an iterator for an array of the entries."""
        named = {name: _as_array(value) for name, value in kwargs.items()}
        return super().__array_function__(function, types, tuple(map(_as_array, args)), named)

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray[Any, Any]:
        """Return all entries, wherever the iteration is."""
        return as_objects(_entries(self._base), *args, **kwargs)

    def __getitem__(self, index: Any) -> Array:
        self.index = 0
        _check(index)
        return unshared(super().__getitem__(index))

    def __setitem__(self, index: Any, value: Array) -> None:
        self.index = 0
        if np.ndim(value) and not np.size(value) and not isinstance(index, (int, np.integer)):
            return  # as in NumPy, also at positions that there aren't
        if not self._base.ndim:
            raise TypeError(
                f"assignment to flat needs a Tensor with at least one axis, got a single number at "
                f"{user_line()}. Give the name a new value: t = ..."
            )
        _check(index)
        refuse_own_entries("an assignment to flat", self._base, value)
        if np.ndim(index) > 1 and np.result_type(index).kind != "b":
            index = np.ravel(index)  # NumPy writes in C order, whatever the layout
        shape = np.shape(super().__getitem__(index))
        if not shape and np.ndim(value):
            raise ValueError(
                f"one entry of flat takes a single number, got the shape {np.shape(value)} at "
                f"{user_line()}. Write to a slice: t.flat[i:j] = values."
            )
        if shape and np.ndim(value) and np.shape(value) != shape:
            value = np.take(np.ravel(value), np.arange(math.prod(shape)) % np.size(value))
        elif shape and hasattr(value, "dtype") and self._base.dtype.kind not in "fc":
            value = np.reshape(value, -1)  # which NumPy converts as an array, also NaN
        super().__setitem__(index, value)


def _check(index: Any) -> None:
    """Refuse an index that means the first entry, or nothing, to an iterator of NumPy."""
    if isinstance(index, (tuple, slice, Tensor)) or index is ...:
        return
    found = np.asarray(index)
    kind = found.dtype.kind if found.size else "i"
    if kind not in "iub" or (kind == "b" and not found.ndim):
        raise IndexError(
            f"flat takes integers, slices and arrays of them as index, got {describe(index)} at "
            f"{user_line()}. For the first entry write t.flat[0], for all t.flat[:]."
        )


def _as_array(x: Any) -> Any:
    """Return a view of the entries in place of an iterator; anything else as it is."""
    return _entries(x._base) if isinstance(x, Flat) else x


def _entries(base: Tensor) -> Tensor:
    entries: Tensor = base.reshape(-1)
    return entries
