"""The layout of a page: Graphviz arranges the boxes and draws the arrows between them.

The boxes are empty in Graphviz's drawing; the page replaces them by HTML, which can change its
numbers, be focused and be read aloud. Lengths are in points, which the page uses as pixels.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.typing import Array
from autodiff.display.mathematics.words import number, signed

__all__ = ["PageBox", "dot", "is_written_out"]

_DIGIT, _LETTER, _LINE, _MARGIN = 7.6, 7.2, 20, 10
_LABEL = 44  # the words "value" and "slope"
_SUMMARY = 23  # characters of the range of many entries
_MOST_ROWS, _MOST_COLUMNS, _MOST_ENTRIES = 4, 6, 12
_GRAPH = {"rankdir": "LR", "nodesep": "0.28", "ranksep": "0.7", "bgcolor": "transparent"}


class PageBox(NamedTuple):
    """The content of a box, which determines its size.

    Attributes:
        id: its name in Graphviz.
        name: the name of the value.
        expression: how it was computed; empty for a start.
        value: the number or array.
        slope: the slope, in the shape of the value; None if there is none.
        scopes: the ids and titles of the blocks around it, outermost first.
    """

    id: str
    name: str
    expression: str
    value: Array
    slope: Array | None
    scopes: Sequence[tuple[str, str]] = ()


def is_written_out(value: Array) -> bool:
    """Return whether a box has room for all entries of a value."""
    if isinstance(value, tuple):
        return False
    rows, columns = _grid(value)
    return 0 < rows <= _MOST_ROWS and columns <= _MOST_COLUMNS and rows * columns <= _MOST_ENTRIES


def dot(boxes: Sequence[PageBox], arrows: Sequence[tuple[str, str, str]]) -> str:
    """Write the graph in Graphviz's language; ``arrows`` are ids with the ids of their boxes."""
    import graphviz  # its import takes longer than the engine's

    graph = graphviz.Digraph(
        graph_attr=_GRAPH, node_attr={"shape": "box", "fixedsize": "true", "label": ""}
    )
    _add(graph, boxes, 0)
    for arrow_id, tail, head in arrows:
        graph.edge(tail, head, id=arrow_id, tailport="e", headport="w")
    return str(graph.source)


def _add(graph: Any, boxes: Sequence[PageBox], depth: int) -> None:
    """Add boxes to a graph, those of a block inside a frame."""
    for scope, inside in _blocks(boxes, depth):
        if scope is None:
            for box in inside:
                width, height = (f"{length / 72:.3f}" for length in _size(box))
                graph.node(box.id, id=box.id, width=width, height=height)
            continue
        scope_id, title = scope
        with graph.subgraph(name=f"cluster_{scope_id}") as frame:
            frame.attr(label=html.escape(title), labeljust="l", fontsize="13", margin="14")
            _add(frame, inside, depth + 1)


def _blocks(
    boxes: Sequence[PageBox], depth: int
) -> Iterator[tuple[tuple[str, str] | None, Sequence[PageBox]]]:
    found: dict[tuple[str, str] | None, list[PageBox]] = {}
    for box in boxes:
        scope = box.scopes[depth] if len(box.scopes) > depth else None
        found.setdefault(scope, []).append(box)
    yield from found.items()


def _size(box: PageBox) -> tuple[float, float]:
    """Return the width and height of a box, from its content."""
    rows, cells = 1, _SUMMARY * _DIGIT
    if is_written_out(box.value):
        rows, columns = _grid(box.value)
        entries = [*map(number, np.ravel(box.value))]
        entries += [] if box.slope is None else map(signed, np.ravel(box.slope))
        cells = columns * (max(6, *map(len, entries)) * _DIGIT + 8)
    lines = 1 + bool(box.expression) + rows * (1 if box.slope is None else 2)
    words = max(len(box.name) * 1.12, len(box.expression) + 2) * _LETTER + 2 * _MARGIN
    return max(words, _LABEL + cells + _MARGIN), lines * _LINE + _MARGIN


def _grid(value: Array) -> tuple[int, int]:
    """Return the numbers of rows and columns of the entries."""
    columns = int(np.shape(value)[-1]) if np.ndim(value) else 1
    return (int(np.size(value)) // columns if columns else 0), columns
