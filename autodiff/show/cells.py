"""Cells and tables in Graphviz's HTML-like language, and the kinds of text that stand in them."""

from __future__ import annotations

import html
from collections.abc import Sequence

from autodiff.show import colors

__all__ = ["LINE", "Row", "bare_table", "cell", "loud", "on_color", "plain", "small", "table"]

LINE = '<BR ALIGN="LEFT"/>'
Row = list[str]


def table(rows: Sequence[Row], frame: str) -> str:
    """Write a table that is a whole label."""
    return f"<{bare_table(rows, frame)}>"


def bare_table(rows: Sequence[Row], frame: str = colors.PALE_FRAME) -> str:
    """Write a table that stands in a cell of another one."""
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
    """Write a cell: on a ground of the color ``fill``, over several columns or rows."""
    attributes = {"BGCOLOR": fill, "COLSPAN": columns, "ROWSPAN": rows, "BORDER": int(border)}
    if align:
        attributes["ALIGN"] = "LEFT"
    told = "".join(f' {k}="{v}"' for k, v in attributes.items() if v not in ("", 1))
    return f"<TD{told}>{text}</TD>"


def plain(text: str) -> str:
    """Write text as it is."""
    return html.escape(text, quote=False)


def small(text: str) -> str:
    """Write what is beside the matter."""
    return f'<FONT COLOR="{colors.MUTED}" POINT-SIZE="10">{plain(text)}</FONT>' if text else ""


def loud(text: str) -> str:
    """Write what must not be overlooked."""
    return f'<FONT COLOR="{colors.WHITE}"><B>{plain(text)}</B></FONT>'


def on_color(text: str) -> str:
    """Write on the color of a slope, which is the same in light and in dark."""
    return f'<FONT COLOR="{colors.INK_ON_COLOR}">{plain(text)}</FONT>'
