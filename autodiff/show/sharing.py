"""Sharing what is the same: a list of values that is used twice is recorded at each use.

``hidden = np.array([node_0, node_1])`` holds objects to NumPy; whoever computes with it turns it
into an array anew. To a reader it is one value, and its slope the sum over its uses.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from autodiff.graph import Node
from autodiff.registry import registry
from autodiff.show.working import Working

__all__ = ["shared"]


def shared(working: Working) -> Working:
    """Give the same working, in which values put side by side twice are one value."""
    same = _same(working.nodes)
    if all(new is old for old, new in same.items()):
        return working
    slopes: dict[Node, Any] = {}
    for node, slope in working.slopes.items():
        one = same.get(node, node)
        slopes[one] = slopes[one] + slope if one in slopes else slope
    return dataclasses.replace(
        working,
        nodes=list(dict.fromkeys(same.values())),
        results=[same[node] for node in working.results],
        starts=[same[node] for node in working.starts],
        slopes=slopes,
        names={same[node]: name for node, name in working.names.items()},
        lines={same[node]: line for node, line in reversed(working.lines.items())},
        scopes={same[node]: scopes for node, scopes in reversed(working.scopes.items())},
    )


def _same(nodes: list[Node]) -> dict[Node, Node]:
    """Find the Node that stands for each one; those further on are copied, in the same order."""
    stack = registry[np.stack]
    same: dict[Node, Node] = {}
    stacks: dict[Any, Node] = {}
    for node in nodes:
        inputs = tuple(same.get(x, x) if isinstance(x, Node) else x for x in node.inputs)
        one = node
        if any(new is not old for new, old in zip(inputs, node.inputs, strict=True)):
            one = Node(node.value, node.primitive, inputs, node.options)
            one.order = node.order
        if node.primitive is stack and all(isinstance(x, Node) for x in inputs):
            one = stacks.setdefault((inputs, node.options.get("axis", 0)), one)
        same[node] = one
    return same
