"""Between arrays, dtypes and plain numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.dtypes import standardize_dtype
from nn.layers.spec import Spec
from nn.ops.arrays import as_array, cast_to, plain
from nn.ops.operation import operation
from nn.ops.selecting import refuse_sparse


@operation
def cast(x: Array, dtype: Any) -> Array:
    """Return an array in another dtype."""
    return cast_to(as_array(x), dtype)


@operation
def saturate_cast(x: Array, dtype: Any) -> Array:
    """Return an array in another dtype, entries beyond its range as its limits."""
    x, wanted = as_array(x), np.dtype(standardize_dtype(dtype))
    if x.dtype.kind == "b":
        return cast_to(x, wanted)
    (least, most), (low, high) = _ends(x.dtype), _ends(wanted)
    low, high = max(low, least), min(high, most)
    if x.dtype.kind in "iu":
        return cast_to(np.clip(x, int(low), int(high)), wanted)
    # The largest float up to the limit: 2**31 - 1 isn't one in float32.
    last = x.dtype.type(high)
    last = last if last.item() <= high else np.nextafter(last, x.dtype.type(0))
    return cast_to(np.clip(x, x.dtype.type(low), last), wanted)


def _ends(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return the least and the greatest number of a dtype, exactly."""
    if dtype.kind == "b":
        return 0, 1
    if dtype.kind in "iu":
        return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    return float(np.finfo(dtype).min), float(np.finfo(dtype).max)


def convert_to_tensor(x: Array, dtype: Any = None, sparse: Any = None, ragged: Any = None) -> Array:
    """Return numbers as an array; arrays, Tensors and Symbols unchanged unless a dtype is given.

    Args:
        x: numbers, also in lists.
        dtype: by default that of arrays, float32 for Python's floats, int32 for its integers.
        sparse: True is refused.
        ragged: True is refused.

    >>> convert_to_tensor([1.0, 2.0])
    array([1., 2.], dtype=float32)
    """
    refuse_sparse("convert_to_tensor", bool(sparse))
    if ragged:
        raise NotImplementedError(
            "convert_to_tensor expects ragged=False, got True: there are no ragged tensors. "
            "Pad the rows: nn.utils.pad_sequences."
        )
    if isinstance(x, Spec):
        return x if dtype is None else cast(x, dtype)
    return as_array(x, dtype)


def convert_to_numpy(x: Array) -> np.ndarray:
    """Return a copy of the numbers as a plain array, without a trace.

    Raises:
        RecordingError: a step is being recorded, in which values have no numbers yet.
    """
    return plain(x)


def is_tensor(x: Any) -> bool:
    """Return whether x is an array or a Tensor."""
    return isinstance(x, np.ndarray | np.generic | ad.Tensor)


def shape(x: Array) -> tuple[int | None, ...]:
    """Return the length of each axis; of a Symbol None where it isn't known."""
    return tuple(x.shape if isinstance(x, Spec) else as_array(x).shape)


def ndim(x: Array) -> int:
    """Return the number of axes."""
    return len(shape(x))


def size(x: Array) -> int:
    """Return the number of entries."""
    return int(as_array(x).size)


def dtype(x: Array) -> str:
    """Return the name of the dtype."""
    return standardize_dtype(x.dtype if isinstance(x, Spec) else as_array(x).dtype)
