"""Left values: what a function has computed and left in a list or variable from outside.

A jitted function computes its results, and edits its arguments, in each call. What it puts
elsewhere it would put there once, while it is recorded, and code that reads it there would get the
numbers of the first call, with a slope of 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from autodiff.compiler.outer_arrays import arrays_of
from autodiff.compiler.reachable_objects import ReachableObjects
from autodiff.core.errors import function_place
from autodiff.core.graph import Node, ancestors
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Function

__all__ = ["left_value", "refused_left"]


def left_value(reachable: ReachableObjects, inputs: Sequence[Node], since: int) -> str:
    """Return where a recorded function has left a value that it computes, or "".

    Values that don't depend on its arguments, such as tables that it keeps, may stay.

    Args:
        reachable: of the function, the first root, and its arguments, after the run.
        inputs: the Nodes of its arguments' leaves.
        since: the newest Node when the recording began.
    """
    known = set(inputs)
    for name, x in arrays_of(reachable, end=reachable.ends[0]):
        is_new = isinstance(x, Tensor) and x.node.order > since
        if is_new and not known.isdisjoint(ancestors([x.node], stop=known)):
            return name
    return ""


def refused_left(function: Function, name: str) -> str:
    """Return the error message for a value that was left in a place of this name."""
    place = function_place(function)
    return (
        f"{place} puts a value that it computes into {name.removesuffix(f' of {place}')}, which is "
        f"outside of it: jit would do that once, while it records, and not in later calls. Return "
        f"the value, or write it to an array with ad.assign."
    )
