"""What a page tells: boxes, arrows, the program behind their numbers, and the user's code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autodiff.graph import Node
from autodiff.show.folding import MOST as MOST_BOXES
from autodiff.show.folding import Block, Part, nodes_of, outline
from autodiff.show.page.labels import Label, label_of, label_of_block, shortened
from autodiff.show.page.layout import Box, dot, is_written_out
from autodiff.show.page.program import MOST, Program
from autodiff.show.page.record import Backward, backward_of, chosen_by, node_of
from autodiff.show.page.sources import Sources
from autodiff.show.referring import References
from autodiff.show.rendering import render
from autodiff.show.symbols import LocalSlope, local_slopes
from autodiff.show.working import Working

__all__ = ["Layout", "content_of"]

Fact = dict[str, Any]


class Layout(NamedTuple):
    """Graphviz's text, and its drawing where a program to make one is at hand."""

    dot: str
    svg: str | None


class Use(NamedTuple):
    """Where a value is used: in a Node, at a position of its inputs; ``tail`` is the value's id."""

    node: Node
    position: int
    tail: str


def content_of(working: Working, depth: int | None = None) -> tuple[Fact, Layout]:
    """Gather what a page shows of a computation, ready for JSON.

    Args:
        working: the computation.
        depth: how many levels of scopes are opened; by default all, unless there are too many
            values to look at, which are folded then.
    """
    return _Content(working, depth).gathered()


class _Content:
    """The content of one page in the making."""

    def __init__(self, working: Working, depth: int | None) -> None:
        self.working = working
        self.references = References(working)
        self.parts: list[Part] = list(working.nodes)
        self.frames: dict[Part, Any] = {
            part: working.scopes.get(part, ()) for part in working.nodes
        }
        if depth is not None or len(self.parts) > MOST_BOXES:
            chosen = outline(working, depth)
            self.parts, self.frames = chosen.parts, chosen.frames
        self.refusal = _refusal(working, self.parts)
        self.backward = self.swept()
        self.ways = {(arrow.head, arrow.position): arrow for arrow in self.backward.arrows}
        self.program = Program(working.starts, runs=not self.refusal)
        self.sources = Sources()
        self.ids = {node: f"n{i}" for i, part in enumerate(self.parts) for node in nodes_of(part)}
        self.shared: dict[str, str] = {}  # the boxes of constant arrays, by their names
        self.boxes: list[Box] = []
        self.facts: list[Fact] = []
        self.arrows: list[Fact] = []

    def swept(self) -> Backward:
        """Sweep back; record it as well, unless a rule can't be."""
        if not self.refusal:
            try:
                return backward_of(self.working, record=True)
            except (TypeError, NotImplementedError):  # a rule of the user's, for arrays alone
                self.refusal = "a rule on the way back takes only plain arrays"
        return backward_of(self.working, record=False)

    def gathered(self) -> tuple[Fact, Layout]:
        """Put everything together."""
        for part in self.parts:
            uses = [use for node in nodes_of(part) for use in self.uses(node, part)]
            if isinstance(part, Block):
                self.add_block(part, uses)
            else:
                self.add_step(part, uses)
        ends = [(arrow["id"], arrow["tail"], arrow["head"]) for arrow in self.arrows]
        text = dot(self.boxes, ends)
        facts = {
            "title": self.references.result,
            "isScalar": self.working.is_scalar,
            "results": [self.ids[node] for node in self.working.results],
            "boxes": self.facts,
            "arrows": self.arrows,
            "decisions": self.decisions(),
            "wasWatched": self.working.was_watched,
            "program": self.program.entries,
            "refusal": self.refusal,
            "sources": self.sources.pieces,
        }
        return facts, Layout(text, render(text))

    def decisions(self) -> list[Fact]:
        """List where plain values were taken: what was recorded is only true while they hold."""
        taken = [*self.working.decisions, *self.backward.decisions] if self.program.runs else []
        found = {
            (self.program.fix(node), how, place, text): None for node, how, place, text in taken
        }
        found |= {(value, "index", "an index", ""): None for value in self.program.fixed}
        return [dict(zip(("value", "how", "place", "text"), each, strict=True)) for each in found]

    def uses(self, node: Node, part: Part) -> Iterator[Use]:
        """List the values that a Node uses, of other boxes than its part's own.

        Numbers that stand in the code have no box, nor have arrays that only a block knows.
        """
        for position, x in enumerate(() if node in self.working.starts else node.inputs):
            if type(x) is Node:
                if self.ids[x] != self.ids[node]:
                    yield Use(node, position, self.ids[x])
            elif np.ndim(x) and (type(part) is Node or self.working.constant_name(x)):
                yield Use(node, position, self.constant(x, f"c{self.ids[node]}_{position}"))

    def constant(self, value: Any, fallback: str) -> str:
        """Find or add the box of an array; an argument gets one box, however often it is used."""
        name = self.working.constant_name(value)
        own = self.shared.setdefault(name, f"c{len(self.shared)}") if name else fallback
        if all(box.id != own for box in self.boxes):
            self.add(own, Label(name or "constant"), value, None)
        return own

    def add_step(self, node: Node, uses: list[Use]) -> None:
        """Add the box of one value, and the arrows to it."""
        tails = {use.position: use.tail for use in uses}
        count = len(node.inputs) if uses or node not in self.working.starts else 0
        label, frames = label_of(node, self.references), self.frames.get(node, ())
        self.add(
            self.ids[node], label, node, self.slope(node), frames,
            inputs=[tails.get(i) for i in range(count)],
            isInput=node in self.working.starts,
            choices=self.choices(chosen_by(node)),
            source=self.sources.add(self.working.lines.get(node)) if count else None,
        )  # fmt: skip
        rules = self.rules(node)
        for use in uses:
            way, rule = self.ways.get(use[:2]), rules.get(use.position)
            share, local = (None, None) if way is None else (way.share, way.local)
            self.add_arrow(
                use.tail, self.ids[node], node_of(share), node_of(local),
                rule=_rule_text(rule),
                isPlain=bool(rule and rule.is_plain),
                isOneNumber=bool(rule and rule.formula.shape == ()),
                choices=self.choices(way.conditions) if rule and way else [],
            )  # fmt: skip

    def add_block(self, block: Block, uses: list[Use]) -> None:
        """Add the box of a block, which shows its last value, and an arrow from each it uses."""
        own, last = self.ids[block.nodes[0]], block.nodes[-1]
        self.add(
            own, label_of_block(block), last, self.slope(last), self.frames.get(block, ()),
            inputs=list(dict.fromkeys(use.tail for use in uses)),
            isBlock=True,
            called=label_of(last, self.references).name,
            source=self.sources.add(self.working.lines.get(block.nodes[0])),
        )  # fmt: skip
        shares: dict[tuple[str, int], list[Any]] = {}  # by what is used, wherever it is inside
        for use in uses:
            used, way = use.node.inputs[use.position], self.ways.get(use[:2])
            shares.setdefault((use.tail, id(used)), []).extend([] if way is None else [way.share])
        for (tail, _), several in shares.items():
            self.add_arrow(tail, own, sum(several) if several else None, None)

    def add(
        self, own: str, label: Label, value: Any, slope: Any, scopes: Any = (), **facts: Any
    ) -> None:
        """Add a box: to the drawing, and what the page knows of it."""
        number, height = (x.value if type(x) is Node else x for x in (value, slope))
        frames = [(f"{scope.name}_{scope.id}", scope.label) for scope in scopes]
        self.boxes.append(Box(own, label.name, shortened(label.expression), number, height, frames))
        self.facts.append({
            "id": own,
            "name": label.name,
            "called": label.name,
            "expression": label.expression,
            "template": label.template,
            "value": self.program.add(value),
            "slope": None if slope is None else self.program.add(slope),
            "isWrittenOut": is_written_out(number),
            "isInput": False,
            "isBlock": False,
            "choices": [],
            "inputs": [],
            "source": None,
            **facts,
        })  # fmt: skip

    def add_arrow(self, tail: str, head: str, share: Any, local: Any, **facts: Any) -> None:
        """Add an arrow: what flows back along it, and by which rule."""
        self.arrows.append({
            "id": f"e{len(self.arrows)}",
            "tail": tail,
            "head": head,
            "share": None if share is None else self.program.add(share),
            "local": None if local is None else self.program.add(local),
            "rule": "",
            "isPlain": False,
            "isOneNumber": False,
            "choices": [],
            **facts,
        })  # fmt: skip

    def choices(self, conditions: list[Node]) -> list[tuple[int, bool]]:
        """List the conditions with the same answer everywhere, each with that answer.

        What was chosen by them is written without them, which holds only while they do.
        """
        if not self.program.runs:
            return []
        return [
            (self.program.add(node), bool(np.all(node.value)))
            for node in conditions
            if np.all(node.value) or not np.any(node.value)
        ]

    def slope(self, node: Node) -> Any:
        """Find the slope of a value; zero for an argument that doesn't matter."""
        found = node_of(self.backward.slopes.get(node))
        return self.working.slopes.get(node) if found is None else found

    def rules(self, node: Node) -> dict[int, LocalSlope]:
        """Write the rules of an operation, with places for its inputs, as its template has them."""
        if all((node, i) not in self.ways for i in range(len(node.inputs))):
            return {}
        held = (i for i, x in enumerate(node.inputs) if type(x) is Node or np.ndim(x))
        return local_slopes(node, {i: f"⟦{i}⟧" for i in held}, "⟦out⟧")


def _rule_text(rule: LocalSlope | None) -> str:
    """Write a rule, with a place for the slope that arrives where it isn't just a factor."""
    if rule is None:
        return ""
    return rule.text if rule.is_plain else re.sub(r"\bg\b", "⟦g⟧", rule.text)


def _refusal(working: Working, parts: list[Part]) -> str:
    """Say why the page doesn't compute by itself, if there is too much to; else nothing."""
    entries = sum(np.size(node.value) for node in working.nodes if type(node.value) is not tuple)
    if entries > MOST:
        return f"{entries:,} numbers are more than the {MOST:,} that a page computes with"
    if len(working.nodes) > MOST_BOXES:
        return f"{len(working.nodes):,} steps are more than the {MOST_BOXES} that a page computes"
    return "some steps are folded" if any(isinstance(part, Block) for part in parts) else ""
