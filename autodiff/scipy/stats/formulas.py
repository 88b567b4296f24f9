"""The slopes of a formula, as a rule needs them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autodiff.core.backward import Running, argument, sweep
from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function

__all__ = ["formula_slopes"]


def formula_slopes(
    formula: Function, arguments: Sequence[Array], wanted: Sequence[int], g: Array
) -> list[Array]:
    """Return the slopes of a formula in some of its arguments, and 0 for the others.

    It is ``ad.vjp``, without structures around the arrays.

    Args:
        formula: an elementwise function.
        arguments: numbers or arrays.
        wanted: the positions of those whose slopes are wanted, which are floats.
        g: the cotangent of the result.
    """
    slopes: list[Array] = [0.0] * len(arguments)
    if not wanted:
        return slopes
    running, values, nodes = Running(), list(arguments), []
    for i in wanted:
        x = arguments[i]
        origin = (x.node,) if isinstance(x, Tensor) else ()
        value = np.asarray(peek(x))[()]
        nodes.append(Node(value, argument, origin, {"name": "x", "running": running}))
        values[i] = Tensor(nodes[-1])
    try:
        out = formula(*values)
    finally:
        running.now = False
    if isinstance(out, Tensor):
        found, _ = sweep([(out.node, g)], nodes)
        for i, slope in zip(wanted, found, strict=True):
            slopes[i] = 0.0 if slope is None else slope
    return slopes
