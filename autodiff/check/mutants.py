"""Slopes with one mistake in them, to recognize a mistake made by hand.

The graph of the function is run again with a slip planted in one operation: its factor of the chain
rule left out, a term dropped, a sign flipped, an input in the place of the result. A slope by hand
that equals such a mutant's was derived with that slip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.graph import Node, Way, between
from autodiff.tensor import Tensor, tensor
from autodiff.transforms import grad, stop_gradient

__all__ = ["Mutant", "mutants", "values_on_the_way"]

_MOST_NODES = 100
_MOST_ENTRIES = 10_000
_PLACES = ("first", "second", "third")

Change = Callable[[Node, list[Any]], Any]


class Mutant(NamedTuple):
    """A slip in words, and the slopes that it leads to, one per array of the argument."""

    said: str
    slopes: list[Any]


def mutants(f: Callable[[Any], Any], leaves: Sequence[Any], rebuild: Any) -> Iterator[Mutant]:
    """Plant one slip after another in the graph of f.

    Args:
        f: of one argument, an array or a structure; answers one real number.
        leaves: the arrays of the argument.
        rebuild: puts them into the structure.
    """
    way = _way(f, leaves, rebuild)
    if way is None:
        return
    for node in way.order:
        for said, change in _changes(node, way):
            slopes = grad(_replay(way, node, change), range(len(leaves)))(*leaves)
            yield Mutant(said, list(slopes))


def values_on_the_way(
    f: Callable[[Any], Any], leaves: Sequence[Any], rebuild: Any
) -> Iterator[tuple[str, Any]]:
    """Give the values that f computes from its argument, each with the operation's name."""
    way = _way(f, leaves, rebuild)
    if way is None:
        return
    found = [("x", start.value) for start in way.starts]
    for node in way.order:
        name = f"the value of {_name(node)}"
        found += [(name, node.value), (f"1 minus {name}", 1 - node.value)]
        found.append((f"1 minus the square of {name}", 1 - node.value**2))
        others = [x.value if type(x) is Node else x for x in node.inputs if not _matters(x, way)]
        numbers = [other for other in others if np.asarray(other).dtype.kind in "fiu"]
        found += [(f"the other input of {_name(node)}", number) for number in numbers]
    yield from found


def _matters(x: Any, way: Way) -> bool:
    return type(x) is Node and x in way.matter


def _way(f: Callable[[Any], Any], leaves: Sequence[Any], rebuild: Any) -> Way | None:
    """Record f, and find what lies between its argument and its result; None if that is much."""
    starts = [tensor(leaf) for leaf in leaves]
    out = f(rebuild(starts))
    if not isinstance(out, Tensor):
        return None
    way = between([out.node], [start.node for start in starts])
    sizes = sum(np.size(node.value) for node in way.order)
    nodes = [*way.starts, *way.order]
    odd = any(isinstance(node.value, tuple) or np.iscomplexobj(node.value) for node in nodes)
    if odd or len(way.order) > _MOST_NODES or sizes > _MOST_ENTRIES:
        return None
    return way


def _replay(way: Way, changed: Node, change: Change) -> Callable[..., Any]:
    """Make the function that does the same operations, one of them with a change."""

    def f(*leaves: Any) -> Any:
        made: dict[Node, Any] = dict(zip(way.starts, leaves, strict=True))
        value: Any = None
        for node in way.order:
            inputs = [made.get(x, x.value) if type(x) is Node else x for x in node.inputs]
            value = change(node, inputs) if node is changed else _done(node, inputs)
            made[node] = value
        return value

    return f


def _done(node: Node, inputs: list[Any]) -> Any:
    primitive: Any = node.primitive
    return inputs[0] if primitive.is_start else primitive.apply(tuple(inputs), node.options)


def _changes(node: Node, way: Way) -> Iterator[tuple[str, Change]]:
    """Give the slips that can be made at one operation, in words and as changes of it."""
    name, shape = _name(node), np.shape(node.value)
    matter = [i for i, x in enumerate(node.inputs) if _matters(x, way)]
    alone = len({node.inputs[i] for i in matter}) == 1
    for i in matter:
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
                said = f"the {_PLACES[i]} input of subtract stands where the difference belongs"
                yield f"{said} (error and target swapped?)", _with_value_of(i)


def _without_factor(i: int) -> Change:
    def change(node: Node, inputs: list[Any]) -> Any:
        return stop_gradient(_done(node, inputs)) + inputs[i] - stop_gradient(inputs[i])

    return change


def _with_input(i: int, other: Callable[[Any], Any]) -> Change:
    return lambda node, inputs: _done(node, [*inputs[:i], other(inputs[i]), *inputs[i + 1 :]])


def _with_value_of(i: int) -> Change:
    def change(node: Node, inputs: list[Any]) -> Any:
        out = _done(node, inputs)
        return stop_gradient(inputs[i] - out) + out

    return change


def _name(node: Node) -> str:
    return getattr(node.primitive, "name", "x")
