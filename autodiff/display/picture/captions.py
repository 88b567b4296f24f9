"""The captions of a picture: the heading above it, the legend below it, the labels of arrows."""

from __future__ import annotations

from collections.abc import Sequence

from autodiff.display.mathematics.words import signed
from autodiff.display.picture import colors
from autodiff.display.picture.cells import (
    LINE,
    bare_table,
    cell,
    on_color,
    plain,
    small,
    table,
    warning,
)

__all__ = ["above", "heading", "legend", "on_arrows"]

_ON_ARROWS = (
    "on an arrow: the local slope, ∂ after / ∂ before. Backward, the slope after an arrow times",
    "the local slope is passed to the value before it; the slopes of several arrows add up.",
)
_ARRIVING = (
    "%s: the slope after the arrow; a label with it is what is passed to the value before it"
)


def heading(title: str, remarks: Sequence[str]) -> str:
    """Write the heading above the picture."""
    big = f'<FONT POINT-SIZE="17" COLOR="{colors.INK}"><B>{plain(title)}</B></FONT>'
    gap = '<FONT POINT-SIZE="4"> </FONT>'
    return f"<{LINE.join([big, gap, *map(small, remarks)])}{LINE}>"


def legend(
    largest: float,
    has_dashed: bool,
    has_bad: bool,
    notes: Sequence[str],
    has_images: bool,
) -> str:
    """Write the legend of the colors, with notes on the labels and the signs."""
    scale = [-largest, -largest / 10, 0.0, largest / 10, largest] if largest else [0.0]
    row = [cell(small("slope"), border=False)]
    row += [cell(on_color(signed(float(f"{s:.2g}"))), colors.of_slope(s, largest)) for s in scale]
    if has_bad:
        row.append(cell(warning("NaN or ∞"), colors.NOT_FINITE))
    words = "blue: the result grows with the value; orange: it shrinks"
    if has_dashed:
        words += "; dashed: no slope gets through"
    row.append(cell(small(words), border=False))
    lines = [bare_table([row])]
    if has_images:
        lines.append(small("pixels of values: the larger the darker; of slopes: as above") + LINE)
    if notes:
        lines.append("".join(small(line) + LINE for line in notes))
    return table([[cell(line, border=False, align=True)] for line in lines], colors.PALE_FRAME)


def on_arrows(arriving: str, before: str, after: str) -> list[str]:
    """Write the notes on the labels of arrows, with the names of what has no name of its own.

    Args:
        arriving: the name of the slope after an arrow; empty if no label mentions it.
        before: the same of the value before an arrow.
        after: the same of the value after it.
    """
    values = [
        f"{word}: the value {place} the arrow"
        for word, place in ((before, "before"), (after, "after"))
        if word
    ]
    return [*_ON_ARROWS, *([_ARRIVING % arriving] if arriving else []), *values]


def above(text: str) -> str:
    """Write the label of an arrow; an empty second line keeps it above the arrow."""
    return f"<{plain(text)}<BR/> >"
