"""The graph: what was computed from what.

Running code on Tensors leaves a trail of Nodes, one per operation, each pointing back at the Nodes
that it was computed from. That trail is all there is: the slopes, the picture, the derivation and
the generated source are readers of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from autodiff.primitive import Primitive

__all__ = [
    "NO_OPTIONS", "NeedsNumbersError", "Node", "RecordingError", "Way", "between", "given_out",
    "plain_watchers", "watched",
]  # fmt: skip

NO_OPTIONS: Mapping[str, Any] = {}

_next_order = count(1).__next__
_by_order = attrgetter("order")


class Node:
    """One recorded value: an immutable record of how it came about.

    Attributes:
        value: the number or array; a 0-d value is a NumPy scalar.
        primitive: the operation; None for a value that starts a graph (``ad.tensor``).
        inputs: what the operation was given, in order: Nodes, or constants as they are.
        options: its keyword options, such as ``axis``.
        order: the creation number; inputs always have smaller ones.
        slope: what ``backward()`` found here. The only field that is set later, and only as a
            note for the user: nothing in the engine reads it.
    """

    __slots__ = ("inputs", "options", "order", "primitive", "slope", "value")

    slope: Any

    def __init__(
        self,
        value: Any,
        primitive: Primitive | None = None,
        inputs: tuple[Any, ...] = (),
        options: Mapping[str, Any] = NO_OPTIONS,
    ) -> None:
        self.value = value
        self.primitive = primitive
        self.inputs = inputs
        self.options = options
        self.order = _next_order()

    def __repr__(self) -> str:
        name = "start" if self.primitive is None else self.primitive.name
        return f"<Node {self.order}: {name}>"


@contextmanager
def watched(see: Callable[[int], None]) -> Iterator[None]:
    """Call ``see`` with the creation number of each Node, just before that Node is complete.

    For readers that want to know where in the user's code a value came from; the frames of that
    code are on the stack then. Costs nothing while nobody watches. Watchers nest.
    """
    global _next_order
    before = _next_order

    def next_order() -> int:
        order = before()
        see(order)
        return order

    _next_order = next_order
    try:
        yield
    finally:
        _next_order = before


class RecordingError(TypeError):
    """Raised where something can't be recorded by ``jit``; the message tells the ways out."""


class NeedsNumbersError(RecordingError):
    """Raised by a watcher of ``"plain"``: what was asked for can only be had from plain arrays.

    A NumPy function, or a rule, that needs them is recorded as a single operation then.

    Args:
        message: for where that can't be done.
        boxed: does it: takes the function, its arguments and options, and answers what they give.
    """

    def __init__(self, message: str, boxed: Callable[..., Any]) -> None:
        super().__init__(message)
        self.boxed = boxed


plain_watchers: list[Callable[[Node, str], None]] = []
"""Who is told where a traced value becomes a plain one; see :func:`given_out`."""


@contextmanager
def given_out(see: Callable[[Node, str], None]) -> Iterator[None]:
    """Call ``see(node, how)`` where a traced value becomes a plain one.

    That is where what is recorded stops telling all: an ``if`` was decided, a number was read.
    ``how`` is the Tensor's method: ``"__bool__"``, ``"item"``, ``"numpy"`` or ``"tolist"``; or
    ``"int()"`` and the like where the attempt is refused; or ``"plain"`` where a function of NumPy
    needs the numbers themselves, as those that count do; or ``"count"`` where a mask decides
    how many entries a result has.
    """
    plain_watchers.append(see)
    try:
        yield
    finally:
        plain_watchers.remove(see)


class Way(NamedTuple):
    """What lies between the starts and the results of a graph.

    Attributes:
        order: the Nodes on the way, in creation order, without the starts.
        matter: the same and the starts, as a set.
        starts: the arguments.
        outside: whether the results also depend on a traced value from outside, or on a trace that
            is running, so that a slope is itself a function of it.
    """

    order: list[Node]
    matter: set[Node]
    starts: Sequence[Node]
    outside: bool


def between(results: Iterable[Node], arguments: Sequence[Node] | None = None) -> Way:
    """Find the Nodes that lie on a path from ``arguments``, or any start, to ``results``.

    Nothing older than the arguments is visited: it can't depend on them.
    """
    starts: Any = [] if arguments is None else arguments
    oldest = min((node.order for node in starts), default=0)
    seen = set(starts)
    outside = any(node.inputs for node in starts)
    pure = True  # no constant, and no start of another graph, was met: every Node matters
    found: list[Node] = []
    families: list[Iterable[Any]] = [results]
    for family in families:  # it grows as it is walked
        for node in family:
            if type(node) is not Node or node in seen:
                continue
            if node.order < oldest:
                outside = True
                pure = False
                continue
            seen.add(node)
            primitive = node.primitive
            if arguments is None and (primitive is None or primitive.is_start):
                outside = outside or (primitive is not None and node.options["running"].now)
                if not node.inputs:
                    starts.append(node)
                    continue
            if primitive is None or primitive.is_constant:
                pure = False
            found.append(node)
            families.append(node.inputs)
    found.sort(key=_by_order)
    if not pure:
        found, seen = _downstream(found, set(starts))
    return Way(found, seen, starts, outside)


def _downstream(found: list[Node], own: set[Node]) -> tuple[list[Node], set[Node]]:
    """Keep the Nodes that depend on ``own``; ``found`` is in creation order."""
    matter = own.copy()
    kept = []
    for node in found:
        if (
            node.primitive is not None
            and not node.primitive.is_constant
            and any(type(parent) is Node and parent in matter for parent in node.inputs)
        ):
            matter.add(node)
            kept.append(node)
    return kept, matter
