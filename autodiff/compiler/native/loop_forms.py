"""Forms for loops: sums instead of products with ones."""

from __future__ import annotations

import math

import numpy as np

from autodiff.compiler.program import Operand, Program, ProgramValue
from autodiff.core.registry import registry
from autodiff.rules.masked import total

__all__ = ["for_loops"]


def for_loops(program: Program) -> Program:
    """Return the program with sums over rows or columns in place of products with ones."""
    return program.mapped(_as_sum)


def _as_sum(value: ProgramValue) -> ProgramValue:
    if value.primitive is not registry[np.matmul]:
        return value
    x, y = value.inputs
    if _is_ones(x) and _is_small_matrix(y) and y.dtype == value.dtype:
        return value.like(total, y, axis=0)
    if _is_ones(y) and _is_small_matrix(x) and x.dtype == value.dtype:
        return value.like(total, x, axis=1)
    return value


_MOST = 1 << 17  # entries; BLAS sums larger matrices faster


def _is_small_matrix(x: Operand) -> bool:
    return isinstance(x, ProgramValue) and x.ndim == 2 and math.prod(x.shape or ()) <= _MOST


def _is_ones(x: Operand) -> bool:
    return (
        isinstance(x, ProgramValue)
        and x.is_constant
        and isinstance(x.memory, np.ndarray)
        and x.ndim == 1
        and bool((x.memory == 1).all())
    )
