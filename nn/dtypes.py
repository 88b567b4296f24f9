"""How dtypes combine in `nn.ops`: as in Keras, where integers never widen floats.

NumPy widens float32 beside an integer array; Keras doesn't.

>>> result_type("int32", "float32"), result_type("int32", float), result_type("uint8", "int8")
('float32', 'float32', 'int16')
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["FLOATX", "is_float_dtype", "is_int_dtype", "result_dtype", "result_type",
           "standardize_dtype"]  # fmt: skip

FLOATX = "float32"
_WEAK = (int, float, complex)  # the types of Python's numbers
_HALF = {"int64": "int32", "uint64": "uint32", "float64": FLOATX, "complex128": "complex64"}


def standardize_dtype(dtype: Any) -> str:
    """Return the name of a dtype; float32 for None.

    Raises:
        ValueError: NumPy has no such dtype.

    >>> standardize_dtype(int), standardize_dtype(float), standardize_dtype(np.float64)
    ('int32', 'float32', 'float64')
    >>> standardize_dtype(None)
    'float32'
    """
    if dtype is None or dtype is float:
        return FLOATX
    if dtype is int:
        return "int32"
    if dtype == "string" or getattr(dtype, "kind", "") == "U":
        return "string"
    try:
        return str(np.dtype(dtype).name)
    except TypeError as error:
        raise ValueError(
            f"expected the name of a dtype that NumPy has, got {dtype!r}. Write 'float32', 'int32' "
            "or 'bool', for example."
        ) from error


def is_float_dtype(dtype: Any) -> bool:
    """Return whether a dtype is one of floating-point numbers.

    >>> is_float_dtype("float16"), is_float_dtype("int32")
    (True, False)
    """
    return standardize_dtype(dtype).startswith("float")


def is_int_dtype(dtype: Any) -> bool:
    """Return whether a dtype is one of integers.

    >>> is_int_dtype("uint8"), is_int_dtype("bool")
    (True, False)
    """
    return standardize_dtype(dtype).startswith(("int", "uint"))


def result_type(*dtypes: Any) -> str:
    """Return the name of the dtype that dtypes combine to in Keras, of at most 32 bits.

    Args:
        dtypes: dtypes, or the types ``bool``, ``int`` and ``float`` of Python's numbers.

    >>> result_type("int32", "float32"), result_type("int32", int), result_type("int32", float)
    ('float32', 'int32', 'float32')
    >>> result_type("float32", complex)
    'complex64'
    """
    name = str(result_dtype(*dtypes).name)
    return _HALF.get(name, name)


def result_dtype(*dtypes: Any) -> np.dtype[Any]:
    """Return the dtype that operations compute in.

    It is that of `result_type`, but keeps 64 bits, which finite differences need.
    """
    weak = {dtype for dtype in dtypes if any(dtype is kind for kind in _WEAK)}
    strong = [np.dtype(dtype) for dtype in dtypes if not any(dtype is kind for kind in _WEAK)]
    if any(dtype.kind not in "biufc" for dtype in strong):  # strings and objects
        return np.result_type(*strong)
    inexact = [dtype for dtype in strong if dtype.kind in "fc"]
    if not inexact and weak & {float, complex}:
        inexact = [np.dtype(FLOATX)]
    if inexact:
        return np.result_type(*inexact, *([np.complex64] if complex in weak else []))
    whole = [dtype for dtype in strong if dtype.kind in "iu"]
    if not whole:
        return np.dtype("int32" if int in weak else bool if strong else FLOATX)
    combined = np.result_type(*whole)
    return np.dtype(FLOATX) if combined.kind == "f" else combined  # uint64 with signed integers
