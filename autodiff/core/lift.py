"""Lifting: conversion of the user's operands to values that the engine can record.

``np.array([a, b])`` of traced values is an array of objects in NumPy; here it becomes the stack of
a and b. A list of numbers only is one array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autodiff.core.errors import describe, user_line
from autodiff.core.graph import Node
from autodiff.core.layout import copied, copied_whole, is_writable
from autodiff.core.memory import keep_freed
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array

__all__ = [
    "NotPlainError",
    "Traced",
    "as_floats",
    "as_operand",
    "is_traced",
    "lift",
    "lift_floats",
    "plain_array",
    "plain_parts",
    "refuse_polynomials",
    "snapshot",
]

keep_freed()


class NotPlainError(TypeError):
    """Raised for array subclasses with their own arithmetic."""


_NUMBERS = (int, float, complex, bool, np.generic)
_SCALARS = (*_NUMBERS, type(None))


class Traced:
    """The base class of values other than Tensors that hold traced values: sparse matrices."""

    __slots__ = ()


def is_traced(value: Any) -> bool:
    """Return whether a value is traced, or holds a traced value: in a list, a dict, an array."""
    if isinstance(value, (Tensor, Traced)):
        return True
    if isinstance(value, (list, tuple)):
        return any(map(is_traced, value))
    if isinstance(value, dict):
        return any(map(is_traced, value.values()))
    return isinstance(value, np.ndarray) and value.dtype == object and is_traced(list(value.flat))


def as_operand(value: Any) -> Array:
    """Convert an operand to a Tensor or an immutable constant.

    Raises:
        TypeError: not a number, an array or a list of them.
    """
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.ndarray):
        return lift_floats(value, "iu") if value.dtype == object else snapshot(plain_array(value))
    if isinstance(value, _SCALARS) and not isinstance(value, (np.str_, np.bytes_)):
        return value
    if isinstance(value, (list, tuple)) or hasattr(value, "__array__"):
        plain_parts(value)
        array = np.asarray(value)
        if array.dtype == object:
            return _in_common_dtype(lift(array), value)
        if array.dtype.kind in "biufcmM":
            return snapshot(array)
    raise TypeError(
        f"expected a number, an array or a list of numbers beside a traced value at {user_line()}, "
        f"got {describe(value)}. Convert it with np.asarray(x, dtype=float)."
    )


def lift_floats(objects: np.ndarray[Any, Any], kinds: str) -> Array:
    """Return the same as :func:`lift`; a plain array of these kinds of dtypes in float64.

    As objects, integers don't overflow, and True + True is 2.
    """
    lifted = lift(objects)
    is_whole = isinstance(lifted, np.ndarray) and lifted.dtype.kind in kinds
    return as_floats(lifted) if is_whole else lifted


def snapshot(
    array: np.ndarray[Any, Any], copy: Callable[[Array], Array] | None = None
) -> np.ndarray[Any, Any]:
    """Return an immutable copy: the backward pass needs the present entries.

    The copy is made by ``copy``; by default it has no gaps in memory.

    An array is returned as it is if neither it nor its base is writable:
    ``x.setflags(write=False)`` saves the copy.
    """
    whole: Any = array
    while whole is not None:
        if isinstance(whole, np.ndarray) and is_writable(whole):
            array = copied_whole(array, copy or _dense)
            array.setflags(write=False)
            return array
        whole = getattr(whole, "base", None)  # as_strided has an object between its array and ours
    return array


def _dense(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a copy without gaps in memory, whose axes have the same order and directions."""
    if min(array.strides, default=0) >= 0:
        return array.copy(order="K")
    directions = tuple(slice(None, None, -1 if step < 0 else None) for step in array.strides)
    return array[directions].copy(order="K")[directions]


def plain_array(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a plain array; refuse subclasses, whose own arithmetic would be lost.

    Raises:
        NotPlainError: a matrix, a masked array, or another subclass.
    """
    if type(array) is not np.ndarray and not isinstance(array, np.memmap):
        cure = "Convert it: np.asarray(x)."
        if hasattr(array, "mask"):
            cure = (
                "Replace masked entries, x.filled(0), or leave them out: where=~x.mask in np.sum, "
                "np.mean and the like."
            )
        raise NotPlainError(
            f"expected a plain array, got a {type(array).__name__} (at {user_line()}), whose own "
            f"arithmetic can't be differentiated. {cure}"
        )
    return array


def refuse_polynomials(*values: Any) -> None:
    """Raise a NotPlainError for a np.poly1d, whose arithmetic isn't that of its coefficients."""
    if any(isinstance(value, np.poly1d) for value in values):
        raise NotPlainError(
            f"expected an array of coefficients, got a np.poly1d (at {user_line()}), whose own "
            f"arithmetic can't be differentiated. Pass p.coeffs, and write np.polyval(p, x), "
            f"np.polymul(p, q) and the like."
        )


def plain_parts(value: Any) -> None:
    """Refuse array subclasses in nested lists; see :func:`plain_array`."""
    if isinstance(value, (list, tuple)):
        for part in value:
            if isinstance(part, (list, tuple, np.ndarray)):
                plain_parts(part)
    elif isinstance(value, np.ndarray):
        plain_array(value)


def as_floats(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Convert to float64, also Python integers beyond every integer dtype.

    Raises:
        ValueError: a number is beyond the range of float64.
    """
    try:
        return copied(array, np.float64)
    except OverflowError as error:
        raise ValueError(
            f"expected numbers in the range of float64 at {user_line()}, got one beyond "
            f"{np.finfo(np.float64).max:.2g}. Scale it down, or use its logarithm."
        ) from error


def lift(array: np.ndarray[Any, Any]) -> Array:
    """Convert an array of objects to the stack of the Tensors in it, or to a plain array.

    Takes time linear in the number of entries. All entries of one Tensor in their order, as in
    ``np.asarray(t)``, become that Tensor again.

    Raises:
        TypeError: an entry is neither a number nor a Tensor.
    """
    plain_array(array)
    if array.ndim == 0:
        entry = _entry(array.item())
        is_huge = type(entry) is int and np.asarray(entry).dtype == object
        return as_floats(array)[()] if is_huge else entry
    if not array.size:
        return np.zeros(array.shape)
    parts = [lift(part) if isinstance(part, np.ndarray) else _entry(part) for part in array]
    traced = [part for part in parts if isinstance(part, Tensor)]
    if not traced:
        found = np.array(parts)
        return found if found.dtype != object else as_floats(found)
    whole = _parts_of_one(parts)
    if whole is not None:
        return whole
    for part in parts if array.ndim > 1 else []:
        if np.shape(part) != array.shape[1:]:
            raise TypeError(
                f"expected a number for each entry of an array of objects at {user_line()}, got "
                f"values of shape {np.shape(part)[array.ndim - 1 :]}. Assign single numbers to its "
                f"entries."
            )
    dtype = np.result_type(*map(_dtype, parts))
    shape = traced[0].shape
    if any(np.shape(part) != shape for part in parts if not isinstance(part, Tensor)):
        shapes = " and ".join(sorted({str(np.shape(part)) for part in parts}))
        raise TypeError(
            f"expected values of one shape to stack, got the shapes {shapes} at {user_line()}. "
            f"Reshape them, or use np.concatenate."
        )
    stacked = registry[np.stack](
        [part if isinstance(part, Tensor) else np.asarray(part).astype(dtype)[()] for part in parts]
    )
    if array.ndim == 1:
        return stacked
    from autodiff.core.view import laid_out_like  # which builds on this module

    return laid_out_like(stacked, array)


def _in_common_dtype(stacked: Array, value: Any) -> Array:
    """Return stacked values in the dtype of a list: as objects, plain arrays have lost theirs."""
    dtypes = [_dtype(leaf) for leaf in _leaves(value)]
    dtype = np.result_type(*dtypes) if dtypes else stacked.dtype
    return stacked if stacked.dtype == dtype or dtype.kind == "O" else stacked.astype(dtype)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _dtype(part: Array) -> np.dtype[Any]:
    """Return the dtype of a part; float64 for a Python float, as in ``np.array([x32, 1.0])``."""
    return part.node.value.dtype if isinstance(part, Tensor) else np.asarray(part).dtype


def _entry(value: Any) -> Array:
    if isinstance(value, (Tensor, *_NUMBERS)):
        return value
    raise TypeError(
        f"expected numbers and traced values in an array of objects at {user_line()}, got "
        f"{describe(value)}. Leave other objects out."
    )


def _parts_of_one(parts: list[Array]) -> Tensor | None:
    """Return t for the parts ``[t[0], t[1], ..., t[n-1]]``, None for others."""
    from autodiff.core.indexing import getitem  # which builds on this module

    source: Any = None
    for i, part in enumerate(parts):
        node = part.node if isinstance(part, Tensor) else None
        if node is None or node.primitive is not getitem:
            return None
        index = node.options.get("index")  # of any kind: array([1]) == 1, and so is True
        if type(index) is not int or index != i:
            return None
        if source is None:
            source = node.inputs[0]
        if node.inputs[0] is not source:
            return None
    if not isinstance(source, Node) or len(source.value) != len(parts):
        return None
    return Tensor(source)
