"""Patterns: tests of values for the rules of simplification."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.compiler.program import Operand, ProgramValue
from autodiff.core.typing import Function

__all__ = ["Number", "is_like", "is_number", "is_real", "produced_by", "shape_of", "size_of"]

Number = (int, float, complex, np.generic)


def is_like(value: ProgramValue, x: Operand) -> bool:
    """Return whether x has the shape and dtype of a value."""
    return isinstance(x, ProgramValue) and x.shape == value.shape and x.dtype == value.dtype


def produced_by(x: Operand, *functions: Function) -> bool:
    """Return whether a value was computed by one of these NumPy functions or primitives."""
    return (
        isinstance(x, ProgramValue)
        and x.is_computed
        and (x.primitive in functions or x.primitive.function in functions)
    )


def is_number(x: Operand, number: float) -> bool:
    """Return whether an operand is this plain number."""
    return isinstance(x, Number) and bool(x == number)


def is_real(x: Operand) -> bool:
    """Return whether a value has a float dtype, in which -x is exact, unlike in integer ones.

    Complex numbers don't count: the imaginary part 0 of a real factor changes signs of zeros.
    """
    return isinstance(x, ProgramValue) and x.dtype is not None and x.dtype.kind == "f"


def shape_of(x: Operand) -> Any:
    """Return the shape of an operand; () for a number."""
    return x.shape if isinstance(x, ProgramValue) else np.shape(x)


def size_of(x: Operand) -> int:
    """Return the number of entries of an operand."""
    return math.prod(shape_of(x))
