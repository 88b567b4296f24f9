"""Run a recorded operation again, on other inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autodiff.core.cotangents import part
from autodiff.core.graph import Node
from autodiff.core.typing import Array

__all__ = ["rerun"]


def rerun(node: Node, inputs: Sequence[Array]) -> Any:
    """Return the result of a Node's operation on other inputs, plain or traced.

    A result is a tuple where the operation has several; an argument is its input itself.
    """
    primitive: Any = node.primitive
    if primitive is part:  # of a tuple, which no operation takes
        return inputs[0][node.options["number"]]
    return inputs[0] if primitive.is_start else primitive.apply(tuple(inputs), node.options)
