"""Lay a computation out as a picture: boxes from left to right, and the arrows between them."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.graph import Node
from autodiff.show import boxes
from autodiff.show.drawing import Drawing
from autodiff.show.words import is_symmetric, number, operation, shape_text, signed
from autodiff.show.working import Working

__all__ = ["picture"]

_MOST_NAMED = 20  # slopes that the description tells
_GRAPH = {
    "rankdir": "LR", "bgcolor": "white", "pad": "0.25", "nodesep": "0.22", "ranksep": "0.4",
    "labelloc": "t", "labeljust": "l", "fontname": "Helvetica", "outputorder": "edgesfirst",
}  # fmt: skip
_NODE = {"shape": "plain", "fontname": "Helvetica", "fontsize": "13", "fontcolor": "#1f2933"}
_EDGE = {"color": "#33475b", "arrowsize": "0.7", "penwidth": "1.3"}
_NO_SLOPE = {"style": "dashed", "color": "#9aa5b1", "penwidth": "1"}
_CONSTANT = {"color": "#9aa5b1", "penwidth": "1"}


def picture(working: Working) -> Drawing:
    """Draw a computation."""
    return _Picture(working).drawing()


class _Picture:
    """One picture in the making."""

    def __init__(self, working: Working) -> None:
        self.working = working
        self.ids = {node: f"n{i}" for i, node in enumerate(working.nodes)}
        self.largest = _largest(working.slopes.values())
        self.has_dashed = False
        self.details: dict[str, str] = {}  # what the boxes say, by their ids
        self.shared: dict[str, str] = {}  # the ids of constant arguments, by name
        self.names = _result_names(working) | working.names

    def drawing(self) -> Drawing:
        import graphviz  # costs more to import than the whole engine, and is rarely needed

        title = f"{self.working.subject} = {_short(self.working.results)}"
        graph = graphviz.Digraph(graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
        with graph.subgraph(name="cluster_picture") as inner:
            inner.attr(peripheries="0", margin="12", labelloc="b", labeljust="l", fontsize="12")
            for node in self.working.nodes:
                self._add(inner, node)
            inner.attr(label=self._legend())
        graph.attr(label=boxes.heading(title, self._remark()))
        graph.attr(id=f"picture_{hashlib.sha1(graph.source.encode()).hexdigest()[:10]}")
        return Drawing(graph.source, title, self._description(title), self.details)

    def _add(self, graph: Any, node: Node) -> None:
        """Add the box of a Node, the arrows to it, and the constants among its operands."""
        operands = list(_operands(node))
        letters = _letters(node, operands)
        name = self.names.get(node, "")
        words = "" if _is_start(node, self.working) else operation(node, letters)
        if not words and not name:
            name = "constant" if node in self.working.results else "tensor"
        slope, own = self.working.slopes.get(node), self.ids[node]
        places = list(letters.values())
        graph.node(own, boxes.box(node.value, slope, self.largest, words, name, places))
        self.details[own] = _told(": ".join(filter(None, [name, words])), node.value, slope)
        if not words:
            return
        for position, operand in operands:
            head = f"{own}:{boxes.port(letters[position])}" if letters else own
            if isinstance(operand, Node):
                tail, look = self.ids[operand], self._look(operand, node)
            else:
                tail, look = self._add_constant(graph, operand, f"{own}_{position}"), _CONSTANT
            graph.edge(f"{tail}:e", f"{head}:w", **look)

    def _add_constant(self, graph: Any, value: Any, fallback: str) -> str:
        """Add the box of an array; an argument gets one box, however often it is used."""
        name = self.working.constant_name(value)
        own = self.shared.setdefault(name, f"c{len(self.shared)}") if name else fallback
        if own not in self.details:
            graph.node(own, boxes.constant_box(value, name or ""))
            self.details[own] = _told(name or "constant", value, None)
        return own

    def _look(self, tail: Node, head: Node) -> dict[str, str]:
        """Dash an arrow that no slope gets back through."""
        slopes = self.working.slopes.get(tail), self.working.slopes.get(head)
        if all(slope is not None and np.any(slope) for slope in slopes):
            return {}
        self.has_dashed = True
        return _NO_SLOPE

    def _legend(self) -> str:
        slopes = self.working.slopes.values()
        has_bad = any(not np.all(np.isfinite(slope)) for slope in slopes)
        return boxes.legend(self.largest, self.has_dashed, has_bad)

    def _remark(self) -> str:
        subject = self.working.subject
        if not any(node in self.working.slopes for node in self.working.results):
            return f"no slopes: {subject} is {self.working.results[0].value.dtype}, not real"
        of = subject if self.working.is_scalar else f"the sum of all entries of {subject}"
        return f"slope: how much {of} changes per unit change of the value"

    def _description(self, title: str) -> str:
        steps = sum(not _is_start(node, self.working) for node in self.working.nodes)
        slopes = [
            f"{self.working.names[node]} {_said(self.working.slopes.get(node), signed)}"
            for node in self.working.starts[:_MOST_NAMED]
            if node in self.working.names
        ]
        told = f" Slopes: {'; '.join(slopes)}." if slopes else ""
        return f"A computation in {steps} steps, from left to right. {title}.{told}"


def _is_start(node: Node, working: Working) -> bool:
    return node.primitive is None or node in working.starts


def _result_names(working: Working) -> dict[Node, str]:
    if len(working.results) == 1:
        return {working.results[0]: working.subject}
    return {node: f"{working.subject} {i}" for i, node in enumerate(working.results)}


def _operands(node: Node) -> Iterator[tuple[int, Any]]:
    """List what a Node was computed from that gets a box: Nodes and arrays, not numbers."""
    for position, operand in enumerate(node.inputs):
        if isinstance(operand, Node) or np.ndim(operand):
            yield position, operand


def _letters(node: Node, operands: list[tuple[int, Any]]) -> dict[int, str]:
    """Name the operands, where their order matters."""
    if not 2 <= len(operands) <= len(string.ascii_lowercase) or is_symmetric(node):
        return {}
    return {at: letter for (at, _), letter in zip(operands, string.ascii_lowercase, strict=False)}


def _largest(slopes: Any) -> float:
    """Find the size of the largest finite slope; 0 if there is none."""
    sizes = (np.abs(slope)[np.isfinite(slope)] for slope in slopes)
    return max((float(size.max()) for size in sizes if size.size), default=0.0)


def _short(results: list[Node]) -> str:
    return ", ".join(_said(node.value, number) for node in results[:3]) + (
        ", …" if len(results) > 3 else ""
    )


def _told(what: str, value: Any, slope: Any) -> str:
    """Say in words what a box says."""
    text = f"{what}: value {_said(value, number)}"
    return text if slope is None else f"{text}, slope {_said(slope, signed)}"


def _said(value: Any, write: Any) -> str:
    if value is None:
        return "none"
    if np.ndim(value) == 0:
        return str(write(value))
    entries = np.ravel(value)
    if entries.size <= 6:
        return f"[{', '.join(map(write, entries))}]"
    return f"{shape_text(value)} entries"
