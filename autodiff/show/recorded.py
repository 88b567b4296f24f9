"""The graph as it was recorded, made ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.graph import Node
from autodiff.naming import named
from autodiff.registry import registry
from autodiff.show.formula import identity_of

__all__ = ["LIMIT", "plain_graph", "reachable"]

LIMIT = 100_000
"""The most Nodes that are read: pictures fold long computations, but each Node is looked at."""


def reachable(results: Iterable[Node], stop: Iterable[Node], where: str) -> list[Node]:
    """List the Nodes that the results were computed from, in creation order.

    Args:
        results: where to begin.
        stop: Nodes whose own inputs aren't wanted.
        where: whose graph it is, for the error.

    Raises:
        ValueError: there are more than can be shown.
    """
    ends, seen = set(stop), set(results)
    stack = list(seen)
    while stack:
        node = stack.pop()
        for parent in () if node in ends else node.inputs:
            if type(parent) is Node and parent not in seen:
                seen.add(parent)
                stack.append(parent)
        if len(seen) > LIMIT:
            raise ValueError(
                f"expected at most {LIMIT:,} operations to show, got more from {where}. Show a "
                f"smaller case: one row of the data, fewer steps of the loop, or one layer."
            )
    return sorted(seen, key=lambda node: node.order)


def plain_graph(nodes: list[Node], names: dict[Node, str]) -> dict[Node, Node]:
    """Give the Node that stands for each one in a graph without what only the engine needs.

    A step of ``ad.name`` hands its name, in ``names``, to the Node that it named. A list of values
    (``hidden = np.array([node_0, node_1])``) is an array to whoever computes with it, recorded anew
    at each use; to a reader it is one value. Nodes further on are copied, with the same creation
    numbers.
    """
    plain: dict[Node, Node] = {}
    lists: dict[Any, Node] = {}
    for node in nodes:
        if node.primitive is named:
            plain[node] = plain[node.inputs[0]]
            names[node.inputs[0]] = names.pop(node)
            continue
        inputs = tuple(plain.get(x, x) if type(x) is Node else x for x in node.inputs)
        one = node
        if any(new is not old for new, old in zip(inputs, node.inputs, strict=True)):
            one = Node(node.value, node.primitive, inputs, node.options)
            one.order = node.order
        if node.primitive is registry[np.stack]:
            parts = tuple(x if type(x) is Node else identity_of(x) for x in inputs)
            one = lists.setdefault((parts, node.options.get("axis", 0)), one)
        plain[node] = one
    return plain
