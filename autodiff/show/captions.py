"""What stands around a picture: the heading above, the key below, and the words on its arrows."""

from __future__ import annotations

from collections.abc import Sequence

from autodiff.show import colors
from autodiff.show.cells import LINE, bare_table, cell, loud, on_color, plain, small, table
from autodiff.show.words import signed

__all__ = ["above", "heading", "legend"]

_ON_ARROWS = (
    "on an arrow: the local slope, ∂ after / ∂ before. Going back, the slope after an",
    "arrow times the local slope comes to the value before it; where arrows part, they add up.",
)
_ARRIVING = "%s: the slope after the arrow, where more than a product with it comes back"


def heading(title: str, remarks: Sequence[str]) -> str:
    """Write what stands above the picture."""
    big = f'<FONT POINT-SIZE="17" COLOR="{colors.INK}"><B>{plain(title)}</B></FONT>'
    gap = '<FONT POINT-SIZE="4"> </FONT>'
    return f"<{LINE.join([big, gap, *map(small, remarks)])}{LINE}>"


def legend(
    largest: float, has_dashed: bool, has_bad: bool, has_local: bool, arriving: str = ""
) -> str:
    """Write the key: to the colors, and to what stands on the arrows.

    ``arriving`` is what they call the slope after an arrow; empty where they don't mention it.
    """
    scale = [-largest, -largest / 10, 0.0, largest / 10, largest] if largest else [0.0]
    row = [cell(small("slope"), border=False)]
    row += [cell(on_color(signed(float(f"{s:.2g}"))), colors.of_slope(s, largest)) for s in scale]
    if has_bad:
        row.append(cell(loud("NaN or ∞"), colors.NOT_FINITE))
    words = "blue: the result grows with the value; orange: it shrinks"
    if has_dashed:
        words += "; dashed: no slope gets through"
    row.append(cell(small(words), border=False))
    lines = [bare_table([row])]
    if has_local:
        told = _ON_ARROWS + ((_ARRIVING % arriving,) if arriving else ())
        lines.append("".join(small(line) + LINE for line in told))
    return table([[cell(line, border=False, align=True)] for line in lines], colors.PALE_FRAME)


def above(text: str) -> str:
    """Write what stands above an arrow: an empty second line keeps it off the line itself."""
    return f"<{plain(text)}<BR/> >"
