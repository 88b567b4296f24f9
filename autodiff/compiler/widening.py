"""Widening: find Python floats that would change a dtype as inputs of a program.

For NumPy, a Python float is weak: ``x32 * 2.0`` stays float32. As an input of a program it is a
float64 scalar. With float64 arrays that makes no difference, and avoids a program for each number;
with a narrower array, the float must be part of the program.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.compiler.record import Recording
from autodiff.core.graph import Node, ancestors
from autodiff.core.registry import registry
from autodiff.core.typing import Array
from autodiff.rules.selecting import where

__all__ = ["widening"]

_NARROW = frozenset("efF")  # float16, float32, complex64
_CHOOSING = (where, registry[np.maximum], registry[np.minimum])


def widening(recording: Recording, numbers: Iterable[int]) -> frozenset[int]:
    """Return the positions of Python floats that are combined with a narrower array.

    Directly, or through values that are computed from such floats alone; or with an array that was
    widened before, as np.clip converts it to the dtype of its limits.
    """
    widened: set[Node] = set()
    made_of = {recording.inputs[i]: frozenset((i,)) for i in numbers}
    found: frozenset[int] = frozenset()
    for node in ancestors(recording.roots) if made_of else ():
        weak = [x for x in node.inputs if type(x) is Node and x in made_of]
        if not weak:
            is_chosen = node.primitive in _CHOOSING  # by np.select, or a limit of np.clip
            was_narrow = any(
                _is_narrow(x) or (is_chosen and type(x) is Node and x in widened)
                for x in node.inputs
            )
            if was_narrow and not _is_narrow(node):
                widened.add(node)
            continue
        others = [_dtype(x) for x in node.inputs if not (type(x) is Node and x in made_of)]
        sources = frozenset().union(*(made_of[x] for x in weak))
        if any(_is_narrow(x) or (type(x) is Node and x in widened) for x in node.inputs):
            found |= sources
        elif all(dtype is None for dtype in others):
            made_of[node] = sources
    return found


def _is_narrow(x: Node | Array) -> bool:
    dtype = _dtype(x)
    return dtype is not None and dtype.char in _NARROW


def _dtype(x: Node | Array) -> Any:
    return getattr(x.value if type(x) is Node else x, "dtype", None)
