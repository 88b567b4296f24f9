"""The boxes of a picture, as Graphviz's HTML-like labels: a value beside its slope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.show import colors
from autodiff.show.cells import LINE, Row, cell, loud, on_color, plain, small, table
from autodiff.show.words import number, shape_text, signed, span

__all__ = ["block_box", "box", "constant_box", "port", "reference"]

_FEW = 6  # entries that are written out


def box(
    value: Any,
    slope: Any,
    largest: float,
    operation: str = "",
    name: str = "",
    letters: Sequence[str] = (),
) -> str:
    """Write a box: what it is called, the operation that made it, its value and its slope.

    Args:
        value: a number or array.
        slope: of the value's shape; None where there is none.
        largest: the size of the picture's largest slope.
        operation: the mathematics; empty for a value that starts the graph.
        name: what the user calls it, if they do.
        letters: the operands that the operation names; each gets a place where its arrow ends.
    """
    rows = [*_value_rows(value), *_slope_rows(value, slope, largest)]
    shade = colors.OPERATION if slope is None or np.any(slope) else colors.DEAD_OPERATION
    left = _operation_cells(operation, shade, letters, len(rows)) if operation else []
    rows[0] = left + rows[0]
    if name:
        rows.insert(0, [_name_cell(name, 1 + _columns(value) + len(left))])
    return table(rows, colors.FRAME)


def constant_box(value: Any, name: str) -> str:
    """Write a box for an array that isn't differentiated: no slope is sought."""
    title = f"<B>{plain(name)}</B>" if name else small("constant")
    rows = [[cell(title, columns=1 + _columns(value))], *_value_rows(value)]
    return table(rows, colors.PALE_FRAME)


def block_box(
    titles: Sequence[str],
    count: int,
    remarks: Sequence[str],
    results: Sequence[tuple[str, Any, Any]],
    largest: float,
) -> str:
    """Write the box of many steps that are shown as one.

    Args:
        titles: what is done, line by line.
        count: how often.
        remarks: what else is to be said, line by line.
        results: the values that come out, each with its name and slope.
        largest: the size of the picture's largest slope.
    """
    columns = 1 + max((_columns(value) for _, value, _ in results), default=1)
    rows = [[_title_cell(titles, count, columns)]]
    rows += [[cell(small(remark), colors.NAME, columns)] for remark in remarks]
    for name, value, slope in results:
        if name:
            rows.append([_name_cell(name, columns)])
        rows += [*_value_rows(value), *_slope_rows(value, slope, largest)]
    return table(rows, colors.FRAME)


def _title_cell(titles: Sequence[str], count: int, columns: int) -> str:
    """Write what a block does, and how often."""
    text = LINE.join(f"<B>{plain(title)}  </B>" for title in titles)
    text = f'<FONT COLOR="{colors.WHITE}">{text}</FONT>'
    if len(titles) > 1:
        text += LINE
    if count > 1:
        text += f'<FONT COLOR="{colors.WHITE}" POINT-SIZE="17"><B>  ×{count}</B></FONT>'
    if len(titles) > 1 and count > 1:
        text += LINE
    return cell(text, colors.OPERATION, columns)


def reference(name: str) -> str:
    """Write the small box that stands for a value whose own box is far away."""
    return table([[cell(small(f"from {name}"))]], colors.PALE_FRAME)


def port(position: int) -> str:
    """Name the place in a box where the arrow of an operand ends, counted from 0."""
    return f"operand_{position}"


def _columns(value: Any) -> int:
    """How many columns the entries take; one if they are summed up."""
    if isinstance(value, tuple):
        return 1
    return int(np.shape(value)[-1]) if np.ndim(value) and 0 < np.size(value) <= _FEW else 1


def _value_rows(value: Any) -> list[Row]:
    return _rows("value", value, number, lambda low, high: "")


def _slope_rows(value: Any, slope: Any, largest: float) -> list[Row]:
    if slope is None:
        return [[cell(small("slope")), cell(small("none"), columns=_columns(value))]]
    return _rows("slope", slope, signed, lambda low, high: colors.gradient(low, high, largest))


def _rows(
    label: str,
    entries: Any,
    write: Callable[[Any], str],
    fill: Callable[[Any, Any], str],
) -> list[Row]:
    """Lay entries out as a matrix, or sum them up if they are many."""
    if isinstance(entries, tuple):
        return [[cell(small(label)), cell(small(f"{len(entries)} parts"))]]
    entries = np.asarray(entries)
    if not 0 < entries.size <= _FEW:
        title = cell(small(f"{label} {shape_text(entries)}"))
        return [[title, *_summary(entries, write, fill)]]
    grid = entries.reshape(-1, _columns(entries))
    rows = [[_entry(write(x), fill(_real(x), _real(x))) for x in line] for line in grid]
    rows[0].insert(0, cell(small(label), rows=len(grid)))
    return rows


def _summary(
    entries: Any, write: Callable[[Any], str], fill: Callable[[Any, Any], str]
) -> list[str]:
    """Say the range of many entries, and how many of them are no numbers."""
    if entries.size == 0:
        return [cell(small("empty"))]
    if entries.dtype.kind == "c":
        return [cell(plain(f"|·| up to {number(np.abs(entries).max())}"))]
    finite = entries[np.isfinite(entries)]
    bad = entries.size - finite.size
    cells = []
    if finite.size:
        low, high = finite.min(), finite.max()
        text = span(low, high, write)
        shade = fill(float(low), float(high))
        cells.append(cell(on_color(text) if shade else plain(text), shade))
    if bad:
        cells.append(cell(loud(f"{bad} NaN or ∞"), colors.NOT_FINITE))
    return cells


def _real(x: Any) -> float:
    """Give the number that a color is chosen for: a complex slope has a size but no sign."""
    return float(abs(x)) if np.iscomplexobj(x) else float(x)


def _entry(text: str, fill: str) -> str:
    if text in ("NaN", "∞", "−∞", "+∞"):
        return cell(loud(text), colors.NOT_FINITE)
    return cell(on_color(text) if fill else plain(text), fill)


def _operation_cells(operation: str, shade: str, letters: Sequence[str], height: int) -> Row:
    text = f'<FONT COLOR="{colors.WHITE}" POINT-SIZE="15"><B>{plain(operation)}</B></FONT>'
    cells = [cell(text, shade, rows=height)]
    if letters:
        rows = "".join(
            f'<TR><TD PORT="{port(i)}">{small(letter)}</TD></TR>'
            for i, letter in enumerate(letters)
        )
        table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>'
        cells.insert(
            0, f'<TD ROWSPAN="{height}" CELLPADDING="1" BGCOLOR="{colors.NAME}">{table}</TD>'
        )
    return cells


def _name_cell(name: str, columns: int) -> str:
    return cell(f"<B> {plain(name)} </B>", colors.NAME, columns)
