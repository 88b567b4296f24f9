"""Memory layout: the strides of an array, preserved where a plain copy would change them.

In NumPy the layout determines which results are views (``reshape``, ``ravel``) and what the orders
"K" and "A" mean. So it is a property of an input, like shape and dtype.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

__all__ = ["copied", "copied_whole", "empty_in_layout", "is_writable", "layout_of", "order_name"]

_WRITABLE = 0x400  # NPY_ARRAY_WRITEABLE of NumPy's C API


def copied(array: np.ndarray[Any, Any], dtype: DTypeLike | None = None) -> np.ndarray[Any, Any]:
    """Copy an array, optionally to another dtype; the copy has the same layout.

    The layout may have gaps, as a slice has, or negative strides. Entries that share memory, as
    those of ``np.broadcast_to`` and of sliding windows do, are separate in the copy.
    """
    copy = empty_in_layout(array, array.dtype if dtype is None else dtype)
    copy[...] = array
    return copy


def is_writable(array: np.ndarray[Any, Any]) -> bool:
    """Return ``array.flags.writeable``, which warns of a result of ``np.broadcast_arrays``."""
    return bool(array.flags.num & _WRITABLE)


def empty_in_layout(array: np.ndarray[Any, Any], dtype: DTypeLike) -> np.ndarray[Any, Any]:
    """Return memory in the layout of an array; see `copied`."""
    if array.flags.forc or not _is_apart(array):
        return np.empty_like(array, dtype=dtype, subok=False)
    dtype = np.dtype(dtype)
    strides = array.strides
    if dtype.itemsize != array.itemsize:
        unit = math.gcd(array.itemsize, *strides)  # less where entries lie in packed records
        strides = tuple(step // unit * dtype.itemsize for step in strides)
    reaches = [(n - 1) * step for n, step in zip(array.shape, strides, strict=True)]
    before = -sum(reach for reach in reaches if reach < 0)
    after = sum(reach for reach in reaches if reach > 0) + dtype.itemsize
    memory = np.empty(before + after, np.uint8)
    return np.ndarray(array.shape, dtype, memory.data, before, strides)


def _is_apart(array: np.ndarray[Any, Any]) -> bool:
    """Return whether entries share no memory, as those of sliding windows do."""
    reach = 0  # of the axes with smaller steps
    pairs = zip(array.shape, array.strides, strict=True)
    for step, n in sorted((abs(step), n) for n, step in pairs if n > 1):
        if step < reach + array.itemsize:
            return False
        reach += (n - 1) * step
    return True


def copied_whole(
    array: np.ndarray[Any, Any], copy: Callable[[Any], Any] = copied
) -> np.ndarray[Any, Any]:
    """Copy an array with its layout, also where entries share memory; then it is read-only."""
    if 0 not in array.strides or not array.size:
        whole: np.ndarray[Any, Any] = copy(array)
        return whole
    once = tuple(slice(None) if step else slice(1) for step in array.strides)
    return np.broadcast_to(copy(array[once]), array.shape)


def order_name(order: Any, default: str, array: np.ndarray[Any, Any] | None = None) -> Any:
    """Return "C", "F", "A" or "K" for ``order=``; with an array, what "A" means for it."""
    name = default if order is None else order.upper() if isinstance(order, str) else order
    if name == "A" and array is not None:
        return "F" if array.flags.fnc else "C"
    return name


def layout_of(array: np.ndarray[Any, Any]) -> Hashable:
    """Return a key for the layout: equal only where the same results are views.

    "C" or "F" for contiguous entries in that order; otherwise the strides.
    """
    flags = array.flags
    if flags.c_contiguous:
        return "C"
    return "F" if flags.f_contiguous else ("strides", array.strides)
