"""Forms for loops: sums instead of products with ones, and numbers in the dtype of their arrays."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from autodiff.compiler.program import Operand, Program, ProgramValue
from autodiff.core import conversion
from autodiff.core.registry import registry
from autodiff.rules.masked import total

__all__ = ["for_loops"]


def for_loops(program: Program) -> Program:
    """Return the program with the forms that are the fastest in loops.

    Products with ones become sums over rows or columns. ``x *= s`` of a float32 array and a float64
    number is computed in float32, as it is with a number of Python.
    """
    return program.mapped(lambda value: _narrowed(_as_sum(value)))


def _narrowed(value: ProgramValue) -> ProgramValue:
    if value.primitive is not conversion.astype or value.dtype != np.float32:
        return value
    wide = value.inputs[0]
    if wide.primitive not in _ARITHMETIC or wide.dtype != np.float64:
        return value
    inputs = [
        replace(
            x, dtype=value.dtype, primitive=conversion.astype, inputs=(x,),
            options={"dtype": value.dtype}, memory=None, is_live=False,
        )
        if isinstance(x, ProgramValue) and not x.shape and x.dtype == np.float64
        else x
        for x in wide.inputs
    ]  # fmt: skip
    inputs = [x.item() if isinstance(x, np.generic) else x for x in inputs]  # weak, as Python's
    if any(isinstance(x, ProgramValue) and x.dtype != np.float32 for x in inputs):
        return value
    if any(isinstance(x, np.generic) for x in inputs):  # a long double
        return value
    return value.like(wide.primitive, *inputs)


_ARITHMETIC = {registry[f] for f in (np.add, np.subtract, np.multiply, np.divide)}


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
