"""What a page tells: boxes, arrows, the program behind their numbers, and the user's code."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.graph import Node
from autodiff.show.page.labels import Label, labels_of
from autodiff.show.page.layout import Box, dot, is_written_out
from autodiff.show.page.program import MOST, Program
from autodiff.show.page.record import Arrow, backward_of, node_of
from autodiff.show.page.sources import Sources
from autodiff.show.rendering import render
from autodiff.show.symbols import local_slopes
from autodiff.show.working import Working

__all__ = ["Layout", "content_of"]

_MOST_NODES = 400  # in a page whose numbers can be changed
Fact = dict[str, Any]


class Layout(NamedTuple):
    """Graphviz's text, and its drawing where a program to make one is at hand."""

    dot: str
    svg: str | None


def content_of(working: Working) -> tuple[Fact, Layout]:
    """Gather what a page shows of a computation, ready for JSON."""
    return _Content(working).gathered()


class _Content:
    """The content of one page in the making."""

    def __init__(self, working: Working) -> None:
        self.working = working
        self.labels = labels_of(working)
        self.backward = backward_of(working)
        self.too_much = _too_much(working)
        self.program = Program(working.starts, runs=not self.too_much)
        self.sources = Sources()
        self.boxes: list[Box] = []
        self.facts: list[Fact] = []
        self.arrows: list[Fact] = []
        self.ids = {node: f"n{i}" for i, node in enumerate(working.nodes)}
        self.shared: dict[str, str] = {}  # the boxes of constant arrays, by their names

    def gathered(self) -> tuple[Fact, Layout]:
        """Put everything together."""
        ways = {(arrow.head, arrow.position): arrow for arrow in self.backward.arrows}
        for node in self.working.nodes:
            inputs = [self.input_of(node, i) for i in range(len(self.operands(node)))]
            self.add_box(node, inputs)
            rules = self.rules(node, ways)
            for i, tail in enumerate(inputs):
                if tail is not None:
                    self.add_arrow(tail, node, i, ways.get((node, i)), rules)
        ends = [(arrow["id"], arrow["tail"], arrow["head"]) for arrow in self.arrows]
        text = dot(self.boxes, ends)
        return self.facts_of_page(), Layout(text, render(text))

    def facts_of_page(self) -> Fact:
        working = self.working
        return {
            "title": working.subject,
            "isScalar": working.is_scalar,
            "results": [self.ids[node] for node in working.results],
            "boxes": self.facts,
            "arrows": self.arrows,
            "decisions": self.decisions(),
            "program": self.program.entries,
            "tooMuch": self.too_much,
            "sources": self.sources.pieces,
        }

    def decisions(self) -> list[Fact]:
        """List where plain values were taken: what was recorded is only true while they hold."""
        taken = [*self.working.decisions, *self.backward.decisions] if self.program.runs else []
        found = {
            (self.program.add(node), how, place, text): None for node, how, place, text in taken
        }
        found |= {(value, "index", "an index", ""): None for value in self.program.fixed}
        return [dict(zip(("value", "how", "place", "text"), each, strict=True)) for each in found]

    def operands(self, node: Node) -> tuple[Any, ...]:
        return () if node in self.working.starts else node.inputs

    def input_of(self, node: Node, position: int) -> str | None:
        """Find or make the box of an input; numbers that stand in the code have none."""
        x = node.inputs[position]
        if type(x) is Node:
            return self.ids[x]
        return self.constant_box(x, f"{self.ids[node]}_{position}") if np.ndim(x) else None

    def constant_box(self, value: Any, fallback: str) -> str:
        """Add the box of an array; an argument gets one box, however often it is used."""
        name = self.working.constant_name(value)
        own = self.shared.setdefault(name, f"c{len(self.shared)}") if name else f"c{fallback}"
        if all(box.id != own for box in self.boxes):
            label = Label(name or "constant")
            self.boxes.append(Box(own, label.name, "", value, None))
            self.facts.append(self.fact(own, label, value, None))
        return own

    def add_box(self, node: Node, inputs: list[str | None]) -> None:
        label, own = self.labels[node], self.ids[node]
        slope = node_of(self.backward.slopes.get(node))
        if slope is None and node in self.working.starts and node in self.working.slopes:
            slope = np.zeros_like(node.value)[()]  # the result doesn't depend on it
        line = self.working.lines.get(node)
        scopes = self.working.scopes.get(node, ())
        self.boxes.append(
            Box(
                own,
                label.name,
                label.expression,
                node.value,
                slope.value if type(slope) is Node else slope,
                [(f"{scope.name}_{scope.id}", scope.label) for scope in scopes],
            )
        )
        fact = self.fact(own, label, node, slope)
        self.facts.append(
            {**fact, "inputs": inputs, "source": self.sources.add(line) if inputs else None}
        )

    def fact(self, own: str, label: Label, value: Any, slope: Any) -> Fact:
        plain = value.value if type(value) is Node else value
        return {
            "id": own,
            "name": label.name,
            "expression": label.expression,
            "template": label.template,
            "value": self.program.add(value),
            "slope": None if slope is None else self.program.add(slope),
            "isWrittenOut": is_written_out(plain),
            "isInput": value in self.working.starts if type(value) is Node else False,
            "inputs": [],
            "source": None,
        }

    def rules(self, node: Node, ways: dict[tuple[Node, int], Arrow]) -> dict[int, Any]:
        """Write the rules of an operation, with places for its inputs, as its template has them."""
        if all((node, i) not in ways for i in range(len(node.inputs))):
            return {}
        if any(isinstance(getattr(x, "value", x), tuple) for x in (node, *node.inputs)):
            return {}  # of a function with several results
        names = {x: f"⟦{i}⟧" for i, x in enumerate(node.inputs) if type(x) is Node}
        arrays = {id(x): f"⟦{i}⟧" for i, x in enumerate(node.inputs) if np.ndim(x)}
        return local_slopes(node, {**names, node: "⟦out⟧"}, lambda x: arrays.get(id(x)))

    def add_arrow(
        self, tail: str, node: Node, position: int, way: Arrow | None, rules: dict[int, Any]
    ) -> None:
        rule = rules.get(position)
        share, local = (None, None) if way is None else (node_of(way.share), node_of(way.local))
        self.arrows.append(
            {
                "id": f"e{len(self.arrows)}",
                "tail": tail,
                "head": self.ids[node],
                "share": None if share is None else self.program.add(share),
                "local": None if local is None else self.program.add(local),
                "rule": rule.text if rule else "",
                "isPlain": bool(rule and rule.is_plain),
            }
        )


def _too_much(working: Working) -> str:
    """Say why the page doesn't compute by itself, if there is too much to; else nothing."""
    entries = sum(np.size(node.value) for node in working.nodes if type(node.value) is not tuple)
    if entries > MOST:
        return f"{entries:,} numbers are more than the {MOST:,} that a page computes with"
    if len(working.nodes) > _MOST_NODES:
        return f"{len(working.nodes)} steps are more than the {_MOST_NODES} that a page computes"
    return ""
