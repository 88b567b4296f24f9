"""The boxes of a picture, as Graphviz's HTML-like labels: a value beside its slope."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.show import colors
from autodiff.show.words import number, shape_text, signed

__all__ = ["above", "block_box", "box", "constant_box", "heading", "legend", "port", "reference"]

_FEW = 6  # entries that are written out
_LINE = '<BR ALIGN="LEFT"/>'
_ON_ARROWS = (
    "on an arrow: the local slope, ∂ after / ∂ before. Going back, the slope after an",
    "arrow times the local slope comes to the value before it; where arrows part, they add up.",
)
_ARRIVING = ("g: the slope after the arrow, where more than a product with it comes back",)
Row = list[str]


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
        rows.insert(
            0, [_cell(f"<B>{_text(name)}</B>", colors.NAME, 1 + _columns(value) + len(left))]
        )
    return _table(rows, colors.FRAME)


def constant_box(value: Any, name: str) -> str:
    """Write a box for an array that isn't differentiated: no slope is sought."""
    title = f"<B>{_text(name)}</B>" if name else _small("constant")
    rows = [[_cell(title, columns=1 + _columns(value))], *_value_rows(value)]
    return _table(rows, colors.PALE_FRAME)


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
    rows += [[_cell(_small(remark), colors.NAME, columns)] for remark in remarks]
    for name, value, slope in results:
        if name:
            rows.append([_name_cell(name, columns)])
        rows += [*_value_rows(value), *_slope_rows(value, slope, largest)]
    return _table(rows, colors.FRAME)


def _title_cell(titles: Sequence[str], count: int, columns: int) -> str:
    """Write what a block does, and how often."""
    text = _LINE.join(f"<B>{_text(title)}  </B>" for title in titles)
    text = f'<FONT COLOR="{colors.WHITE}">{text}</FONT>'
    if len(titles) > 1:
        text += _LINE
    if count > 1:
        text += f'<FONT COLOR="{colors.WHITE}" POINT-SIZE="17"><B>  ×{count}</B></FONT>'
    if len(titles) > 1 and count > 1:
        text += _LINE
    return _cell(text, colors.OPERATION, columns)


def reference(name: str) -> str:
    """Write the small box that stands for a value whose own box is far away."""
    return _table([[_cell(_small(f"from {name}"))]], colors.PALE_FRAME)


def heading(title: str, remarks: Sequence[str]) -> str:
    """Write what stands above the picture."""
    big = f'<FONT POINT-SIZE="17" COLOR="{colors.INK}"><B>{_text(title)}</B></FONT>'
    gap = '<FONT POINT-SIZE="4"> </FONT>'
    return f"<{_LINE.join([big, gap, *map(_small, remarks)])}{_LINE}>"


def legend(
    largest: float, has_dashed: bool, has_bad: bool, has_local: bool, has_arriving: bool
) -> str:
    """Write the key: to the colors, and to what stands on the arrows."""
    scale = [-largest, -largest / 10, 0.0, largest / 10, largest] if largest else [0.0]
    row = [_cell(_small("slope"), border=False)]
    row += [_cell(_on_color(signed(float(f"{s:.2g}"))), colors.of_slope(s, largest)) for s in scale]
    if has_bad:
        row.append(_cell(_loud("NaN or ∞"), colors.NOT_FINITE))
    words = "blue: the result grows with the value; orange: it shrinks"
    if has_dashed:
        words += "; dashed: no slope gets through"
    row.append(_cell(_small(words), border=False))
    lines = [_bare_table([row])]
    if has_local:
        told = _ON_ARROWS + (_ARRIVING if has_arriving else ())
        lines.append("".join(_small(line) + _LINE for line in told))
    return _table([[_cell(line, border=False, align=True)] for line in lines], colors.PALE_FRAME)


def port(position: int) -> str:
    """Name the place in a box where the arrow of an operand ends, counted from 0."""
    return f"operand_{position}"


def above(text: str) -> str:
    """Write what stands above an arrow: an empty second line keeps it off the line itself."""
    return f"<{_text(text)}<BR/> >"


def _columns(value: Any) -> int:
    """How many columns the entries take; one if they are summed up."""
    if isinstance(value, tuple):
        return 1
    return int(np.shape(value)[-1]) if np.ndim(value) and 0 < np.size(value) <= _FEW else 1


def _value_rows(value: Any) -> list[Row]:
    return _rows("value", value, number, lambda low, high: "")


def _slope_rows(value: Any, slope: Any, largest: float) -> list[Row]:
    if slope is None:
        return [[_cell(_small("slope")), _cell(_small("none"), columns=_columns(value))]]
    return _rows("slope", slope, signed, lambda low, high: colors.gradient(low, high, largest))


def _rows(
    label: str,
    entries: Any,
    write: Callable[[Any], str],
    fill: Callable[[Any, Any], str],
) -> list[Row]:
    """Lay entries out as a matrix, or sum them up if they are many."""
    if isinstance(entries, tuple):
        return [[_cell(_small(label)), _cell(_small(f"{len(entries)} parts"))]]
    entries = np.asarray(entries)
    if not 0 < entries.size <= _FEW:
        title = _cell(_small(f"{label} {shape_text(entries)}"))
        return [[title, *_summary(entries, write, fill)]]
    grid = entries.reshape(-1, _columns(entries))
    rows = [[_entry(write(x), fill(_real(x), _real(x))) for x in line] for line in grid]
    rows[0].insert(0, _cell(_small(label), rows=len(grid)))
    return rows


def _summary(
    entries: Any, write: Callable[[Any], str], fill: Callable[[Any, Any], str]
) -> list[str]:
    """Say the range of many entries, and how many of them are no numbers."""
    if entries.size == 0:
        return [_cell(_small("empty"))]
    if entries.dtype.kind == "c":
        return [_cell(_text(f"|·| up to {number(np.abs(entries).max())}"))]
    finite = entries[np.isfinite(entries)]
    bad = entries.size - finite.size
    cells = []
    if finite.size:
        low, high = finite.min(), finite.max()
        text = f"all {write(low)}" if low == high else f"{write(low)} … {write(high)}"
        shade = fill(float(low), float(high))
        cells.append(_cell(_on_color(text) if shade else _text(text), shade))
    if bad:
        cells.append(_cell(_loud(f"{bad} NaN or ∞"), colors.NOT_FINITE))
    return cells


def _real(x: Any) -> float:
    """Give the number that a color is chosen for: a complex slope has a size but no sign."""
    return float(abs(x)) if np.iscomplexobj(x) else float(x)


def _entry(text: str, fill: str) -> str:
    if text in ("NaN", "∞", "−∞", "+∞"):
        return _cell(_loud(text), colors.NOT_FINITE)
    return _cell(_on_color(text) if fill else _text(text), fill)


def _on_color(text: str) -> str:
    return f'<FONT COLOR="{colors.INK_ON_COLOR}">{_text(text)}</FONT>'


def _operation_cells(operation: str, shade: str, letters: Sequence[str], height: int) -> Row:
    text = f'<FONT COLOR="{colors.WHITE}" POINT-SIZE="15"><B>{_text(operation)}</B></FONT>'
    cells = [_cell(text, shade, rows=height)]
    if letters:
        rows = "".join(
            f'<TR><TD PORT="{port(i)}">{_small(letter)}</TD></TR>'
            for i, letter in enumerate(letters)
        )
        table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>'
        cells.insert(
            0, f'<TD ROWSPAN="{height}" CELLPADDING="1" BGCOLOR="{colors.NAME}">{table}</TD>'
        )
    return cells


def _table(rows: Sequence[Row], frame: str) -> str:
    return f"<{_bare_table(rows, frame)}>"


def _bare_table(rows: Sequence[Row], frame: str = colors.PALE_FRAME) -> str:
    body = "".join(f"<TR>{''.join(row)}</TR>" for row in rows)
    return (
        f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="4" COLOR="{frame}">'
        f"{body}</TABLE>"
    )


def _cell(
    text: str,
    fill: str = "",
    columns: int = 1,
    rows: int = 1,
    border: bool = True,
    align: bool = False,
) -> str:
    attributes = {"BGCOLOR": fill, "COLSPAN": columns, "ROWSPAN": rows, "BORDER": int(border)}
    if align:
        attributes["ALIGN"] = "LEFT"
    told = "".join(f' {k}="{v}"' for k, v in attributes.items() if v not in ("", 1))
    return f"<TD{told}>{text}</TD>"


def _name_cell(name: str, columns: int) -> str:
    return _cell(f"<B> {_text(name)} </B>", colors.NAME, columns)


def _text(text: str) -> str:
    return html.escape(text, quote=False)


def _small(text: str) -> str:
    return f'<FONT COLOR="{colors.MUTED}" POINT-SIZE="10">{_text(text)}</FONT>' if text else ""


def _loud(text: str) -> str:
    return f'<FONT COLOR="{colors.WHITE}"><B>{_text(text)}</B></FONT>'
