"""Loops that a primitive writes itself, with the numbers of its options and shapes in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.compiler.native.moving_loops import concatenate_loops, scatter_loops
from autodiff.compiler.program import ProgramValue
from autodiff.core.cotangents import scatter
from autodiff.core.registry import registry
from autodiff.core.typing import Function

__all__ = ["has_written_loops", "written_loops"]


def has_written_loops(value: ProgramValue) -> bool:
    """Return whether the primitive of a value writes loops for it."""
    return written_loops(value, "out", [""] * len(value.inputs)) is not None


def written_loops(value: ProgramValue, out: str, names: list[str]) -> list[str] | None:
    """Return the lines of the loops that compute a value; None if its primitive writes none.

    Args:
        value: the value.
        out: the name of its array.
        names: those of its inputs.
    """
    primitive: Any = value.primitive
    write = primitive.loops or _LOOPS.get(primitive)
    operands = [x for x in value.inputs if isinstance(x, ProgramValue) and x.dtype == value.dtype]
    if write is None or not value.shape or len(operands) != len(value.inputs):
        return None
    if value.dtype not in (np.float32, np.float64):
        return None
    shapes = _by_name(primitive, [x.shape or () for x in operands])
    template = write({**shapes, "out": value.shape}, **value.options)
    if template is None:
        return None
    dtype = f"np.{np.dtype(value.dtype).name}"
    text: str = template.format(**_by_name(primitive, names), out=out, dtype=dtype)
    return text.splitlines()


def _by_name(primitive: Any, found: list[Any]) -> dict[str, Any]:
    """Return what belongs to the inputs of a primitive by their names, or by that of all."""
    if primitive.variadic is not None:
        return {primitive.variadic: found}
    return dict(zip(primitive.inputs, found, strict=True))


_LOOPS: dict[Any, Function] = {
    scatter: scatter_loops,
    registry[np.concatenate]: concatenate_loops,
}
"""The loops of primitives whose rules stand in rooms that know nothing of machine code."""
