"""The arguments of operations as arrays, in the dtype that Keras computes in.

A Python number takes the dtype of the arrays beside it, and is float32 or int32 on its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array
from nn import tree
from nn.conversion import as_real, not_rows
from nn.dtypes import FLOATX, result_dtype, standardize_dtype
from nn.layers.weight import Weight

__all__ = ["as_array", "cast_to", "floats", "plain", "promoted", "promoted_list", "summed_dtype"]

_NUMBERS = (bool, int, float, complex)


def as_array(x: Array, dtype: Any = None) -> Array:
    """Return arrays and Tensors unchanged, and numbers, lists, frames and weights as arrays.

    Args:
        x: numbers of any shape.
        dtype: the dtype of the result; by default that of arrays, float32 for Python's floats and
            int32 for its integers.

    Raises:
        TypeError: x isn't an array or a list of numbers or strings.
        ValueError: its rows differ in length.

    >>> as_array([1, 2]).dtype, as_array([1, 2.5]).dtype, as_array(np.ones(2)).dtype
    (dtype('int32'), dtype('float32'), dtype('float64'))
    """
    x = _unwrapped(x)
    if isinstance(x, dict):
        raise not_rows("x", x)
    if hasattr(x, "__array_ufunc__"):
        if x.dtype.kind in "OMmV" or isinstance(x, np.ma.MaskedArray):
            x = as_real("x", x)
        return x if dtype is None else cast_to(x, dtype)
    leaves = tree.leaves(x)
    if any(hasattr(leaf, "__array_ufunc__") for leaf in leaves):
        found = np.stack([as_array(part) for part in promoted_list(x)])
        return found if dtype is None else cast_to(found, dtype)
    if dtype is None and leaves and all(isinstance(leaf, _NUMBERS) for leaf in leaves):
        dtype = result_dtype(*map(_kind, leaves))
    if dtype is None and not leaves:
        dtype = FLOATX
    return _converted(x, None if dtype is None else _numpy_dtype(dtype))[()]


def _converted(x: Any, dtype: np.dtype[Any] | None) -> np.ndarray:
    """Return numbers or strings as an array; raise an error that names what isn't one."""
    try:
        found = np.asarray(x, dtype)
    except (TypeError, ValueError, OverflowError):
        as_real("x", x)  # raises an error that says which entry it is
        raise
    return as_real("x", x) if found.dtype.kind in "OMmV" else found


def cast_to(x: Array, dtype: Any) -> Array:
    """Return an array in a dtype: itself where it has this dtype."""
    wanted = _numpy_dtype(dtype)
    return x if x.dtype == wanted else x.astype(wanted)


def floats(x: Array) -> Array:
    """Return an array in a float dtype: integers and bools become float32."""
    x = as_array(x)
    return x if x.dtype.kind in "fc" else x.astype(FLOATX)


def promoted(*values: Any, as_float: bool = False) -> Any:
    """Return arrays in the dtype that they combine to; numbers beside arrays stay numbers.

    Args:
        values: arrays and numbers.
        as_float: whether integers become float32.
    """
    found = [x if isinstance(x, _NUMBERS) else as_array(x) for x in values]
    dtype = result_dtype(*map(_kind, found), *([float] if as_float else ()))
    alone = all(isinstance(x, _NUMBERS) for x in found)
    return tuple(
        (as_array(x, dtype) if alone else x) if isinstance(x, _NUMBERS) else cast_to(x, dtype)
        for x in found
    )


def promoted_list(values: Any) -> list[Array]:
    """Return the arrays of a list, or the rows of an array, in the dtype that they combine to."""
    if values is None or isinstance(values, dict | set | frozenset):
        raise not_rows("x", values)
    found = [as_array(x) for x in values]
    dtype = result_dtype(*(x.dtype for x in found))
    return [cast_to(x, dtype) for x in found]


def plain(x: Array) -> np.ndarray:
    """Return a copy of the numbers of an array, a Tensor or a weight, without its trace."""
    x = as_array(x)
    return np.array(x) if isinstance(x, np.ndarray | np.generic) else x.numpy()


def summed_dtype(x: Array) -> np.dtype[Any]:
    """Return the dtype of sums: that of the entries, or of at least 32 bits for integers."""
    is_small = x.dtype.kind in "biu" and x.dtype.itemsize < 4
    return np.dtype("int32") if is_small else x.dtype


def _kind(x: Array) -> Any:
    """Return the dtype of an array, and the type of a number of Python's."""
    if hasattr(x, "dtype"):
        return x.dtype
    return next(kind for kind in _NUMBERS if isinstance(x, kind))


def _unwrapped(x: Array) -> Array:
    if isinstance(x, Weight):
        return x.value
    return x.to_numpy() if hasattr(x, "to_numpy") else x


def _numpy_dtype(dtype: Any) -> np.dtype[Any]:
    name = standardize_dtype(dtype)
    return np.dtype("str" if name == "string" else name)
