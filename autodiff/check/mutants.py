"""Slopes with one mistake in them, to recognize a mistake made by hand.

The graph of the function is evaluated with a mistake in one operation: its factor of the chain rule
is left out, a term dropped, a sign flipped, an input used instead of the result. A slope by hand
that equals such a mutant's was derived with that mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.graph import Node, Subgraph, between
from autodiff.core.rerun import rerun
from autodiff.core.tensor import Tensor, tensor
from autodiff.core.typing import Array, Function
from autodiff.transforms.gradients import grad, stop_gradient
from autodiff.transforms.pytree import Structure

__all__ = ["Mutant", "intermediate_values", "mutants"]

_MOST_NODES = 100
_MOST_ENTRIES = 10_000
_PLACES = ("first", "second", "third")

Change = Callable[[Node, list[Array]], Array]


class Mutant(NamedTuple):
    """The description of a mistake, and the slopes with it, one per array of the argument."""

    description: str
    slopes: list[Array]


def mutants(
    f: Callable[[Any], Array], leaves: Sequence[Array], rebuild: Structure
) -> Iterator[Mutant]:
    """Iterate over the slopes of f with one mistake each.

    Args:
        f: of one argument, an array or a structure; returns one real number.
        leaves: the arrays of the argument.
        rebuild: makes the argument from them.
    """
    subgraph = _record_subgraph(f, leaves, rebuild)
    if subgraph is None:
        return
    for node in subgraph.order:
        for description, change in _changes(node, subgraph):
            slopes = grad(_replay(subgraph, node, change), range(len(leaves)))(*leaves)
            yield Mutant(description, list(slopes))


def intermediate_values(
    f: Callable[[Any], Array], leaves: Sequence[Array], rebuild: Structure
) -> Iterator[tuple[str, Array]]:
    """Iterate over the values that f computes from its argument, each with its description."""
    subgraph = _record_subgraph(f, leaves, rebuild)
    if subgraph is None:
        return
    found = [("x", start.value) for start in subgraph.starts]
    for node in subgraph.order:
        name = f"the value of {_name(node)}"
        found += [(name, node.value), (f"1 minus {name}", 1 - node.value)]
        found.append((f"1 minus the square of {name}", 1 - node.value**2))
        others = [
            x.value if type(x) is Node else x for x in node.inputs if not _is_relevant(x, subgraph)
        ]
        numbers = [other for other in others if np.asarray(other).dtype.kind in "fiu"]
        found += [(f"the other input of {_name(node)}", number) for number in numbers]
    yield from found


def _is_relevant(x: Node | Array, subgraph: Subgraph) -> bool:
    return type(x) is Node and x in subgraph.relevant


def _record_subgraph(
    f: Callable[[Any], Array], leaves: Sequence[Array], rebuild: Structure
) -> Subgraph | None:
    """Record f, and return the graph between its argument and its result; None if it is large."""
    starts = [tensor(leaf) for leaf in leaves]
    out = f(rebuild(starts))
    if not isinstance(out, Tensor):
        return None
    subgraph = between([out.node], [start.node for start in starts])
    nodes = [*subgraph.starts, *subgraph.order]
    if any(isinstance(node.value, tuple) or np.iscomplexobj(node.value) for node in nodes):
        return None
    sizes = sum(np.size(node.value) for node in subgraph.order)
    return None if len(subgraph.order) > _MOST_NODES or sizes > _MOST_ENTRIES else subgraph


def _replay(subgraph: Subgraph, changed: Node, change: Change) -> Function:
    """Return a function of the same operations, one of them with a change."""

    def f(*leaves: Array) -> Array:
        made: dict[Node, Array] = dict(zip(subgraph.starts, leaves, strict=True))
        value: Array = None
        for node in subgraph.order:
            inputs = [made.get(x, x.value) if type(x) is Node else x for x in node.inputs]
            value = change(node, inputs) if node is changed else rerun(node, inputs)
            made[node] = value
        return value

    return f


def _changes(node: Node, subgraph: Subgraph) -> Iterator[tuple[str, Change]]:
    """Iterate over the mistakes in one operation: their descriptions and changes."""
    name, shape = _name(node), np.shape(node.value)
    relevant = [i for i, x in enumerate(node.inputs) if _is_relevant(x, subgraph)]
    alone = len({node.inputs[i] for i in relevant}) == 1
    for i in relevant:
        place = _PLACES[i] if i < len(_PLACES) else f"{i + 1}th"
        if alone and np.shape(node.inputs[i].value) == shape:
            yield f"the chain rule's factor for {name} is missing", _without_factor(i)
        if not alone:
            yield (
                f"a term is missing, the one through the {place} input of {name}",
                _with_input(i, stop_gradient),
            )
        yield (
            f"the sign of the term through the {place} input of {name} is flipped",
            _with_input(i, lambda x: 2 * stop_gradient(x) - x),
        )
    if name == "subtract":
        for i, x in enumerate(node.inputs):
            if np.shape(x.value if type(x) is Node else x) == shape:
                mistake = f"the {_PLACES[i]} input of subtract is used instead of the difference"
                yield f"{mistake} (error and target swapped?)", _with_value_of(i)


def _without_factor(i: int) -> Change:
    def change(node: Node, inputs: list[Array]) -> Array:
        return stop_gradient(rerun(node, inputs)) + inputs[i] - stop_gradient(inputs[i])

    return change


def _with_input(i: int, other: Callable[[Array], Array]) -> Change:
    return lambda node, inputs: rerun(node, [*inputs[:i], other(inputs[i]), *inputs[i + 1 :]])


def _with_value_of(i: int) -> Change:
    def change(node: Node, inputs: list[Array]) -> Array:
        out = rerun(node, inputs)
        return stop_gradient(inputs[i] - out) + out

    return change


def _name(node: Node) -> str:
    return getattr(node.primitive, "name", "x")
