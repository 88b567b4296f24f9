"""Lowering: replace operations by the forms that NumPy and BLAS run fastest.

The rules don't change results beyond rounding. Each states the measured times (float32, one
thread). They depend on shapes alone, so that a program computes the same bits everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autodiff.compiler.blocks import in_blocks
from autodiff.compiler.loop import looped, looped_back
from autodiff.compiler.program import Operand, Program, ProgramValue
from autodiff.core import conversion
from autodiff.core.primitive import constant, primitive
from autodiff.core.registry import registry
from autodiff.core.typing import Array, Function
from autodiff.rules.selecting import where as _where
from autodiff.rules.shape import transpose

__all__ = ["lower"]

_NARROW, _WIDE = 48, 256  # lengths between which a product is transposed


def lower(program: Program, *, in_loop: bool = False) -> Program:
    """Replace the operations that have a faster form.

    Args:
        program: simplified.
        in_loop: whether it is the step of a loop.
    """
    repeated: dict[Any, ProgramValue] = {}
    lowered = program.mapped(lambda value: _lowered(value, repeated))
    if in_loop or any(v.primitive in (looped, looped_back) for v in lowered.values()):
        return lowered.mapped(in_blocks)
    return lowered


def _lowered(value: ProgramValue, repeated: dict[Any, ProgramValue]) -> ProgramValue:
    if value.primitive in _ARRAY_OPERAND_LIMITS:
        return _with_array_operand(value, repeated)
    if value.primitive is registry[np.matmul]:
        return _transposed_product(value)
    if value.primitive is registry[np.multiply]:
        return _with_tie_check(value)
    return value


@primitive
def extremum_cotangent(g: Array, z: Array, x: Array, y: Array) -> Array:
    """Return the cotangent of x in z = max(x, y) or min(x, y): g, 0, or g / 2 at a tie."""
    tied = x == y
    if np.count_nonzero(tied):
        g = np.where(tied, 0.5 * g, g)
    return g * (z == x)


constant(extremum_cotangent)


def _with_tie_check(value: ProgramValue) -> ProgramValue:
    """Compute ties only where there are any: 3.4 µs instead of 5.6 for 32×100 entries."""
    chosen, wins = value.inputs
    if not (_is(chosen, _where) and _is(wins, registry[np.equal])):
        return value
    tied, half, g = chosen.inputs
    if not (_is(tied, registry[np.equal]) and _is(half, registry[np.multiply])):
        return value
    (z, x), (a, b) = wins.inputs, tied.inputs
    other = b if x is a else a if x is b else None
    if half.inputs != (g, 0.5) or other is None or not _is(z, *_EXTREMES) or x not in z.inputs:
        return value
    return value.like(extremum_cotangent, g, z, x, other)


def _is(x: Operand, *primitives: Function) -> bool:
    return isinstance(x, ProgramValue) and x.primitive in primitives


def _with_array_operand(value: ProgramValue, repeated: dict[Any, ProgramValue]) -> ProgramValue:
    """Replace a number by an array that repeats it: 0.7 µs instead of 2.1 for 32×100 entries.

    That is for max(x, 0); for x > 0 it is 0.7 instead of 1.0, but 6.0 instead of 4.2 for 128×512.
    """
    if not value.shape or not 0 < _size(value) <= _ARRAY_OPERAND_LIMITS[value.primitive]:
        return value
    inputs = list(value.inputs)
    for i, x in enumerate(inputs):
        other = inputs[1 - i]
        if not isinstance(other, ProgramValue) or other.dtype not in (np.float32, np.float64):
            continue
        if type(x) in (int, float) and other.shape == value.shape:
            key = (other.shape, other.dtype, repr(float(x)))
            if key not in repeated:
                array = np.full(value.shape, x, other.dtype)
                name = "zeros" if x == 0 else "repeated"
                repeated[key] = ProgramValue(array.shape, array.dtype, memory=array, name=name)
            inputs[i] = repeated[key]
            return replace(value, inputs=tuple(inputs))
    return value


def _transposed_product(value: ProgramValue) -> ProgramValue:
    """Compute g @ W.T as (W @ g.T).T, with g.T copied: 8 µs instead of 12 for 32×100, 100×100.

    BLAS is slow with a transposed second matrix where the first has few rows.
    """
    g, turned = value.inputs
    if not (
        isinstance(g, ProgramValue)
        and isinstance(turned, ProgramValue)
        and turned.primitive is transpose
        and g.ndim == turned.ndim == 2
        and g.dtype == turned.dtype == value.dtype
        and value.dtype in (np.float32, np.float64)
    ):
        return value
    rows, inner = g.shape or ()
    if not (rows <= 64 and all(_NARROW < n <= _WIDE for n in turned.shape or ())):
        return value
    axes = (1, 0)
    across = replace(g.like(transpose, g, axes=axes), shape=(inner, rows), name="")
    copied = replace(across, primitive=conversion.copy, inputs=(across,), options={"order": "C"})
    product = replace(
        value, inputs=(turned.inputs[0], copied), shape=(value.shape or ())[::-1], name=""
    )
    return value.like(transpose, product, axes=axes)


def _size(value: ProgramValue) -> int:
    return int(np.prod(value.shape or (), dtype=int))


_EXTREMES = {registry[np.maximum], registry[np.minimum]}
_ARRAY_OPERAND_LIMITS = {  # up to so many entries
    **dict.fromkeys(_EXTREMES, 1 << 20),
    registry[np.greater]: 1 << 12,
}
