"""Lay a computation out as a picture: boxes from left to right, and the arrows between them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np

from autodiff.graph import Node
from autodiff.show import boxes, captions, colors
from autodiff.show.arrows import Arrow, Constant, arrows_of, far_arrows
from autodiff.show.drawing import Drawing
from autodiff.show.folding import Block, Outline, Part, nodes_of, outline
from autodiff.show.formula import Formula, leaf
from autodiff.show.referring import References
from autodiff.show.telling import block_title, few, remarks, title_of, told
from autodiff.show.words import number, operation
from autodiff.show.working import Working

__all__ = ["picture"]

_MOST = 2000  # boxes: the layout takes seconds by then, and nobody can read more
_MOST_LABELED = (
    300  # with more boxes, local slopes are only tooltips: they double the layout's work
)
_MOST_RESULTS = 3  # of a block, whose values are shown
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


def picture(working: Working, depth: int | None = None) -> Drawing:
    """Draw a computation; ``depth`` says how many levels of scopes are opened.

    Raises:
        ValueError: there are more boxes than a picture can hold.
    """
    chosen = outline(working, depth)
    if len(chosen.parts) > _MOST:
        raise ValueError(
            f"expected at most {_MOST:,} boxes in a picture, got {len(chosen.parts):,} of "
            f"{working.subject} at depth={depth}. Leave depth= away, and it folds by itself."
        )
    return _Picture(working, chosen).drawing()


class _Picture:
    """One picture in the making."""

    def __init__(self, working: Working, chosen: Outline) -> None:
        self.working, self.outline = working, chosen
        self.references = References(working)
        self.names = self.references.names
        self.arrows = arrows_of(working, chosen, self.refer)
        self.ids: dict[Any, str] = {part: f"n{i}" for i, part in enumerate(chosen.parts)}
        constants = dict.fromkeys(a.tail for a in self.arrows if isinstance(a.tail, Constant))
        self.ids |= {constant: f"c{i}" for i, constant in enumerate(constants)}
        self.to = _by_head(self.arrows)
        self.used = _used_elsewhere(chosen) | set(working.results)
        self.largest = _largest(working.slopes.values())
        self.has_labels = len(chosen.parts) <= _MOST_LABELED
        self.details: dict[str, str] = {}  # what boxes and arrows say, by their ids

    def refer(self, x: Any) -> Formula | None:
        """Refer to what has a name; the boxes of others have letters for their operands."""
        if type(x) is Node:
            name = self.names.get(x)
            return leaf(name, x.value, x.order, identity=x.order) if name else None
        name = self.working.constant_name(x)
        return leaf(name, x) if name else None

    def drawing(self) -> Drawing:
        import graphviz  # costs more to import than the whole engine, and is rarely needed

        title = title_of(self.working)
        graph = graphviz.Digraph(graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
        with graph.subgraph(name="cluster_picture") as inner:
            inner.attr(peripheries="0", margin="12", labelloc="b", labeljust="l", fontsize="12")
            for own in self.ids:
                if isinstance(own, Constant):
                    self.add_constant(inner, own)
            self.add_parts(inner, self.outline.parts, 0)
            far = far_arrows(self.outline, self.arrows)
            for i, arrow in enumerate(self.arrows):
                tail = self.add_reference(inner, arrow.tail, i) if i in far else None
                self.add_arrow(inner, arrow, tail or self.ids[arrow.tail])
            inner.attr(label=self.legend())
        graph.attr(label=captions.heading(title, remarks(self.working, self.outline)))
        graph.attr(id=f"picture_{hashlib.sha1(graph.source.encode()).hexdigest()[:10]}")
        return Drawing(graph.source, title, self.details, (self.working, self.outline))

    def add_parts(self, graph: Any, parts: Sequence[Part], depth: int) -> None:
        """Add boxes; those of a scope that is open stand in a frame."""

        def scope(part: Part) -> Any:
            return (*self.outline.frames.get(part, ())[depth : depth + 1], None)[0]

        for own, inside in groupby(parts, scope):
            if own is None:
                for part in inside:
                    self.add_part(graph, part)
                continue
            label = own.name if own.name == own.label else f"{own.name}: {own.label}"
            name = f"cluster_{self.ids.setdefault(own, f's{len(self.ids)}')}"
            self.details[name] = label
            with graph.subgraph(name=name) as frame:
                frame.attr(label=label, **_FRAME)
                self.add_parts(frame, list(inside), depth + 1)

    def add_part(self, graph: Any, part: Part) -> None:
        label = self.block(part) if isinstance(part, Block) else self.step(part)
        graph.node(self.ids[part], label)
        self.details[self.ids[part]] = told(part, self.working, self.names)

    def step(self, node: Node) -> str:
        """Write the box of a single value."""
        letters = [arrow.letter for arrow in self.to.get(node, ()) if arrow.letter]
        name, words = self.names.get(node, ""), ""
        if node not in self.working.starts and node.primitive is not None:
            words = operation(node, _by_position(node, letters))
        if not words and not name:
            name = "constant" if node in self.working.results else "tensor"
        slope = self.working.slopes.get(node)
        return boxes.box(node.value, slope, self.largest, words, name, letters)

    def block(self, block: Block) -> str:
        """Write the box of a block, with the values that are used outside of it."""
        shown = [node for node in block.nodes if node in self.used]
        results = [
            (self.names.get(node, ""), node.value, self.working.slopes.get(node))
            for node in shown[-_MOST_RESULTS:]
        ]
        said = [few(block.names)] if block.names and block.names != (results[-1][0],) else []
        if block.starts:
            slopes = [self.working.slopes[node] for node in block.starts]
            said.append(f"{len(slopes)} arguments inside, slopes up to ±{number(_largest(slopes))}")
        return boxes.block_box(block.titles, block.count, said, results, self.largest)

    def add_constant(self, graph: Any, constant: Constant) -> None:
        own = self.ids[constant]
        graph.node(own, boxes.constant_box(constant.value, constant.name))
        self.details[own] = told(constant, self.working, self.names)

    def add_reference(self, graph: Any, tail: Part | Constant, number: int) -> str:
        """Add a small box that stands for a value far away, and spare the picture a long arrow."""
        own = f"r{number}"
        said = self.details[self.ids[tail]]
        graph.node(own, boxes.reference(self.called(tail)))
        self.details[own] = f"from further back: {said}"
        return own

    def called(self, tail: Part | Constant) -> str:
        """Refer to what has a box by its name; a value without one by its formula."""
        if isinstance(tail, Constant):
            return tail.name or "constant"
        if isinstance(tail, Block):
            return few(tail.names) if tail.names else block_title(tail)
        return self.references.name(tail)

    def add_arrow(self, graph: Any, arrow: Arrow, tail: str) -> None:
        head = self.ids[arrow.head]
        look = {} if arrow.carries else dict(_PALE)
        if not arrow.carries and not isinstance(arrow.tail, Constant):
            look["style"] = "dashed"
        if arrow.local and not isinstance(arrow.tail, Constant):
            if self.has_labels:
                look["label"] = captions.above(arrow.local)
            words = self.details.get(f"{tail}->{head}")
            self.details[f"{tail}->{head}"] = f"{words}; {arrow.told}" if words else arrow.told
        place = f"{head}:{boxes.port(arrow.place)}" if arrow.letter else head
        graph.edge(f"{tail}:e", f"{place}:w", **look)

    def legend(self) -> str:
        slopes = self.working.slopes.values()
        has_bad = any(not np.all(np.isfinite(slope)) for slope in slopes)
        kinds = [arrow for arrow in self.arrows if not isinstance(arrow.tail, Constant)]
        has_dashed = any(not arrow.carries for arrow in kinds)
        labeled = kinds if self.has_labels else ()
        arriving = next((arrow.arriving for arrow in labeled if arrow.arriving), "")
        has_local = any(arrow.local for arrow in labeled)
        return captions.legend(self.largest, has_dashed, has_bad, has_local, arriving)


def _by_position(node: Node, letters: Sequence[str]) -> dict[int, str]:
    """Give each operand that has a box its letter."""
    shown = [i for i, x in enumerate(node.inputs) if type(x) is Node or np.ndim(x)]
    return dict(zip(shown, letters, strict=True)) if letters else {}


def _by_head(arrows: Sequence[Arrow]) -> dict[Part, list[Arrow]]:
    found: dict[Part, list[Arrow]] = {}
    for arrow in arrows:
        found.setdefault(arrow.head, []).append(arrow)
    return found


def _used_elsewhere(chosen: Outline) -> set[Node]:
    """Find the Nodes that another part than their own uses."""
    owners = {node: part for part in chosen.parts for node in nodes_of(part)}
    return {
        x
        for node, part in owners.items()
        for x in node.inputs
        if type(x) is Node and owners.get(x, part) is not part
    }


def _largest(slopes: Any) -> float:
    """Find the size of the largest finite slope; 0 if there is none."""
    sizes = (np.abs(slope)[np.isfinite(slope)] for slope in slopes)
    return max((float(size.max()) for size in sizes if size.size), default=0.0)
