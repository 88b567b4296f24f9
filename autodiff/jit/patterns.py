"""Patterns: what the rules of simplification ask of a value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.jit.program import Value

__all__ = ["Number", "is_like", "is_number", "is_real", "made_by", "shape_of", "size_of"]

Number = (int, float, complex, np.generic)


def is_like(value: Value, x: Any) -> bool:
    """Whether x has the shape and dtype of a value."""
    return isinstance(x, Value) and x.shape == value.shape and x.dtype == value.dtype


def made_by(x: Any, *what: Any) -> bool:
    """Whether a value was computed by one of these: NumPy's functions, or primitives."""
    return (
        isinstance(x, Value)
        and x.primitive is not None
        and (x.primitive in what or x.primitive.function in what)
    )


def is_number(x: Any, number: float) -> bool:
    """Whether an operand is this plain number."""
    return isinstance(x, Number) and bool(x == number)


def is_real(x: Any) -> bool:
    """Whether a value is of a float dtype: -x is exact, unlike in unsigned and the least integers.

    Complex numbers are none: a real factor has an imaginary part of 0, which makes or turns zeros.
    """
    return isinstance(x, Value) and x.dtype is not None and x.dtype.kind == "f"


def shape_of(x: Any) -> Any:
    """The shape of an operand; a number has none."""
    return x.shape if isinstance(x, Value) else np.shape(x)


def size_of(x: Any) -> int:
    """How many entries an operand has."""
    return math.prod(shape_of(x))
