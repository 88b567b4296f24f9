"""Lay out a computation as a picture: boxes from left to right, with arrows between them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from autodiff.core.graph import START, Node
from autodiff.core.typing import Array
from autodiff.display.mathematics.formula import Formula, leaf
from autodiff.display.mathematics.notes import notes_on
from autodiff.display.mathematics.operation import operation
from autodiff.display.mathematics.words import number
from autodiff.display.mathematics.writing import label_text
from autodiff.display.picture import boxes, captions, colors
from autodiff.display.picture.arrows import (
    Arrow,
    ConstantOperand,
    aligned_operands,
    arrows_of,
    far_arrows,
)
from autodiff.display.picture.descriptions import (
    block_title,
    join_names,
    remarks,
    title_of,
    tooltip,
)
from autodiff.display.picture.drawing import Drawing
from autodiff.display.picture.folding import Block, Outline, Part, nodes_of, outline
from autodiff.display.picture.images import Images
from autodiff.display.picture.rows import rows_of
from autodiff.display.slides.steps import Steps
from autodiff.display.working.references import References, array_reference
from autodiff.display.working.working import Working

__all__ = ["picture"]

_MOST = 2000  # boxes; the layout of more takes seconds
_MOST_LABELED = 300  # boxes; with more, local slopes are only tooltips, to halve the layout time
_WIDEST = 1700  # points; a longer chain is broken into rows
_LETTER, _SMALL_LETTER, _GAP = 8, 6, 30  # points
_MOST_RESULTS = 3  # of a block, shown with their values
_GRAPH = {
    "rankdir": "LR", "bgcolor": colors.PAPER, "pad": "0.25", "nodesep": "0.22", "ranksep": "0.4",
    "labelloc": "t", "labeljust": "l", "fontname": "Helvetica", "outputorder": "edgesfirst",
}  # fmt: skip
_NODE = {"shape": "plain", "fontname": "Helvetica", "fontsize": "13", "fontcolor": colors.INK}
_EDGE = {
    "color": colors.ARROW, "arrowsize": "0.7", "penwidth": "1.3",
    "fontname": "Helvetica", "fontsize": "11", "fontcolor": colors.ARROW,
}  # fmt: skip
_PALE = {"color": colors.PALE_ARROW, "penwidth": "1"}
_FRAME = {
    "peripheries": "1", "style": "rounded", "color": colors.PALE_FRAME, "labelloc": "t",
    "labeljust": "l", "fontsize": "12", "fontcolor": colors.MUTED, "margin": "10",
}  # fmt: skip


def picture(
    working: Working,
    depth: int | None,
    page: Callable[[], str],
    steps: Callable[[], Steps],
    images: Mapping[str, Images] = MappingProxyType({}),
    fold: bool | None = None,
) -> Drawing:
    """Draw a computation.

    Args:
        working: the computation.
        depth: how many levels of scopes are opened; None chooses.
        images: from the names of values to functions that return them as images.
        page: writes the page to step through, for files that end in ``.html``.
        steps: lays out the steps for slides.
        fold: whether repeated steps are folded; None chooses.

    Raises:
        ValueError: there are more boxes than a picture can hold.
    """
    chosen = outline(working, depth, images.keys(), fold)
    if len(chosen.parts) > _MOST:
        raise ValueError(
            f"expected at most {_MOST:,} boxes in a picture, got {len(chosen.parts):,} of "
            f"{working.subject} at depth={depth}. Leave out depth= and fold= to fold it."
        )
    return _Picture(working, chosen, images).drawing(page, steps)


class _Picture:
    """The builder of one picture."""

    def __init__(self, working: Working, chosen: Outline, images: Mapping[str, Images]) -> None:
        self.working, self.outline, self.images = working, chosen, images
        self.references = References(working)
        self.names = self.references.names
        self.arrows = arrows_of(working, chosen, self.refer)
        self.ids: dict[Any, str] = {part: f"n{i}" for i, part in enumerate(chosen.parts)}
        constants = dict.fromkeys(
            a.tail for a in self.arrows if isinstance(a.tail, ConstantOperand)
        )
        self.ids |= {constant: f"c{i}" for i, constant in enumerate(constants)}
        self.frames: dict[Any, str] = {}  # the ids of open scopes
        self.to = _by_head(self.arrows)
        self.used = _used_elsewhere(chosen) | set(working.results)
        self.largest = _largest(working.slopes.values())
        self.has_labels = len(chosen.parts) <= _MOST_LABELED
        self.details = {  # tooltips of boxes, then of arrows, by their ids
            box_id: tooltip(part, working, self.names) for part, box_id in self.ids.items()
        }

    def refer(self, x: Node | Array) -> Formula | None:
        """Return the reference to a value with a name; others are referred to by letters."""
        if type(x) is Node:
            name = self.names.get(x)
            return leaf(name, x.value, x.order, identity=x.order) if name else None
        return array_reference(self.working, x)

    def drawing(self, page: Callable[[], str], steps: Callable[[], Steps]) -> Drawing:
        import graphviz  # its import takes longer than the engine's, and it is rarely needed

        title = title_of(self.working)
        rows = self.rows()
        graph = graphviz.Digraph(graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
        with graph.subgraph(name="cluster_picture") as inner:
            inner.attr(peripheries="0", margin="12", labelloc="b", labeljust="l", fontsize="12")
            count = 1 + max(rows.values(), default=0)
            for row in reversed(range(count)):  # Graphviz places the first one at the bottom
                if count == 1:
                    self.add_row(inner, rows, row)
                    continue
                with inner.subgraph(name=f"cluster_row{row}") as below:
                    below.attr(peripheries="0", margin="14", label="")
                    self.add_row(below, rows, row)
            inner.attr(label=self.legend())
        lines = remarks(self.working, self.outline, self.references)
        graph.attr(label=captions.heading(title, lines))
        graph.attr(id=f"picture_{hashlib.sha1(graph.source.encode()).hexdigest()[:10]}")
        return Drawing(graph.source, title, self.details, (self.working, self.outline), page, steps)

    def rows(self) -> dict[Any, int]:
        """Assign boxes to rows; an argument without a use stands in the first one."""
        starts = set(self.working.starts)
        made: list[Any] = [part for part in self.outline.parts if part not in starts]
        ends = [(arrow.tail, arrow.head) for arrow in self.arrows]
        labels: Counter[int] = Counter()
        for arrow in self.arrows if self.has_labels else ():
            labels[id(arrow.tail)] = max(labels[id(arrow.tail)], len(arrow.local))
        widths = {part: self.width(part, labels[id(part)]) for part in made}
        found = rows_of(made, ends, widths, _WIDEST)
        return {part: found.get(part, 0) for part in self.ids}

    def width(self, part: Part, label: int) -> float:
        """Estimate the width of a box, in points, and of the arrow after it with its label."""
        node = part.nodes[-1] if isinstance(part, Block) else part
        words = block_title(part) if isinstance(part, Block) else self.names.get(node, "")
        cells = boxes.width(node.value, self.working.slopes.get(node))
        if isinstance(part, Node):
            cells += _LETTER * len(operation(part, {})) + _GAP
        return max(_LETTER * len(words), cells) + max(_GAP, _SMALL_LETTER * label)

    def add_row(self, graph: Any, rows: Mapping[Any, int], row: int) -> None:
        """Add the boxes of a row and the arrows to them; those from other rows get references."""
        for part in self.ids:
            if isinstance(part, ConstantOperand) and rows[part] == row:
                self.add_constant(graph, part)
        inside = [part for part in self.outline.parts if rows[part] == row]
        self.add_parts(graph, inside, 0, f"_{row}" if row else "")
        far = far_arrows(self.outline, self.arrows)
        for i, arrow in enumerate(self.arrows):
            if rows[arrow.head] != row:
                continue
            is_far = i in far or rows[arrow.tail] != row
            tail = self.add_reference(graph, arrow.tail, i) if is_far else self.ids[arrow.tail]
            self.add_arrow(graph, arrow, tail)
        for column in aligned_operands(self.outline, self.arrows):
            if {rows[part] for part in column} == {row}:
                _align(graph, [self.ids[part] for part in column])

    def add_parts(self, graph: Any, parts: Sequence[Part], depth: int, row: str) -> None:
        """Add boxes, those of an open scope inside a frame; ``row`` distinguishes its frames."""

        def scope(part: Part) -> Any:
            return (*self.outline.frames.get(part, ())[depth : depth + 1], None)[0]

        for shared, inside in groupby(parts, scope):
            if shared is None:
                for part in inside:
                    self.add_part(graph, part)
                continue
            label = shared.name if shared.name == shared.label else f"{shared.name}: {shared.label}"
            name = f"cluster_{self.frames.setdefault(shared, f's{len(self.frames)}')}{row}"
            self.details[name] = label
            with graph.subgraph(name=name) as frame:
                frame.attr(label=label, **_FRAME)
                self.add_parts(frame, list(inside), depth + 1, row)

    def add_part(self, graph: Any, part: Part) -> None:
        label = self.block(part) if isinstance(part, Block) else self.step(part)
        graph.node(self.ids[part], label)

    def step(self, node: Node) -> str:
        """Write the box of a single value."""
        letters = [arrow.letter for arrow in self.to.get(node, ()) if arrow.letter]
        name, words = self.names.get(node, ""), ""
        if node not in self.working.starts and node.primitive is not START:
            words = operation(node, _by_position(node, letters))
        if not words and not name:
            name = "constant" if node in self.working.results else "tensor"
        slope = self.working.slopes.get(node)
        images = self.images.get(name)
        return boxes.box(node.value, slope, self.largest, words, name, letters, images)

    def block(self, block: Block) -> str:
        """Write the box of a block, with the values that are used outside of it."""
        shown = [node for node in block.nodes if node in self.used]
        results = [
            (self.names.get(node, ""), node.value, self.working.slopes.get(node))
            for node in shown[-_MOST_RESULTS:]
        ]
        shown_already = ((), block.titles, (results[-1][0],))
        lines = [] if block.names in shown_already else [join_names(block.names)]
        if block.starts:
            slopes = [self.working.slopes[n] for n in block.starts if n in self.working.slopes]
            lines.append(
                f"{len(slopes)} arguments inside, slopes up to ±{number(_largest(slopes))}"
            )
        return boxes.block_box(block.titles, block.count, lines, results, self.largest, self.images)

    def add_constant(self, graph: Any, constant: ConstantOperand) -> None:
        graph.node(self.ids[constant], boxes.constant_box(constant.value, constant.name))

    def add_reference(self, graph: Any, tail: Part | ConstantOperand, number: int) -> str:
        """Add a small box that replaces a long arrow from a value far away."""
        box_id = f"r{number}"
        tail_tooltip = self.details[self.ids[tail]]
        graph.node(box_id, boxes.reference(self.reference_text(tail)))
        self.details[box_id] = f"from further back: {tail_tooltip}"
        return box_id

    def reference_text(self, tail: Part | ConstantOperand) -> str:
        """Return the text that refers to a box: its name, or the formula of its value."""
        if isinstance(tail, ConstantOperand):
            return tail.name
        if isinstance(tail, Block):
            return join_names(tail.names) if tail.names else block_title(tail)
        return self.references.name(tail)

    def add_arrow(self, graph: Any, arrow: Arrow, tail: str) -> None:
        head = self.ids[arrow.head]
        look = {} if arrow.carries else dict(_PALE)
        if not arrow.carries and not isinstance(arrow.tail, ConstantOperand):
            look["style"] = "dashed"
        if arrow.local and not isinstance(arrow.tail, ConstantOperand):
            if self.has_labels:
                look["label"] = captions.above(arrow.local)
            words = self.details.get(f"{tail}->{head}")
            self.details[f"{tail}->{head}"] = (
                f"{words}; {arrow.tooltip}" if words else arrow.tooltip
            )
        place = f"{head}:{boxes.port(arrow.position)}" if arrow.letter else head
        graph.edge(f"{tail}:e", f"{place}:w", **look)

    def legend(self) -> str:
        slopes = self.working.slopes.values()
        has_bad = any(not np.all(np.isfinite(slope)) for slope in slopes)
        kinds = [arrow for arrow in self.arrows if not isinstance(arrow.tail, ConstantOperand)]
        has_dashed = any(not arrow.carries for arrow in kinds)
        has_images = not self.images.keys().isdisjoint(self.names.values())
        return captions.legend(self.largest, has_dashed, has_bad, self.notes(kinds), has_images)

    def notes(self, arrows: Sequence[Arrow]) -> list[str]:
        """List the notes on the labels of arrows, and on the signs in them and in boxes."""
        labeled = [arrow for arrow in arrows if arrow.local and self.has_labels]
        words = (
            next((word for arrow in labeled if (word := getattr(arrow, name))), "")
            for name in ("arriving", "before", "after")
        )
        definitions = self.references.definitions
        formulas = [definitions[x] for x in self.outline.parts if x in definitions]
        formulas += [x.formula for x in labeled if x.formula and x.formula.kind != "relation"]
        signs = [f"{label_text(sign)}: {meaning}" for sign, meaning in notes_on(formulas)]
        return [*(captions.on_arrows(*words) if labeled else []), *signs]


def _align(graph: Any, column: Sequence[str]) -> None:
    """Put boxes into one column, the first at the top, where Graphviz puts the last one."""
    with graph.subgraph() as same:
        same.attr(rank="same")
        for below, above in pairwise(reversed(column)):
            same.edge(below, above, style="invis")


def _by_position(node: Node, letters: Sequence[str]) -> dict[int, str]:
    """Map the positions of operands with a box to their letters."""
    shown = [i for i, x in enumerate(node.inputs) if type(x) is Node or np.ndim(x)]
    return dict(zip(shown, letters, strict=True)) if letters else {}


def _by_head(arrows: Sequence[Arrow]) -> dict[Part, list[Arrow]]:
    found: dict[Part, list[Arrow]] = {}
    for arrow in arrows:
        found.setdefault(arrow.head, []).append(arrow)
    return found


def _used_elsewhere(chosen: Outline) -> set[Node]:
    """Return the Nodes that are used by another part than their own."""
    owners = {node: part for part in chosen.parts for node in nodes_of(part)}
    return {
        x
        for node, part in owners.items()
        for x in node.inputs
        if type(x) is Node and owners.get(x, part) is not part
    }


def _largest(slopes: Iterable[Array]) -> float:
    """Return the size of the largest finite slope; 0 if there is none."""
    sizes = (np.abs(slope)[np.isfinite(slope)] for slope in slopes)
    return max((float(size.max()) for size in sizes if size.size), default=0.0)
