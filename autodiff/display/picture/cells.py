"""Cells and tables in Graphviz's HTML-like language, and the styles of their text."""

from __future__ import annotations

import html
from collections.abc import Sequence

from autodiff.display.picture import colors

__all__ = ["LINE", "Row", "bare_table", "cell", "on_color", "plain", "small", "table", "warning"]

LINE = '<BR ALIGN="LEFT"/>'
Row = list[str]


def table(rows: Sequence[Row], frame: str) -> str:
    """Write a table as a whole label."""
    return f"<{bare_table(rows, frame)}>"


def bare_table(rows: Sequence[Row], frame: str = colors.PALE_FRAME) -> str:
    """Write a table inside a cell of another one."""
    body = "".join(f"<TR>{''.join(row)}</TR>" for row in rows)
    return (
        f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="4" COLOR="{frame}">'
        f"{body}</TABLE>"
    )


def cell(
    text: str,
    fill: str = "",
    columns: int = 1,
    rows: int = 1,
    border: bool = True,
    align: bool = False,
) -> str:
    """Write a cell with the background ``fill`` that spans several columns or rows."""
    attributes = {"BGCOLOR": fill, "COLSPAN": columns, "ROWSPAN": rows, "BORDER": int(border)}
    if align:
        attributes["ALIGN"] = "LEFT"
    written = "".join(f' {k}="{v}"' for k, v in attributes.items() if v not in ("", 1))
    return f"<TD{written}>{text}</TD>"


def plain(text: str) -> str:
    """Write text in the default style."""
    return html.escape(text, quote=False)


def small(text: str) -> str:
    """Write secondary text, small and muted."""
    return f'<FONT COLOR="{colors.MUTED}" POINT-SIZE="10">{plain(text)}</FONT>' if text else ""


def warning(text: str) -> str:
    """Write a warning, white and bold."""
    return f'<FONT COLOR="{colors.WHITE}"><B>{plain(text)}</B></FONT>'


def on_color(text: str) -> str:
    """Write text on the color of a slope, which is the same in light and dark mode."""
    return f'<FONT COLOR="{colors.INK_ON_COLOR}">{plain(text)}</FONT>'
