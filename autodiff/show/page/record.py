"""The backward pass as a graph of its own, which can be run again with other numbers."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from autodiff.backward import pull_back, sweep
from autodiff.cotangents import Part, Scattered, fit, to_user, whole
from autodiff.graph import Node, between, given_out
from autodiff.rules.elementwise import where
from autodiff.show.working import Decision, Working
from autodiff.tensor import Tensor

__all__ = ["Arrow", "Backward", "backward_of", "chosen_by", "node_of"]


@dataclasses.dataclass(frozen=True)
class Arrow:
    """One use of a value, and what flows back along it.

    Attributes:
        tail: the value.
        head: what was computed from it.
        position: the tail's place among the head's inputs.
        share: what this use adds to the tail's slope, a Tensor or plain.
        local: the slope of the head in the tail, where both are single numbers; else None.
        conditions: what the rule chooses by on the way to the share, where that was recorded.
    """

    tail: Node
    head: Node
    position: int
    share: Any
    local: Any
    conditions: list[Node]


@dataclasses.dataclass(frozen=True)
class Backward:
    """A sweep that was recorded.

    Attributes:
        slopes: by Node, each a Tensor or plain.
        arrows: that they flow along, the last ones first.
        decisions: where the rules took plain values.
    """

    slopes: dict[Node, Any]
    arrows: list[Arrow]
    decisions: list[Decision]


def backward_of(working: Working, record: bool) -> Backward:
    """Sweep back through a computation once more, and keep what each rule does.

    Args:
        working: the computation.
        record: whether as Tensors, with the graph of how they were computed.
    """
    found = Backward({}, [], [])
    starts = set(working.starts)
    seeds = [(n, np.ones_like(n.value)[()]) for n in working.results if n in working.slopes]
    matter = between([node for node, _ in seeds], working.starts).matter

    def note(node: Node, slope: Any) -> None:
        if not isinstance(node.value, tuple):
            found.slopes[node] = to_user(slope)
        if node not in starts:
            traced = record or isinstance(slope, Tensor)
            found.arrows.extend(_arrows(node, slope, matter, traced))

    def see(node: Node, how: str) -> None:
        if how != "count":
            found.decisions.append(Decision(node, how, "the way back"))

    with np.errstate(all="ignore"), given_out(see):  # what there was to warn of was told before
        sweep(seeds, working.starts, note, record)
    found.slopes.update((node, seed) for node, seed in seeds if node not in found.slopes)
    return found


def _arrows(head: Node, slope: Any, matter: set[Node], traced: bool) -> list[Arrow]:
    shares = _pulled(head, slope, matter, traced)
    slopes: list[Any] = [None] * len(shares)
    if _is_number(head.value):
        unit = np.ones_like(head.value)[()]
        slopes = [local for _, _, local in _pulled(head, unit, matter, traced)]
    given = [head, *head.inputs, *(slope if isinstance(slope, tuple) else [slope])]
    known = {node for node in map(node_of, given) if type(node) is Node}
    return [
        Arrow(
            tail, head, position, to_user(share), local if _is_number(tail.value) else None,
            _conditions(share, known),
        )
        for (position, tail, share), local in zip(shares, slopes, strict=True)
    ]  # fmt: skip


def _conditions(share: Any, known: set[Node]) -> list[Node]:
    """List what is chosen by on the way from what is known to a share."""
    found: list[Node] = []
    seen, waiting = set(known), [node_of(share)]
    while waiting:
        node = waiting.pop()
        if type(node) is Node and node not in seen:
            seen.add(node)
            found += chosen_by(node)
            waiting += node.inputs
    return found


def chosen_by(node: Node) -> list[Node]:
    """Give the condition that a Node chooses by, if it does; as a list, of one or none."""
    condition = node.inputs[0] if node.primitive is where else None
    return [condition] if type(condition) is Node else []


def _is_number(value: Any) -> bool:
    return not isinstance(value, tuple) and np.ndim(value) == 0


def _pulled(head: Node, slope: Any, matter: set[Node], traced: bool) -> list[tuple[int, Node, Any]]:
    """Run the rules of a Node: for each input on the way its place, itself, and its share."""
    answers: list[tuple[Node, Any]] = []
    pull_back(head, slope, matter, lambda tail, answer: answers.append((tail, answer)), traced)
    rules: Any = getattr(head.primitive, "rules", ())
    if getattr(head.primitive, "variadic", None) is not None:
        rules = rules * len(head.inputs)
    places = [
        i
        for i, (rule, node) in enumerate(zip(rules, head.inputs, strict=False))
        if type(node) is Node and node in matter and rule is not None
    ]
    return [(i, n, _share(n, answer)) for i, (n, answer) in zip(places, answers, strict=True)]


def _share(tail: Node, answer: Any) -> Any:
    """Bring what a rule answers into the shape of the value it belongs to, or of the part of it."""
    if isinstance(answer, Part):
        return answer.value
    if isinstance(answer, Scattered):
        return whole([None, answer], tail)
    return fit(answer, tail.value)


def node_of(value: Any) -> Any:
    """Give a Tensor's Node, and a plain value as it is."""
    return value.node if isinstance(value, Tensor) else value
