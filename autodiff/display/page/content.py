"""The content of a page: boxes, arrows, the program that computes them, and the user's code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.display.mathematics.notation import TEXT
from autodiff.display.mathematics.notes import CHAIN_RULE, SLOPE
from autodiff.display.mathematics.symbols import LocalSlope, local_slopes, node_of
from autodiff.display.mathematics.words import shortened
from autodiff.display.mathematics.writing import statement, text
from autodiff.display.page.labels import LONGEST, Label, label_of, label_of_block
from autodiff.display.page.layout import PageBox, dot, is_written_out
from autodiff.display.page.notes import PageNotes
from autodiff.display.page.program import MOST, PageProgram
from autodiff.display.page.sources import CodePieces
from autodiff.display.picture.folding import MOST as MOST_BOXES
from autodiff.display.picture.folding import Block, Part, nodes_of, outline
from autodiff.display.picture.rendering import render
from autodiff.display.working.backward import Backward, BackwardArrow, backward_of
from autodiff.display.working.conditions import choices_of
from autodiff.display.working.noise import without_noise
from autodiff.display.working.references import References, array_reference
from autodiff.display.working.working import Working

__all__ = ["Layout", "content_of"]

Record = dict[str, Any]


class Layout(NamedTuple):
    """The graph in Graphviz's language, and its SVG if a program to render it is installed."""

    dot: str
    svg: str | None


class Use(NamedTuple):
    """One use of a value: the Node, the position among its inputs, and the value's box id."""

    node: Node
    position: int
    tail: str


def content_of(
    working: Working, depth: int | None = None, fold: bool | None = None
) -> tuple[Record, Layout]:
    """Return the content of the page of a computation, ready for JSON, and its layout.

    Args:
        working: the computation.
        depth: how many levels of scopes are opened; by default all but the layers of a library,
            unless there are too many values, which are then folded.
        fold: whether the rounds of loops are folded; by default where there are too many values.
    """
    return _Content(working, depth, fold).build()


class _Content:
    """The builder of the content of one page."""

    def __init__(self, working: Working, depth: int | None, fold: bool | None) -> None:
        self.working = working
        self.references = References(working)
        self.parts: list[Part] = list(working.nodes)
        self.frames: dict[Part, Any] = {
            part: working.scopes.get(part, ()) for part in working.nodes
        }
        is_long = len(self.parts) > MOST_BOXES
        if depth is not None or fold or is_long or _has_layers(working):
            chosen = outline(working, depth, fold=fold or (None if is_long else False))
            self.parts, self.frames = chosen.parts, chosen.frames
        self.refusal = _refusal(working)
        self.knows_data = False  # the slopes of data
        self.backward = self.sweep_back()
        self.flows = {
            (arrow.head, arrow.position): arrow
            for arrow in self.backward.arrows
            if arrow.tail in working.slopes
        }
        shown = without_noise(working)
        self.rounded: dict[int | None, Array] = {n.order: n.value for n in shown.rounded}
        self.rounded_slopes: dict[int | None, Array] = {
            node.order: shown.slopes[node] for node in shown.rounded_slopes
        }
        self.rounded_shares = {(n.order, i): x for (n, i), x in shown.rounded_shares.items()}
        self.program = PageProgram(working.starts, runs=not self.refusal)
        self.sources = CodePieces()
        self.notes = PageNotes()
        self.ids = {node: f"n{i}" for i, part in enumerate(self.parts) for node in nodes_of(part)}
        self.folded = {self.ids[p.nodes[0]] for p in self.parts if isinstance(p, Block)}
        self.shared: dict[str, str] = {}  # the boxes of constant arrays, by their names
        self.boxes: list[PageBox] = []
        self.box_records: list[Record] = []
        self.arrow_records: list[Record] = []

    def sweep_back(self) -> Backward:
        """Run the backward pass; record it as well, unless a rule can't be recorded.

        Slopes of data aren't shown; the page predicts by them what a change of data does.
        """
        for with_data in (True, False) if self.working.data else (False,):
            if self.refusal:
                break
            try:
                found = backward_of(self.working, record=True, with_data=with_data)
            except (TypeError, NotImplementedError):  # a rule is missing, or takes plain arrays
                continue
            self.knows_data = with_data
            return found
        if not self.refusal:
            self.refusal = "a rule of the backward pass takes only plain arrays"
        return backward_of(self.working, record=False)

    def build(self) -> tuple[Record, Layout]:
        """Build the content and the layout."""
        for part in self.parts:
            uses = [use for node in nodes_of(part) for use in self.uses(node, part)]
            if isinstance(part, Block):
                self.add_block(part, uses)
            else:
                self.add_step(part, uses)
        ends = [(arrow["id"], arrow["tail"], arrow["head"]) for arrow in self.arrow_records]
        graph = dot(self.boxes, ends)
        content = {
            "title": self.references.result,
            "isScalar": self.working.is_scalar,
            "results": [self.ids[node] for node in self.working.results],
            "boxes": self.box_records,
            "arrows": self.arrow_records,
            "conditions": self.conditions(),
            "decisions": self.decisions(),
            "hasAllDecisions": self.working.has_all_decisions,
            "program": self.program.entries,
            "refusal": self.refusal,
            "held": [f"{name} can't be changed here: {why}." for name, why in self.working.held],
            "sources": self.sources.pieces,
            "notes": self.notes.words,
            "chainRule": [SLOPE, CHAIN_RULE],
        }
        return content, Layout(graph, render(graph))

    def conditions(self) -> list[Record]:
        """List the choices of the code; of arrays, only those that a change may make otherwise."""
        return [
            {
                "text": statement(relation, TEXT),
                "isOne": relation.shape == (),
                "value": self.program.add(condition) if is_computed else None,
            }
            for relation, condition in choices_of(self.working, self.references)
            if (is_computed := self.program.runs and type(condition) is Node) or not relation.shape
        ]

    def decisions(self) -> list[Record]:
        """List where plain values were taken; the program is valid only while they hold."""
        taken = [*self.working.decisions, *self.backward.decisions] if self.program.runs else []
        found = {
            (self.program.fix(node), how, place, text): None for node, how, place, text in taken
        }
        found |= {(value, "index", "an index", ""): None for value in self.program.fixed}
        return [dict(zip(("value", "how", "place", "text"), each, strict=True)) for each in found]

    def uses(self, node: Node, part: Part) -> Iterator[Use]:
        """Yield the uses of values from other boxes than the Node's own.

        Numbers in the code have no box, nor do arrays that are used only in a block.
        """
        for position, x in enumerate(() if node in self.working.starts else node.inputs):
            if type(x) is Node:
                if self.ids[x] != self.ids[node]:
                    yield Use(node, position, self.ids[x])
            elif np.ndim(x) and (type(part) is Node or array_reference(self.working, x)):
                yield Use(node, position, self.constant(x, f"c{self.ids[node]}_{position}"))

    def constant(self, value: Array, fallback: str) -> str:
        """Return the id of the box of an array; add the box if it is new, once per argument."""
        formula = array_reference(self.working, value)
        name = "" if formula is None else text(formula)
        box_id = self.shared.setdefault(name, f"c{len(self.shared)}") if name else fallback
        if all(box.id != box_id for box in self.boxes):
            self.add(box_id, Label(name or "constant"), value, None)
        return box_id

    def add_step(self, node: Node, uses: list[Use]) -> None:
        """Add the box of a value, and the arrows to it."""
        tails = {use.position: use.tail for use in uses}
        count = len(node.inputs) if uses or node not in self.working.starts else 0
        label, frames = label_of(node, self.references), self.frames.get(node, ())
        self.add(
            self.ids[node], label, node, self.slope(node), frames,
            inputs=[tails.get(i) for i in range(count)],
            isInput=node in self.working.starts,
            isData=node in self.working.data,
            effect=self.effect(node),
            notes=self.notes.on(filter(None, [self.references.definitions.get(node)])),
            source=self.sources.add(self.working.lines.get(node)) if count else None,
        )  # fmt: skip
        rules = self.rules(node)
        counts = Counter(use.tail for use in uses)
        merged = [use for use in uses if use.tail in self.folded and counts[use.tail] > 1]
        self.add_merged_arrows(self.ids[node], merged)
        for use in uses:
            if use in merged:
                continue
            flow, rule = self.flows.get(use[:2]), rules.get(use.position)
            share, local = (None, None) if flow is None else (self.share(flow), flow.local)
            rounded = self.rounded_shares.get((node.order, use.position))
            local = local if rounded is None else None  # it may be noise itself
            self.add_arrow(
                use.tail, self.ids[node], node_of(share), node_of(local),
                rounded=rounded,
                rule=_rule_text(rule),
                notes=self.notes.on_rule(rule, node),
                isPlain=bool(rule and rule.is_plain),
                isOneNumber=bool(rule and rule.formula.shape == ()),
                choices=self.choices(flow.conditions) if rule and flow else [],
            )  # fmt: skip

    def add_block(self, block: Block, uses: list[Use]) -> None:
        """Add the box of a block, which shows its last value, and an arrow from each used value."""
        box_id, last = self.ids[block.nodes[0]], block.nodes[-1]
        self.add(
            box_id, label_of_block(block), last, self.slope(last), self.frames.get(block, ()),
            inputs=list(dict.fromkeys(use.tail for use in uses)),
            isBlock=True,
            reference=label_of(last, self.references).name,
            source=self.sources.add(self.working.lines.get(block.nodes[0])),
        )  # fmt: skip
        self.add_merged_arrows(box_id, uses)

    def add_merged_arrows(self, head: str, uses: list[Use]) -> None:
        """Add one arrow from each box that is used, whatever the number of its values and uses."""
        tails: dict[str, dict[int, list[Array]]] = {}  # the shares of each value of a box
        for use in uses:
            used, flow = use.node.inputs[use.position], self.flows.get(use[:2])
            found = [] if flow is None else [self.share(flow)]
            tails.setdefault(use.tail, {}).setdefault(id(used), []).extend(found)
        for tail, values in tails.items():
            totals = [_total(several) for several in values.values() if several]
            self.add_arrow(tail, head, _joined(totals), None, values=len(totals))

    def add(
        self,
        box_id: str,
        label: Label,
        value: Node | Array,
        slope: Node | Array | None,
        scopes: Any = (),
        **fields: Any,
    ) -> None:
        """Add a box to the layout and its record to the content."""
        order = value.order if type(value) is Node else None
        if self.refusal or type(slope) is not Node:
            slope = self.rounded_slopes.get(order, slope)
        if self.refusal:
            value = self.rounded.get(order, value)
        number, height = (x.value if type(x) is Node else x for x in (value, slope))
        frames = [(f"{scope.name}_{scope.id}", scope.label) for scope in scopes]
        self.boxes.append(
            PageBox(
                box_id, label.name, shortened(label.expression, LONGEST), number, height, frames
            )
        )
        self.box_records.append({
            "id": box_id,
            "name": label.name,
            "reference": label.name,
            "expression": label.expression,
            "template": label.template,
            "value": self.program.add_rounded(value, self.rounded.get(order)),
            "slope": None
            if slope is None
            else self.program.add_rounded(slope, self.rounded_slopes.get(order)),
            "isWrittenOut": is_written_out(number),
            "isInput": False,
            "isBlock": False,
            "notes": [],
            "inputs": [],
            "source": None,
            **fields,
        })  # fmt: skip

    def add_arrow(
        self,
        tail: str,
        head: str,
        share: Node | Array | None,
        local: Node | Array | None,
        rounded: Array = None,
        **fields: Any,
    ) -> None:
        """Add an arrow, with the slope that it passes back and its rule."""
        self.arrow_records.append({
            "id": f"e{len(self.arrow_records)}",
            "tail": tail,
            "head": head,
            "share": None if share is None else self.program.add_rounded(share, rounded),
            "local": None if local is None else self.program.add(local),
            "rule": "",
            "isPlain": False,
            "isOneNumber": False,
            "values": 1,
            "choices": [],
            "notes": [],
            **fields,
        })  # fmt: skip

    def choices(self, conditions: list[Node]) -> list[tuple[int, bool]]:
        """List the conditions that have one value for all entries, each with that value.

        Formulas omit these conditions, so they are valid only while the values stay the same.
        """
        if not self.program.runs:
            return []
        return [
            (self.program.add(node), bool(np.all(node.value)))
            for node in conditions
            if np.all(node.value) or not np.any(node.value)
        ]

    def slope(self, node: Node) -> Node | Array | None:
        """Return the slope of a value; zero for an argument that the result doesn't depend on."""
        if node not in self.working.slopes:
            return None
        found = node_of(self.backward.slopes.get(node))
        return self.working.slopes[node] if found is None else found

    def effect(self, node: Node) -> int | None:
        """Return the entry of the slope by which a change of an input is predicted, if known."""
        if node not in self.working.starts or not self.program.runs:
            return None
        found = node_of(self.backward.slopes.get(node))
        if found is None and node in self.working.data and not self.knows_data:
            return None
        return self.program.add(np.zeros_like(node.value) if found is None else found)

    def share(self, arrow: BackwardArrow) -> Array:
        """Return the contribution of a use to a slope; the page itself rounds what it computes."""
        if isinstance(arrow.share, Tensor) and not self.refusal:
            return arrow.share
        return self.rounded_shares.get((arrow.head.order, arrow.position), arrow.share)

    def rules(self, node: Node) -> dict[int, LocalSlope]:
        """Write the rules of an operation, with placeholders for its inputs as in its template."""
        if all((node, i) not in self.flows for i in range(len(node.inputs))):
            return {}
        shown = (i for i, x in enumerate(node.inputs) if type(x) is Node or np.ndim(x))
        return local_slopes(node, {i: f"⟦{i}⟧" for i in shown}, "⟦out⟧")


def _has_layers(working: Working) -> bool:
    """Return whether some scopes are the layers of a library."""
    return any(scope.line is not None for scopes in working.scopes.values() for scope in scopes)


def _total(shares: list[Array]) -> Node | Array:
    """Add contributions to a slope; the page itself removes the noise of what it computes."""
    total = node_of(sum(shares))
    if type(total) is Node or np.asarray(total).dtype.kind != "f":
        return total
    noise = np.finfo(np.asarray(total).dtype).eps * sum(map(np.abs, shares))
    return np.where(np.abs(total) <= len(shares) * noise, 0, total)[()]


def _joined(totals: list[Node | Array]) -> Node | Array | None:
    """Put contributions to the slopes of several values into one array."""
    if len(totals) < 2:
        return totals[0] if totals else None
    traced = [Tensor(total) if type(total) is Node else total for total in totals]
    return node_of(np.concatenate([np.ravel(total) for total in traced]))


def _rule_text(rule: LocalSlope | None) -> str:
    """Write a rule, with a placeholder for the arriving slope unless it is just a factor."""
    if rule is None:
        return ""
    return rule.text if rule.is_plain else re.sub(r"\bg\b", "⟦g⟧", rule.text)


def _refusal(working: Working) -> str:
    """Return why the page can't compute: there is too much; else ""."""
    values = [node.value for node in working.nodes if not isinstance(node.value, tuple)]
    entries = sum(map(np.size, values))
    if entries > MOST:
        return f"{entries:,} numbers are more than the {MOST:,} that a page computes with"
    if len(working.nodes) > MOST_BOXES:
        return f"{len(working.nodes):,} steps are more than the {MOST_BOXES} that a page computes"
    return ""
