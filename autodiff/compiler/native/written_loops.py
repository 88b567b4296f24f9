"""Loops that a primitive writes itself, with the numbers of its options and shapes in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.compiler.native.scalars import DTYPES
from autodiff.compiler.program import ProgramValue

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
    operands = [x for x in value.inputs if isinstance(x, ProgramValue) and x.dtype in DTYPES]
    if primitive.loops is None or not value.shape or len(operands) != len(primitive.inputs):
        return None
    shapes = {name: x.shape for name, x in zip(primitive.inputs, operands, strict=True)}
    template = primitive.loops({**shapes, "out": value.shape}, **value.options)
    if template is None:
        return None
    named = dict(zip(primitive.inputs, names, strict=True))
    text: str = template.format(**named, out=out, dtype=f"np.{np.dtype(value.dtype).name}")
    return text.splitlines()
