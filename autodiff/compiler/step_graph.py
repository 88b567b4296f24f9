"""The graph of one step of a loop: recorded once, and replayed on other values.

The step is a function of the carry and of one entry of each sequence. What else it uses, from
outside, is a constant of the loop: it may be traced too, such as the weights of a network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.compiler.effects import recording_a_step
from autodiff.compiler.record import Guard
from autodiff.compiler.step_effects import refusing_effects
from autodiff.core.errors import function_place
from autodiff.core.graph import Node, ancestors
from autodiff.core.observer import observing
from autodiff.core.primitive import parts_of
from autodiff.core.rerun import rerun
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.tracing.trail import Trail
from autodiff.transforms.pytree import flatten_result

__all__ = ["StepGraph", "in_order"]


class StepGraph:
    """One step of a loop, as a graph.

    Args:
        step: takes a carry and an entry, and returns the next carry and an output.
        carry: the leaves of the first carry.
        entries: the leaves of the first entry.
        call: makes the arguments of ``step`` from the leaves of both.
        names: those of the leaves of the first carry, as of ``flatten``.

    Attributes:
        constants: the traced values from outside that the step uses.
        output_structure: that of the output.
        results: the leaves of the next carry, then those of the output, then the checks: Nodes or
            plain arrays.
        carries: the number of leaves of the next carry.
        checks: the number of results that only check shapes.

    Raises:
        RecordingError: the step reads a traced number, draws at random, assigns to an array, or
            edits one that it doesn't take. (A value that it puts elsewhere is refused later.)
    """

    def __init__(
        self,
        step: Function,
        carry: Sequence[Array],
        entries: Sequence[Array],
        call: Callable[[list[Array]], tuple[Any, Any]],
        names: Sequence[str],
    ) -> None:
        self.name = getattr(step, "__name__", "step").strip("<>")
        self.starts = [Node(np.asarray(value, order="C")[()]) for value in (*carry, *entries)]
        guard = Guard(self.starts, step)
        with (
            recording_a_step(self.starts, step),
            refusing_effects(step),
            Trail() as trail,
            observing(guard.observer()),
        ):
            out = step(*call([Tensor(node) for node in self.starts]))
        guard.raise_caught()
        if not isinstance(out, tuple) or len(out) != 2:
            raise TypeError(
                f"expected {function_place(step)} to return a pair, the next carry and an output, "
                f"got {type(out).__name__}. Return (carry, output); None for no output."
            )
        leaves = in_order(step, names, *flatten_result(out[0], "carry")[:2])
        outputs, _, self.output_structure = flatten_result(out[1], "output")
        self.carries, self.checks = len(leaves), 0
        self.results = [
            x.node if isinstance(x, Tensor) else np.asarray(x)[()] for x in (*leaves, *outputs)
        ]
        named = (*self.starts, *(x for x in self.results if type(x) is Node))
        self._names = {node: trail.name(node) or "" for node in named}
        self._nodes = self._inner_nodes()
        self._check(guard.boxes)
        self.constants = self._constants()

    def names(self) -> list[str]:
        """Return the user's names for the values of the carry, the entries, and the constants."""
        every = (*self.starts, *self.constants)
        return [self._names.get(node) or f"x_{i}" for i, node in enumerate(every)]

    def name_of_result(self, place: int) -> str:
        """Return the user's name for a result."""
        result = self.results[place]
        return (type(result) is Node and self._names.get(result)) or f"y_{place}"

    def replay(self, values: Sequence[Array]) -> list[Array]:
        """Return the results for other values.

        Args:
            values: those of the carry, of the entries, and of the constants; plain or traced.
        """
        found: dict[Node, Any] = dict(zip((*self.starts, *self.constants), values, strict=True))
        for node in self._nodes:
            inputs = [found.get(x, x) if type(x) is Node else x for x in node.inputs]
            found[node] = rerun(node, inputs)
        return [found[x] if type(x) is Node else x for x in self.results]

    def _inner_nodes(self) -> list[Node]:
        """Return the Nodes that depend on the carry or an entry, in order."""
        roots = [x for x in self.results if type(x) is Node]
        inner = set(self.starts)
        found = []
        for node in ancestors(roots, stop=inner):
            if node not in inner and any(type(x) is Node and x in inner for x in node.inputs):
                inner.add(node)
                found.append(node)
        return found

    def _check(self, nodes: Sequence[Node]) -> None:
        """Add a result for each value of which no result uses an entry, but perhaps its length.

        So each step computes it, and compares its shape and dtype with the recording.
        """
        used = set(self._nodes)
        for node in nodes:
            if node not in used:
                value = parts_of(node)[0] if isinstance(node.value, tuple) else Tensor(node)
                check: Any = np.any(value)
                self.results.append(check.node)
                self.checks += 1
        self._nodes = self._inner_nodes()

    def _constants(self) -> list[Node]:
        known = {*self.starts, *self._nodes}
        used = [x for node in self._nodes for x in node.inputs] + self.results
        return list(dict.fromkeys(x for x in used if type(x) is Node and x not in known))


def in_order(
    step: Function, names: Sequence[str], leaves: Sequence[Array], found: Sequence[str]
) -> list[Array]:
    """Return the leaves of a carry in the order of the first one, which a dictionary may change.

    Raises:
        TypeError: their names are others.
    """
    if sorted(found) != sorted(names):
        raise TypeError(
            f"expected {function_place(step)} to return a carry of the same structure as it takes, "
            f"with {', '.join(names) or 'no arrays'}, got one with "
            f"{', '.join(found) or 'no arrays'}. Return the same structure."
        )
    named = dict(zip(found, leaves, strict=True))
    return [named[name] for name in names]
