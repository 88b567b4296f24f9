"""The boxes of a picture, as Graphviz's HTML-like labels: a value beside its slope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from autodiff.core.typing import Array
from autodiff.display.mathematics.words import number, shape_text, signed, span
from autodiff.display.picture import colors
from autodiff.display.picture.cells import LINE, Row, cell, on_color, plain, small, table, warning
from autodiff.display.picture.images import Images, image_rows

__all__ = ["block_box", "box", "constant_box", "port", "reference", "width"]

_FEW = 6  # entries, written out
_LABELS, _CHARACTER, _MARGINS, _SUMMARY = 90, 8, 12, 210  # points


def box(
    value: Array,
    slope: Array | None,
    largest: float,
    operation: str = "",
    name: str = "",
    letters: Sequence[str] = (),
    images: Images | None = None,
) -> str:
    """Write a box: the name, the operation, the value and the slope.

    Args:
        value: a number or array.
        slope: the slope, in the shape of the value; None if there is none.
        largest: the size of the picture's largest slope.
        operation: the operation as text; empty for a start of the graph.
        name: the user's name; empty if there is none.
        letters: the operands named in the operation; each gets a port for its arrow.
        images: returns the value as images, to show these in place of numbers.
    """
    rows = _rows_of(value, slope, largest, images)
    shade = colors.OPERATION if slope is None or np.any(slope) else colors.DEAD_OPERATION
    left = _operation_cells(operation, shade, letters, len(rows)) if operation else []
    rows[0] = left + rows[0]
    if name:
        rows.insert(0, [_name_cell(name, 1 + _columns(value) + len(left))])
    return table(rows, colors.FRAME)


def constant_box(value: Array, name: str) -> str:
    """Write a box for an array that isn't differentiated, without a slope."""
    title = f"<B>{plain(name)}</B>" if name else small("constant")
    rows = [[cell(title, columns=1 + _columns(value))], *_value_rows(value)]
    return table(rows, colors.PALE_FRAME)


def block_box(
    titles: Sequence[str],
    count: int,
    remarks: Sequence[str],
    results: Sequence[tuple[str, Array, Array]],
    largest: float,
    images: Mapping[str, Images],
) -> str:
    """Write the box of several steps that are shown as one.

    Args:
        titles: the operations, line by line.
        count: how often they are repeated.
        remarks: further lines.
        results: the names, values and slopes of the outputs.
        largest: the size of the picture's largest slope.
        images: from the names of values to functions that return them as images.
    """
    columns = 1 + max((_columns(value) for _, value, _ in results), default=1)
    rows = [[_title_cell(titles, count, columns)]]
    rows += [[cell(small(remark), colors.NAME, columns)] for remark in remarks]
    for name, value, slope in results:
        if name:
            rows.append([_name_cell(name, columns)])
        rows += _rows_of(value, slope, largest, images.get(name))
    return table(rows, colors.FRAME)


def _rows_of(value: Array, slope: Array | None, largest: float, images: Images | None) -> list[Row]:
    """Lay out a value and its slope, as images or as numbers."""
    pictured = image_rows(value, slope, images, largest)
    return pictured or [*_value_rows(value), *_slope_rows(value, slope, largest)]


def _title_cell(titles: Sequence[str], count: int, columns: int) -> str:
    """Write the operations of a block and their count."""
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
    """Write the small box that refers to a value whose box is far away."""
    return table([[cell(small(f"from {name}"))]], colors.PALE_FRAME)


def port(position: int) -> str:
    """Return the port where the arrow of an operand ends, by its position from 0."""
    return f"operand_{position}"


def width(value: Array, slope: Array | None) -> float:
    """Estimate the width of the rows of a value and its slope, in points."""
    if isinstance(value, tuple) or np.size(value) > _FEW:
        return _SUMMARY
    entries = [*map(number, np.ravel(value))]
    entries += [] if slope is None else map(signed, np.ravel(slope))
    longest = max(map(len, entries), default=1)
    return _LABELS + _columns(value) * (longest * _CHARACTER + _MARGINS)


def _columns(value: Array) -> int:
    """Return the number of columns of the entries; 1 if they are summarized."""
    if isinstance(value, tuple):
        return 1
    return int(np.shape(value)[-1]) if np.ndim(value) and 0 < np.size(value) <= _FEW else 1


def _value_rows(value: Array) -> list[Row]:
    return _rows("value", value, number, lambda low, high: "")


def _slope_rows(value: Array, slope: Array | None, largest: float) -> list[Row]:
    if slope is None:
        return [[cell(small("slope")), cell(small("none"), columns=_columns(value))]]
    return _rows("slope", slope, signed, lambda low, high: colors.gradient(low, high, largest))


def _rows(
    label: str,
    entries: Array,
    write: Callable[[Array], str],
    fill: Callable[[Array, Array], str],
) -> list[Row]:
    """Lay out entries as a matrix, or summarize them if they are many."""
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
    entries: Array, write: Callable[[Array], str], fill: Callable[[Array, Array], str]
) -> list[str]:
    """Write the range of many entries, and how many of them are not finite."""
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
        cells.append(cell(warning(f"{bad} NaN or ∞"), colors.NOT_FINITE))
    return cells


def _real(x: Array) -> float:
    """Return the number that determines a color; for a complex slope, its size."""
    return float(abs(x)) if np.iscomplexobj(x) else float(x)


def _entry(text: str, fill: str) -> str:
    if text in ("NaN", "∞", "−∞", "+∞"):
        return cell(warning(text), colors.NOT_FINITE)
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
