"""The backward pass as a recorded graph, which can be run again with other numbers."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from autodiff.core.backward import pull_back, sweep
from autodiff.core.broadcasting import unbroadcast
from autodiff.core.cotangents import (
    PartCotangent,
    SparseCotangent,
    conjugated,
    materialize,
)
from autodiff.core.graph import Node, between
from autodiff.core.observer import Observer, observing
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.display.mathematics.symbols import node_of
from autodiff.display.working.working import NO_DECISIONS, Decision, Working
from autodiff.rules.selecting import where

__all__ = ["Backward", "BackwardArrow", "backward_of"]


@dataclasses.dataclass(frozen=True)
class BackwardArrow:
    """One use of a value, and the slope that flows back along it.

    Attributes:
        tail: the value.
        head: the Node that was computed from it.
        position: the position of the tail among the head's inputs.
        share: the contribution of this use to the tail's slope, a Tensor or plain.
        local: the slope of the head in the tail, where both are single numbers; else None.
        conditions: the conditions by which the rule chooses the share, if they were recorded.
    """

    tail: Node
    head: Node
    position: int
    share: Array
    local: Array | None
    conditions: list[Node]


@dataclasses.dataclass(frozen=True)
class Backward:
    """A recorded backward pass.

    Attributes:
        slopes: the slopes by Node, each a Tensor or plain.
        arrows: the arrows that they flow along, the last ones first.
        decisions: where the rules took plain values.
    """

    slopes: dict[Node, Array]
    arrows: list[BackwardArrow]
    decisions: list[Decision]


def backward_of(
    working: Working, record: bool, with_data: bool = False, traced: bool = False
) -> Backward:
    """Run the backward pass of a computation once more, and collect the result of each rule.

    Args:
        working: the computation.
        record: whether to compute with Tensors, so that a graph is recorded.
        with_data: whether the slopes of data are computed as well.
        traced: whether the slope of the result is a Tensor too, so that slopes which depend on no
            value are recorded as well.
    """
    found = Backward({}, [], [])
    starts = [node for node in working.starts if with_data or node not in working.data]
    seeds: list[tuple[Node, Array]] = [
        (n, np.ones_like(n.value)[()]) for n in working.results if n.value.dtype.kind in "fc"
    ]
    if traced:
        seeds = [(node, Tensor(Node(seed))) for node, seed in seeds]
    relevant, ends = between([node for node, _ in seeds], starts).relevant, set(starts)

    def on_cotangent(node: Node, slope: Array) -> None:
        if not isinstance(node.value, tuple):
            found.slopes[node] = conjugated(slope)
        if node not in ends:
            traced = record or isinstance(slope, Tensor)
            found.arrows.extend(_arrows(node, slope, relevant, traced))

    def on_plain(node: Node, how: str) -> None:
        if how not in NO_DECISIONS:
            found.decisions.append(Decision(node, how, "the backward pass"))

    # The first backward pass has already warned.
    with np.errstate(all="ignore"), observing(Observer(on_plain=on_plain)):
        sweep(seeds, starts, on_cotangent, record)
    found.slopes.update((node, seed) for node, seed in seeds if node not in found.slopes)
    return found


def _arrows(head: Node, slope: Array, relevant: set[Node], traced: bool) -> list[BackwardArrow]:
    shares = _pull_back(head, slope, relevant, traced)
    slopes: list[Array] = [None] * len(shares)
    if _is_number(head.value):
        unit = np.ones_like(head.value)[()]
        slopes = [local for _, _, local in _pull_back(head, unit, relevant, traced)]
    operands = [head, *head.inputs, *(slope if isinstance(slope, tuple) else [slope])]
    known = {node for node in map(node_of, operands) if type(node) is Node}
    return [
        BackwardArrow(
            tail, head, position, conjugated(share),
            conjugated(local) if _is_number(tail.value) and local is not None else None,
            _conditions(share, known),
        )
        for (position, tail, share), local in zip(shares, slopes, strict=True)
    ]  # fmt: skip


def _conditions(share: Array, known: set[Node]) -> list[Node]:
    """List the conditions in the graph between known Nodes and a share."""
    found: list[Node] = []
    seen, waiting = set(known), [node_of(share)]
    while waiting:
        node = waiting.pop()
        if type(node) is Node and node not in seen:
            seen.add(node)
            found += _chosen_by(node)
            waiting += node.inputs
    return found


def _chosen_by(node: Node) -> list[Node]:
    """Return the condition of a Node that chooses, as a list; else an empty list."""
    condition = node.inputs[0] if node.primitive is where else None
    return [condition] if type(condition) is Node else []


def _is_number(value: Array) -> bool:
    return not isinstance(value, tuple) and np.ndim(value) == 0


def _pull_back(
    head: Node, slope: Array, relevant: set[Node], traced: bool
) -> list[tuple[int, Node, Array]]:
    """Run the rules of a Node; return the position, Node and share of each relevant input."""
    found: list[tuple[Node, Array]] = []
    pull_back(head, slope, relevant, lambda tail, share: found.append((tail, share)), traced)
    rules: Any = getattr(head.primitive, "rules", ())
    if getattr(head.primitive, "variadic", None) is not None:
        rules = rules * len(head.inputs)
    positions = [
        i
        for i, (rule, node) in enumerate(zip(rules, head.inputs, strict=False))
        if type(node) is Node and node in relevant and rule is not None
    ]
    return [(i, n, _share(n, share)) for i, (n, share) in zip(positions, found, strict=True)]


def _share(tail: Node, cotangent: Array | SparseCotangent | PartCotangent) -> Array:
    """Return the result of a rule as an array in the shape of its value, or of a part of it."""
    if isinstance(cotangent, PartCotangent):
        return cotangent.value
    if isinstance(cotangent, SparseCotangent):
        return materialize([None, cotangent], tail)
    return unbroadcast(cotangent, tail.value)
