"""Outer values: the traced values that a function uses and that aren't among its arguments.

They are constants of a jitted function. Where their slopes would be lost, they are refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from types import FunctionType

import numpy as np

from autodiff.compiler.reachable_objects import global_variables, own_variables
from autodiff.compiler.record import Recording
from autodiff.core.backward import argument
from autodiff.core.errors import function_place
from autodiff.core.graph import START, Node, RecordingError, ancestors
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.transforms.closures import closed_over

__all__ = ["OuterValues"]


class OuterValues:
    """The traced values of outer scopes that a recording depends on.

    Args:
        recording: of a function.

    Raises:
        RecordingError: one depends on an argument of an outer ``grad``.
    """

    def __init__(self, recording: Recording) -> None:
        self._place = function_place(recording.function)
        self._names = []
        for node in closed_over(recording.roots, recording.since, set(recording.inputs)):
            if node.primitive.is_constant and node.primitive is not START:  # of stop_gradient, say
                continue
            name = _variable(node, recording.function)
            if _is_of_a_transform(node):
                raise RecordingError(self._refused(name))
            self._names.append(name)

    def check(self, leaves: Iterable[Array]) -> None:
        """Check that no slope is lost in a call.

        Args:
            leaves: of the arguments; some are traced.

        Raises:
            RecordingError: they aren't arguments of a transform, which computes their slopes
                alone, but Tensors, of which ``backward`` computes all.
        """
        traced = [x.node for x in leaves if isinstance(x, Tensor)] if self._names else []
        if traced and not any(map(_is_of_a_transform, traced)):
            raise RecordingError(self._refused(self._names[0]))

    def _refused(self, name: str) -> str:
        return (
            f"{self._place} uses {name}, a traced value of an outer function, which isn't among "
            f"its arguments: jit would keep its numbers, and its slope would be lost. Pass it as "
            f"an argument, or jit the outer function."
        )


def _is_of_a_transform(node: Node) -> bool:
    """Return whether a value depends on an argument of a transform that is running."""
    return any(x.primitive is argument and x.options["running"].now for x in ancestors([node]))


def _variable(node: Node, function: Function) -> str:
    """Return the name of a traced value that a function closes over, or of its origin."""
    function = inspect.unwrap(function)
    if isinstance(function, FunctionType):
        for name, x in (own_variables(function) | global_variables(function)).items():
            if isinstance(x, Tensor) and x.node is node:
                return name
    names = (str(x.options["name"]) for x in ancestors([node]) if x.primitive is argument)
    return next(names, f"a value of shape {np.shape(node.value)}")
