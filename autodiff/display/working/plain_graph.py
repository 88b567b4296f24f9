"""The recorded graph, simplified for display."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.core.graph import Node, ancestors
from autodiff.core.registry import registry
from autodiff.display.mathematics.formula import identity_of
from autodiff.tracing.naming import named

__all__ = ["LIMIT", "nodes_to_show", "plain_graph"]

LIMIT = 100_000
"""The most Nodes that are read: pictures fold long computations, but read every Node."""


def nodes_to_show(results: Iterable[Node], stop: Iterable[Node], where: str) -> list[Node]:
    """Return the Nodes that the results were computed from, in creation order.

    Args:
        results: the Nodes to start from.
        stop: Nodes whose inputs are not followed.
        where: the source of the graph, for the error.

    Raises:
        ValueError: there are more than can be shown.
    """
    found = ancestors(results, frozenset(stop))
    if len(found) > LIMIT:
        raise ValueError(
            f"expected at most {LIMIT:,} operations to show, got {len(found):,} from {where}. Show "
            f"a smaller case: one row of the data, fewer steps of the loop, or one layer."
        )
    return found


def plain_graph(nodes: list[Node], names: dict[Node, str]) -> dict[Node, Node]:
    """Map each Node to its replacement in a graph without the engine's internal steps.

    The name of an ``ad.name`` step moves, in ``names``, to the Node that it named. A list of values
    (``hidden = np.array([node_0, node_1])``) is recorded as a new array at each use; it is shown as
    one value. Nodes that depend on replaced ones are copied, with the same creation numbers.
    """
    plain: dict[Node, Node] = {}
    lists: dict[Any, Node] = {}
    for node in nodes:
        if node.primitive is named:
            plain[node] = plain[node.inputs[0]]
            names[node.inputs[0]] = names.pop(node)
            continue
        inputs = tuple(plain.get(x, x) if type(x) is Node else x for x in node.inputs)
        replacement = node
        if any(new is not old for new, old in zip(inputs, node.inputs, strict=True)):
            replacement = Node(node.value, node.primitive, inputs, node.options)
            replacement.order = node.order
        if node.primitive is registry[np.stack]:
            parts = tuple(x if type(x) is Node else identity_of(x) for x in inputs)
            replacement = lists.setdefault((parts, node.options.get("axis", 0)), replacement)
        plain[node] = replacement
    return plain
