"""Operands of composites: lists as arrays, values in another dtype, no ``out=`` by position."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.dispatch import cast
from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand, plain_parts
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array

__all__ = ["as_array", "in_dtype", "promoted", "refuse_out", "weak"]


def as_array(x: Array) -> Array:
    """Return a Tensor as it is, a list with Tensors as their stack, other numbers as an array."""
    operand = as_operand(x)
    return operand if isinstance(operand, Tensor) else np.asarray(operand)


def in_dtype(x: Array, dtype: np.dtype[Any]) -> Array:
    """Return an operand in a dtype: a Tensor, an array, or a NumPy scalar for a number."""
    x = as_operand(x) if isinstance(x, (list, tuple)) else x
    if isinstance(x, Tensor):
        return x if x.dtype == dtype else cast(x, dtype)
    plain_parts(x)
    if x is None:  # which NumPy would convert to NaN
        raise TypeError(f"expected a number or an array, got None at {user_line()}. Pass a number.")
    return np.asarray(x, dtype)[()]


def promoted(*arrays: Array) -> list[Array]:
    """Return arrays in their common dtype, to which SciPy converts them before it computes."""
    operands = list(map(as_array, arrays))
    common = np.result_type(*(x.dtype for x in operands))
    return [in_dtype(x, common) for x in operands]


def refuse_out(out: Array | None) -> None:
    """Raise a NotImplementedError for ``out=`` by position; by name, dispatch has taken it."""
    if out is not None:
        raise NotImplementedError(f"pass out= by name, not by position ({user_line()})")


def weak(x: Array) -> Array:
    """Return the operand for type promotion: a plain array, or a Python number, which is weak."""
    return x if type(x) in (int, float, complex) else np.asarray(peek(x))
