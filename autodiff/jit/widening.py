"""Widening: where one of Python's floats, as an input, would change a dtype.

To NumPy a Python float is weak: ``x32 * 2.0`` stays float32. As an input of a program it is a
float64 number, which is the same beside float64 arrays and quicker than a program for each number.
Where it meets a narrower array, it must be part of the program.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autodiff.graph import Node
from autodiff.jit.program import reachable
from autodiff.jit.record import Recording

__all__ = ["widening"]

_NARROW = frozenset("efF")  # float16, float32, complex64


def widening(recording: Recording, numbers: Iterable[int]) -> frozenset[int]:
    """Find those of some inputs, Python's floats, that meet a narrower array in a recording.

    Also by way of what is computed from such numbers alone.
    """
    made_of = {recording.inputs[i]: frozenset((i,)) for i in numbers}
    found: frozenset[int] = frozenset()
    for node in reachable(recording.roots) if made_of else ():
        weak = [x for x in node.inputs if type(x) is Node and x in made_of]
        if not weak:
            continue
        others = [_dtype(x) for x in node.inputs if not (type(x) is Node and x in made_of)]
        sources = frozenset().union(*(made_of[x] for x in weak))
        if any(dtype is not None and dtype.char in _NARROW for dtype in others):
            found |= sources
        elif all(dtype is None for dtype in others):
            made_of[node] = sources
    return found


def _dtype(x: Any) -> Any:
    return getattr(x.value if type(x) is Node else x, "dtype", None)
