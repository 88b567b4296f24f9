"""Closures: the traced values that a function uses besides its arguments.

A solver of another library calls the user's function with plain numbers. What the function closes
over stays traced: its results are Tensors then, and the graph has the values that they depend on.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.backward import sweep
from autodiff.core.broadcasting import unbroadcast
from autodiff.core.errors import function_place
from autodiff.core.graph import NeedsNumbersError, Node, RecordingError, between
from autodiff.core.tensor import Tensor, plain
from autodiff.core.typing import Array, Function
from autodiff.transforms.bound import running_again
from autodiff.transforms.gradients import Trace
from autodiff.transforms.opaque import is_smooth
from autodiff.transforms.slots import emptied, filled

__all__ = ["Rerun", "Watched", "closed_over", "newest", "recomputed"]


def newest() -> int:
    """Return a creation number: earlier Nodes have smaller ones, later Nodes larger ones."""
    return Node(None).order


def closed_over(results: Iterable[Node], since: int, stop: Container[Node] = ()) -> list[Node]:
    """Return the smooth Nodes from before ``since`` that results depend on, without those between.

    Args:
        results: Nodes made since then.
        since: a creation number.
        stop: Nodes whose inputs don't count: the arguments of a trace.
    """
    found: dict[Node, None] = {}
    seen = set(results)
    stack = list(seen)
    while stack:
        node = stack.pop()
        if node.order < since:
            if node.value.dtype.kind in "fc":
                found[node] = None
        elif node not in stop and not node.primitive.is_constant:
            parents = [p for p in node.inputs if type(p) is Node and p not in seen]
            seen.update(parents)
            stack += parents
    return sorted(found, key=lambda node: node.order)


def recomputed(result: Node, moved: Mapping[Node, Array]) -> Array:
    """Return the value that a result would have for other values of Nodes that it depends on.

    Args:
        result: a Node.
        moved: the other values. A result of ``if`` and the like stays as it was.
    """
    values: dict[Node, Array] = dict(moved)
    for node in between([result], list(moved)).order if moved else ():
        inputs = [values.get(x, x.value) if type(x) is Node else x for x in node.inputs]
        primitive: Any = node.primitive
        values[node] = primitive.evaluate(*inputs, **node.options)
    return values.get(result, result.value)


class Watched:
    """A function whose results are made plain, for a caller that can't carry traced values.

    Attributes:
        closed: the Nodes that the results depended on so far, though the arguments are plain.
    """

    def __init__(self, function: Function) -> None:
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.closed: dict[Node, None] = {}
        self._since = newest()

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Return the function's result, with plain values for the traced ones in it."""
        out = self.function(*args, **kwargs)
        if type(out) is float or (isinstance(out, (np.ndarray, np.generic)) and out.dtype != "O"):
            return out  # the fast path
        template, traced = emptied(out)
        if not traced:
            return out
        self.closed.update(dict.fromkeys(closed_over([t.node for t in traced], self._since)))
        try:
            return filled(template, list(map(plain, traced)))
        except NeedsNumbersError as error:
            raise RecordingError(
                f"{function_place(self.function)} closes over a traced value, and is called with "
                f"plain numbers: its results are unknown while jit records. Pass the traced value "
                f"as an argument (args=)."
            ) from error


class Rerun:
    """A run of a function on traced arguments, which may be pulled back several times.

    Args:
        caller: the name of SciPy's function that calls the user's.
        closed: all Nodes that the function closes over.
        function: returns a tuple.
        values: its arguments.

    Raises:
        RuntimeError: the function closes over other Nodes.
    """

    def __init__(
        self, caller: str, closed: Sequence[Node], function: Function, values: Sequence[Array]
    ) -> None:
        wanted = [i for i, value in enumerate(values) if is_smooth(value)]

        def of_smooth(*smooth: Array) -> tuple[Array, ...]:
            arguments = list(values)
            for i, value in zip(wanted, smooth, strict=True):
                arguments[i] = value
            return tuple(function(*arguments))

        since = newest()
        with running_again():
            trace = Trace(of_smooth, range(len(wanted)), tuple(values[i] for i in wanted), {})
        self._results = [z.node if isinstance(z, Tensor) else None for z in trace.out]
        self._starts = [*trace.nodes, *closed]
        found = closed_over([node for node in self._results if node], since, trace.nodes)
        if not all(node in closed for node in found):
            raise RuntimeError(
                f"expected the function that {caller} calls to close over the same traced values "
                f"in each run, got another one, which was edited or replaced in between. Pass it "
                f"as an argument (args=), or close over a copy (w = w.copy())."
            )

    def pulled_back(self, cotangents: Sequence[Array], record: bool) -> list[Array]:
        """Return the cotangents of the smooth arguments, then those of the closed-over Nodes.

        Args:
            cotangents: one for each result.
            record: whether to record them as a graph, as functions of what is traced.
        """
        pairs = zip(self._results, cotangents, strict=True)
        results = [(node, unbroadcast(g, node.value)) for node, g in pairs if node]
        slopes, _ = sweep(results, self._starts, record=record)
        return [
            np.zeros_like(node.value)[()] if slope is None else slope
            for slope, node in zip(slopes, self._starts, strict=True)
        ]
