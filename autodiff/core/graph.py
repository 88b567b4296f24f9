"""The graph: a record of each operation and of the values that it was computed from.

Running code on Tensors records one Node per operation, each with references to its input Nodes.
Gradients, pictures, derivations and generated source are all computed from this one graph.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, final

from autodiff.core.observer import notify_node, observers
from autodiff.core.typing import Array, Function

if TYPE_CHECKING:
    from autodiff.core.primitive import Primitive

__all__ = [
    "NO_OPTIONS", "START", "NeedsNumbersError", "Node", "RecordingError", "Subgraph", "ancestors",
    "between", "name_of",
]  # fmt: skip

NO_OPTIONS: Mapping[str, Any] = {}

_next_order = count(1).__next__
_by_order = attrgetter("order")


class Start:
    """The operation of a Node that starts a graph: its value wasn't computed from anything."""

    name = "start"
    function = None
    is_start = is_constant = True
    is_fresh = False
    is_view = is_elementwise = is_inline = False

    def __repr__(self) -> str:
        return "<start>"


START: Any = Start()


@final
class Node:
    """One recorded value: an immutable record of how it was computed.

    Attributes:
        value: the number or array; a 0-d value is a NumPy scalar.
        primitive: the operation; ``START`` for a value that starts a graph (``ad.tensor``).
        inputs: the operation's inputs, in order: Nodes, or constants as they are.
        options: its keyword options, such as ``axis``.
        order: the creation number; inputs always have smaller ones.
        slope: the slope that ``backward()`` computed. The only field that is set later, and only
            for the user: the engine doesn't read it.
    """

    __slots__ = ("inputs", "options", "order", "primitive", "slope", "value")

    slope: Array

    def __init__(
        self,
        value: Array,
        primitive: Primitive = START,
        inputs: tuple[Node | Array, ...] = (),
        options: Mapping[str, Any] = NO_OPTIONS,
    ) -> None:
        self.value = value
        self.primitive = primitive
        self.inputs = inputs
        self.options = options
        self.order = _next_order()
        if observers:
            notify_node(self.order)

    def __repr__(self) -> str:
        return f"<Node {self.order}: {name_of(self.primitive, self.options)}>"


def name_of(primitive: Primitive, options: Mapping[str, Any]) -> str:
    """Return the name of an operation; of an opaque one, that of the function that it calls."""
    return getattr(options.get("call"), "__name__", primitive.name)


class RecordingError(TypeError):
    """Raised where ``jit`` can't record an operation; the message lists the alternatives.

    >>> import autodiff as ad
    >>> @ad.jit
    ... def positive(x):
    ...     return x if x > 0 else 0.0
    >>> try:
    ...     positive(1.0)
    ... except ad.RecordingError as error:
    ...     print("decision" in str(error))
    True
    """


class NeedsNumbersError(RecordingError):
    """Raised by an observer of ``"plain"``: a function needs plain arrays to compute its result.

    The NumPy function, or rule, that needs them is then recorded as a single operation.

    Args:
        message: for where that isn't possible.
        boxed: records it: takes the function, its arguments and options, and returns the result.
    """

    def __init__(self, message: str, boxed: Function) -> None:
        super().__init__(message)
        self.boxed = boxed


def ancestors(nodes: Iterable[Node], stop: Container[Node] = ()) -> list[Node]:
    """Return the Nodes and all that they were computed from, in creation order.

    Args:
        nodes: the Nodes to start from.
        stop: Nodes whose inputs aren't visited.
    """
    seen = set(nodes)
    stack = list(seen)
    while stack:
        node = stack.pop()
        if node in stop:
            continue
        for parent in node.inputs:
            if type(parent) is Node and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=_by_order)


class Subgraph(NamedTuple):
    """The Nodes on the paths from the starts of a graph to its results.

    Attributes:
        order: the intermediate Nodes and the results, in creation order, without the starts.
        relevant: the same and the starts, as a set.
        starts: the arguments.
        outside: whether the results also depend on a traced value from outside, on a trace that is
            running, or on what each call of a recording reads or draws, so that a slope is itself a
            function of it.
    """

    order: list[Node]
    relevant: set[Node]
    starts: Sequence[Node]
    outside: bool


def between(results: Iterable[Node], arguments: Sequence[Node] | None = None) -> Subgraph:
    """Return the Nodes that lie on a path from ``arguments``, or any start, to ``results``.

    Nodes older than the arguments aren't visited: they can't depend on them.
    """
    starts: Any = [] if arguments is None else arguments
    oldest = min((node.order for node in starts), default=0)
    seen = set(starts)
    outside = any(node.inputs for node in starts)
    pure = True  # no constant, and no start of another graph: every Node is relevant
    found: list[Node] = []
    pending: list[Iterable[Node | Array]] = [results]
    for nodes in pending:  # grows during the loop
        for node in nodes:
            if type(node) is not Node or node in seen:
                continue
            if node.order < oldest:
                outside = True
                pure = False
                continue
            seen.add(node)
            primitive = node.primitive
            if arguments is None and primitive.is_start:
                outside = outside or (primitive is not START and node.options["running"].now)
                if not node.inputs:
                    starts.append(node)
                    continue
            if primitive.is_constant or not node.inputs:  # a start that isn't an argument
                pure = False
                outside = outside or primitive.is_fresh
            found.append(node)
            pending.append(node.inputs)
    found.sort(key=_by_order)
    if not pure:
        found, seen = _downstream(found, set(starts))
    return Subgraph(found, seen, starts, outside)


def _downstream(found: list[Node], starts: set[Node]) -> tuple[list[Node], set[Node]]:
    """Return the Nodes that depend on ``starts``; ``found`` is in creation order."""
    relevant = starts.copy()
    kept = []
    for node in found:
        if not node.primitive.is_constant and any(
            type(parent) is Node and parent in relevant for parent in node.inputs
        ):
            relevant.add(node)
            kept.append(node)
    return kept, relevant
