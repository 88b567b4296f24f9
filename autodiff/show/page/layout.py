"""Where the boxes of a page lie: Graphviz arranges them, and draws the arrows between them.

A box is left empty in Graphviz's drawing; the page puts HTML into its place, which can change its
numbers, be focused and be read aloud. Lengths are in points, of which a page makes pixels.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.show.words import number, signed

__all__ = ["Box", "dot", "is_written_out"]

_DIGIT, _LETTER, _LINE, _MARGIN = 7.6, 7.2, 20, 10
_LABEL = 44  # the words "value" and "slope"
_SUMMARY = 23  # characters, of the range of many entries
_MOST_ROWS, _MOST_COLUMNS, _MOST_ENTRIES = 4, 6, 12
_GRAPH = {"rankdir": "LR", "nodesep": "0.28", "ranksep": "0.7", "bgcolor": "transparent"}


class Box(NamedTuple):
    """What stands in a box.

    Attributes:
        id: its name in Graphviz.
        name: what the value is called.
        expression: how it was computed; empty for a start.
        value: the number or array.
        slope: of its shape; None where there is none.
        scopes: the blocks that it belongs to, outermost first: an id and a title each.
    """

    id: str
    name: str
    expression: str
    value: Any
    slope: Any
    scopes: Sequence[tuple[str, str]] = ()


def is_written_out(value: Any) -> bool:
    """Whether a box has room for all entries of a value."""
    if isinstance(value, tuple):
        return False
    rows, columns = _grid(value)
    return 0 < rows <= _MOST_ROWS and columns <= _MOST_COLUMNS and rows * columns <= _MOST_ENTRIES


def dot(boxes: Sequence[Box], arrows: Sequence[tuple[str, str, str]]) -> str:
    """Write the graph in Graphviz's language; ``arrows`` are ids with the ids of their boxes."""
    import graphviz  # costs more to import than the whole engine

    graph = graphviz.Digraph(
        graph_attr=_GRAPH, node_attr={"shape": "box", "fixedsize": "true", "label": ""}
    )
    _add(graph, boxes, 0)
    for own, tail, head in arrows:
        graph.edge(tail, head, id=own, tailport="e", headport="w")
    return str(graph.source)


def _add(graph: Any, boxes: Sequence[Box], depth: int) -> None:
    """Add boxes to a graph, those of a block within a frame."""
    for scope, inside in _blocks(boxes, depth):
        if scope is None:
            for box in inside:
                width, height = (f"{length / 72:.3f}" for length in _size(box))
                graph.node(box.id, id=box.id, width=width, height=height)
            continue
        own, title = scope
        with graph.subgraph(name=f"cluster_{own}") as frame:
            frame.attr(label=html.escape(title), labeljust="l", fontsize="13", margin="14")
            _add(frame, inside, depth + 1)


def _blocks(
    boxes: Sequence[Box], depth: int
) -> Iterator[tuple[tuple[str, str] | None, Sequence[Box]]]:
    found: dict[tuple[str, str] | None, list[Box]] = {}
    for box in boxes:
        scope = box.scopes[depth] if len(box.scopes) > depth else None
        found.setdefault(scope, []).append(box)
    yield from found.items()


def _size(box: Box) -> tuple[float, float]:
    """Find the width and height of a box from what stands in it."""
    rows, cells = 1, _SUMMARY * _DIGIT
    if is_written_out(box.value):
        rows, columns = _grid(box.value)
        entries = [*map(number, np.ravel(box.value))]
        entries += [] if box.slope is None else map(signed, np.ravel(box.slope))
        cells = columns * (max(6, *map(len, entries)) * _DIGIT + 8)
    lines = 1 + bool(box.expression) + rows * (1 if box.slope is None else 2)
    words = max(len(box.name) * 1.12, len(box.expression) + 2) * _LETTER + 2 * _MARGIN
    return max(words, _LABEL + cells + _MARGIN), lines * _LINE + _MARGIN


def _grid(value: Any) -> tuple[int, int]:
    """Find how many rows and columns the entries take."""
    columns = int(np.shape(value)[-1]) if np.ndim(value) else 1
    return (int(np.size(value)) // columns if columns else 0), columns
