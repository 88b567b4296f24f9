"""The layout of a page: Graphviz arranges the boxes and draws the arrows between them.

The boxes are empty in Graphviz's drawing; the page replaces them by HTML, which can change its
numbers, be focused and be read aloud. Lengths are in points, which the page uses as pixels.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.typing import Array
from autodiff.display.mathematics.words import number, shortened, signed
from autodiff.display.picture.rows import rows_of

__all__ = ["PageBox", "dot", "is_written_out"]

_DIGIT, _LETTER, _LINE, _MARGIN = 7.6, 7.2, 20, 10
_LABEL = 44  # the words "value" and "slope"
_SUMMARY = 23  # characters of the range of many entries
_GAP, _WIDEST = 50, 1250  # between boxes; a longer chain is broken into rows
_LONGEST_REFERENCE = 24  # characters
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
    rows, names = _rows(boxes, arrows), {box.id: box.name for box in boxes}
    count = 1 + max(rows.values(), default=0)
    for row in reversed(range(count)):  # Graphviz places the first one at the bottom
        with nullcontext(graph) if count == 1 else graph.subgraph(name=f"cluster_row{row}") as own:
            if count > 1:
                own.attr(peripheries="0", margin="12", label="", **{"class": "row"})
            _add(own, [box for box in boxes if rows[box.id] == row], 0, f"_{row}" if row else "")
            for arrow_id, tail, head in arrows:
                if rows[head] != row:
                    continue
                if rows[tail] != row:
                    tail = _add_reference(own, names[tail], arrow_id)
                own.edge(tail, head, id=arrow_id, tailport="e", headport="w")
    return str(graph.source)


def _rows(boxes: Sequence[PageBox], arrows: Sequence[tuple[str, str, str]]) -> dict[str, int]:
    """Assign boxes to rows; a box without arrows stands in the first one."""
    made = {head for _, _, head in arrows}
    widths = {box.id: _size(box)[0] + _GAP for box in boxes}
    ends = [(tail, head) for _, tail, head in arrows]
    found = rows_of([box.id for box in boxes if box.id in made], ends, widths, _WIDEST)
    return {box.id: found.get(box.id, 0) for box in boxes}


def _add_reference(graph: Any, name: str, arrow_id: str) -> str:
    """Add a small box that refers to a value in another row."""
    box_id = f"from_{arrow_id}"
    graph.node(
        box_id, label=f"from {shortened(name, _LONGEST_REFERENCE)}", fixedsize="false",
        style="rounded", fontsize="11", margin="0.14,0.03", height="0.2",
    )  # fmt: skip
    return box_id


def _add(graph: Any, boxes: Sequence[PageBox], depth: int, row: str) -> None:
    """Add boxes to a graph, those of a block inside a frame; ``row`` distinguishes its frames."""
    for scope, inside in _blocks(boxes, depth):
        if scope is None:
            for box in inside:
                width, height = (f"{length / 72:.3f}" for length in _size(box))
                graph.node(box.id, id=box.id, width=width, height=height)
            continue
        scope_id, title = scope
        with graph.subgraph(name=f"cluster_{scope_id}{row}") as frame:
            frame.attr(
                peripheries="1", label=html.escape(title), labeljust="l", fontsize="13", margin="14"
            )
            _add(frame, inside, depth + 1, row)


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
