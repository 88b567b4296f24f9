"""Run a recorded operation again, on other inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from autodiff.core.cotangents import part
from autodiff.core.typing import Array

__all__ = ["rerun"]


class _Operation(Protocol):
    """A Node, or what else has an operation."""

    @property
    def primitive(self) -> Any: ...
    @property
    def options(self) -> Mapping[str, Any]: ...


def rerun(node: _Operation, inputs: Sequence[Array]) -> Any:
    """Return the result of a Node's operation on other inputs, plain or traced.

    A result is a tuple where the operation has several; an argument is its input itself.
    """
    if node.primitive is part:  # of a tuple, which no operation takes
        return inputs[0][node.options["number"]]
    return (
        inputs[0] if node.primitive.is_start else node.primitive.apply(tuple(inputs), node.options)
    )
