"""Lifting: what users hand to NumPy, as something that the engine can record.

``np.array([a, b])`` of traced values is an array of objects to NumPy; here it becomes the stack of
a and b. A list that holds only numbers is one array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.errors import describe, user_line
from autodiff.graph import Node
from autodiff.memory import keep_freed
from autodiff.registry import registry
from autodiff.tensor import Tensor

__all__ = ["lift", "plain_array", "recordable", "snapshot"]

keep_freed()

_NUMBERS = (int, float, complex, bool, np.generic)
_SCALARS = (*_NUMBERS, type(None))


def recordable(value: Any) -> Any:
    """Turn an operand into a Tensor or a constant that nobody can change behind our back.

    Raises:
        TypeError: not a number, an array or a list of them.
    """
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.ndarray):
        return lift(value) if value.dtype == object else snapshot(plain_array(value))
    if isinstance(value, _SCALARS) and not isinstance(value, (np.str_, np.bytes_)):
        return value
    if isinstance(value, (list, tuple)) or hasattr(value, "__array__"):
        array = np.asarray(value)
        if array.dtype == object:
            return lift(array)
        if array.dtype.kind in "biufcmM":
            return snapshot(array)
    raise TypeError(
        f"expected a number, an array or a list of numbers beside a traced value at {user_line()}, "
        f"got {describe(value)}"
    )


def snapshot(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Keep the entries as they are now: the backward pass needs them, whatever happens since.

    An array that can't be written to, nor can what it is a view of, is kept itself:
    ``x.setflags(write=False)`` saves the copy.
    """
    whole: Any = array
    while isinstance(whole, np.ndarray):
        if whole.flags.writeable:
            array = array.copy(order="K")
            array.setflags(write=False)
            return array
        whole = whole.base
    return array


def plain_array(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Refuse arrays of a kind with arithmetic of its own, which would be lost.

    Raises:
        TypeError: a matrix, a masked array, or another subclass.
    """
    if type(array) is not np.ndarray and not isinstance(array, np.memmap):
        raise TypeError(
            f"expected a plain array, got a {type(array).__name__} (at {user_line()}), whose own "
            f"arithmetic can't be differentiated. Convert it: np.asarray(x)."
        )
    return array


def lift(array: np.ndarray[Any, Any]) -> Any:
    """Turn an array of objects into the stack of the Tensors in it, or into a plain array.

    Takes time linear in the number of entries; the entries of one Tensor in their order, which
    is what ``np.asarray(t)`` makes, are that Tensor again.

    Raises:
        TypeError: an entry is neither a number nor a Tensor.
    """
    if array.ndim == 0:
        return _entry(array.item())
    parts = [lift(part) if isinstance(part, np.ndarray) else _entry(part) for part in array]
    traced = [part for part in parts if isinstance(part, Tensor)]
    if not traced:
        return np.array(parts)
    whole = _parts_of_one(parts)
    if whole is not None:
        return whole
    dtype = np.result_type(*(p.node.value if isinstance(p, Tensor) else p for p in parts))
    shape = traced[0].shape
    if any(np.shape(part) != shape for part in parts if not isinstance(part, Tensor)):
        raise TypeError(f"can't stack values of different shapes at {user_line()}")
    return registry[np.stack](
        [part if isinstance(part, Tensor) else np.asarray(part).astype(dtype)[()] for part in parts]
    )


def _entry(value: Any) -> Any:
    if isinstance(value, (Tensor, *_NUMBERS)):
        return value
    raise TypeError(
        f"an array of objects holds {describe(value)} at {user_line()}; expected numbers and "
        f"traced values"
    )


def _parts_of_one(parts: list[Any]) -> Tensor | None:
    """Recognize ``[t[0], t[1], ..., t[n-1]]`` as t."""
    getitem = registry["getitem"]
    source: Any = None
    for i, part in enumerate(parts):
        node = part.node if isinstance(part, Tensor) else None
        if node is None or node.primitive is not getitem or node.options.get("index") != i:
            return None
        if source is None:
            source = node.inputs[0]
        if node.inputs[0] is not source:
            return None
    if not isinstance(source, Node) or len(source.value) != len(parts):
        return None
    return Tensor(source)


registry["lift"] = lift
