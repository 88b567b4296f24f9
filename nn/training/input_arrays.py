"""The inputs of a model as arrays of the dtypes that it expects: numbers, bools or strings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.conversion import as_floats, as_numbers
from nn.layers.preprocessing.data import as_data

__all__ = ["as_input_array"]


def as_input_array(name: str, value: object, dtype: Any) -> NDArray[Any]:
    """Convert the values of one input to an array.

    Args:
        name: the argument's name, for errors.
        value: numbers in any container; strings where ``dtype`` is that of strings, or None.
        dtype: what the model expects: floats, integers, bools or strings; None keeps integers,
            bools and strings, and converts other numbers to float32.

    >>> as_input_array("x", [[1, 2]], np.int32)
    array([[1, 2]], dtype=int32)
    """
    kind = None if dtype is None else np.dtype(dtype).kind
    if kind == "f":
        return as_floats(name, value)
    if kind == "U":
        return _widened(np.asarray(as_data(value)).astype(str))
    strings = np.asarray(value.to_numpy() if hasattr(value, "to_numpy") else value)
    is_text = strings.dtype.kind in "US" or (
        strings.dtype.kind == "O" and all(isinstance(item, str) for item in strings.flat)
    )
    if kind is None and is_text and strings.ndim:
        return _widened(strings.astype(str))
    if kind is None and strings.dtype.kind == "b":
        return strings
    numbers = as_numbers(name, value)
    return numbers if kind is None else numbers.astype(dtype)


def _widened(strings: NDArray[Any]) -> NDArray[Any]:
    """Return strings in a dtype whose length is a power of 2, so that batches of a stream have few.

    A step is recorded for each dtype.
    """
    length = max(strings.dtype.itemsize // 4, 1)  # of 4 bytes per character
    return strings.astype(f"U{1 << (length - 1).bit_length()}", copy=False)
