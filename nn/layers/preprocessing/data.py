"""Data for preprocessing layers: arrays, lists, frames and strings, or batches of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

import numpy as np

from nn import tree
from nn.conversion import not_rows
from nn.layers.call_inputs import holds_arrays

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["as_data", "batches_in", "checked_integers", "checked_strings", "is_batch"]


def as_data(value: Any) -> Any:
    """Convert a list, a frame or a value to an array that keeps integers and strings.

    Arrays in a structure are converted, one by one; anything else stays, such as a Symbol.

    Raises:
        ValueError: a list isn't rectangular.

    >>> as_data([["a", "bc"]])
    array([['a', 'bc']], dtype='<U2')
    """
    if hasattr(value, "to_numpy"):  # a DataFrame or a Series
        value = value.to_numpy()
    if tree.is_structure(value):
        if isinstance(value, dict) or holds_arrays(value):
            return tree.map_leaves(as_data, value)
        value = _rectangular(value)
    if isinstance(value, str | bytes | int | float) and not isinstance(value, bool):
        value = np.asarray(value)
    is_text = isinstance(value, np.ndarray) and value.dtype.kind in "SO"
    return _as_strings(value) if is_text else value


def is_batch(data: Any) -> bool:
    """Return whether data is an array, a list of values or a frame; otherwise it has batches."""
    is_list = isinstance(data, list | tuple) and not holds_arrays(data)
    return is_list or hasattr(data, "shape") or hasattr(data, "to_numpy")


def batches_in(data: Any, steps: int | None = None) -> Iterator[Any]:
    """Return the batches of what a layer adapts to, each an array.

    Args:
        data: an array, a list of numbers or strings, a frame: one batch; or an iterable of batches,
            or a `PyDataset`. Of a batch ``(x, y)`` the first is taken.
        steps: the number of batches to take; all by default.
    """
    if is_batch(data):
        return iter([as_data(data)])
    if data is None or isinstance(data, str | bytes | Mapping | AbstractSet):
        raise not_rows("data", data)
    batches = data
    if hasattr(data, "__getitem__") and hasattr(data, "__len__"):
        batches = (data[index] for index in range(len(data)))
    inputs = (batch[0] if isinstance(batch, tuple) else batch for batch in batches)
    return itertools.islice(map(as_data, inputs), steps)


def checked_strings(name: str, x: np.ndarray) -> np.ndarray:
    """Return strings, or raise a TypeError with the name of the layer."""
    if x.dtype.kind != "U" and x.size:
        raise TypeError(
            f"layer {name!r} expects strings, got an array of {x.dtype}. Write x.astype(str), or "
            "use a layer for numbers, such as IntegerLookup."
        )
    return x if x.size else x.astype(str)


def checked_integers(name: str, x: np.ndarray) -> np.ndarray:
    """Return whole numbers as int64, or raise an error with the name of the layer."""
    if x.dtype.kind not in "iubf":
        raise TypeError(
            f"layer {name!r} expects whole numbers, got an array of {x.dtype}. Use StringLookup "
            "for strings."
        )
    if x.dtype.kind == "f" and not np.array_equal(x, np.trunc(x)):
        raise ValueError(
            f"layer {name!r} expects whole numbers, got {x[x != np.trunc(x)].flat[0]}. Round them, "
            "or use Discretization."
        )
    return x.astype(np.int64)


def _rectangular(value: Any) -> np.ndarray:
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(
            "expected rows of one length, got rows of different lengths. Pad them: "
            "nn.utils.pad_sequences(rows, dtype=object, value='') for strings."
        ) from error


def _as_strings(values: np.ndarray) -> np.ndarray:
    """Convert bytes, and objects that are all strings, to strings; numbers in objects to numbers.

    Raises:
        TypeError: strings are mixed with something else, such as None.
    """
    if values.dtype.kind == "S":
        return np.char.decode(values, "utf-8")
    kinds = {type(item) for item in values.flat}
    if kinds <= {bytes}:
        return np.char.decode(values.astype(bytes), "utf-8")
    if all(issubclass(kind, str) for kind in kinds):
        return values.astype(str)
    if any(issubclass(kind, str) for kind in kinds):
        place = next(i for i, item in np.ndenumerate(values) if not isinstance(item, str))
        raise TypeError(
            f"expected strings, got {values[place]!r} at {place}. Fill in what is missing, "
            "data.fillna('') with pandas, or convert all to strings."
        )
    return np.asarray(values.tolist())
