"""One run of a function on traced inputs, operation by operation.

Loops aren't recorded as loops here, and a function that needs the numbers of integers, such as
``np.take``, becomes one opaque operation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.compiler.record import Guard
from autodiff.core.graph import Node
from autodiff.core.lift import as_operand
from autodiff.core.observer import Observer, observing
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array

__all__ = ["needed", "recorded"]


def recorded(
    function: Callable[..., Sequence[Array]], values: Sequence[Array]
) -> tuple[list[Node], list[Node | Array]]:
    """Return the Nodes of the inputs, and those of the results; plain values for constants.

    Args:
        function: takes as many arrays, and returns a sequence of results.
        values: the inputs.

    Raises:
        LinAlgError: a matrix of made-up numbers has no inverse, or no such factors.
        RecordingError: the function decides something by the numbers in its inputs.
        TypeError: a result isn't an array of numbers.
    """
    inputs = [Node(value) for value in values]
    guard = Guard(inputs, function)
    try:
        with observing(Observer(on_plain=guard)), np.errstate(all="ignore"):
            results = function(*map(Tensor, inputs))
    except np.linalg.LinAlgError as error:
        error.add_note(
            "Files of ONNX are recorded with made-up numbers, and have no such operation."
        )
        raise
    return inputs, list(map(_result, results))


def _result(x: Any) -> Node | Array:
    """Return the Node of a result, also of what ``np.array([a, b])`` makes of traced values."""
    if x is None:
        raise TypeError("expected an array for each result, got None. Return arrays.")
    if isinstance(x, list | tuple) or (isinstance(x, np.ndarray) and x.dtype == object):
        x = as_operand(x)
    return x.node if isinstance(x, Tensor) else x


def needed(results: Sequence[Any]) -> list[Node]:
    """Return the Nodes that the results were computed from, in the order of their creation."""
    found: dict[int, Node] = {}
    waiting = [result for result in results if type(result) is Node]
    while waiting:
        node = waiting.pop()
        if node.order not in found:
            found[node.order] = node
            waiting += [item for item in node.inputs if type(item) is Node]
    return [found[order] for order in sorted(found)]
