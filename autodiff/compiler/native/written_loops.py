"""Loops that a primitive writes itself, with the numbers of its options and shapes in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.compiler.native.scatter_loops import scatter_loops
from autodiff.compiler.program import ProgramValue
from autodiff.core.cotangents import scatter
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
    shapes = [x.shape or () for x in operands]
    if primitive.variadic is not None:
        named, known = {primitive.variadic: names}, {primitive.variadic: shapes}
    elif len(primitive.inputs) == len(operands):
        named = dict(zip(primitive.inputs, names, strict=True))
        known = dict(zip(primitive.inputs, shapes, strict=True))
    else:
        return None
    template = write({**known, "out": value.shape}, **value.options)
    if template is None:
        return None
    text: str = template.format(**named, out=out, dtype=f"np.{np.dtype(value.dtype).name}")
    return text.splitlines()


_LOOPS: dict[Any, Function] = {scatter: scatter_loops}
"""The loops of primitives of the core, which knows nothing of machine code."""
