"""Values as small images in the boxes of a picture: a colored cell for each pixel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autodiff.core.typing import Array
from autodiff.display.mathematics.words import number, shape_text, signed, span
from autodiff.display.picture import colors
from autodiff.display.picture.cells import LINE, Row, cell, small

__all__ = ["Images", "image_rows"]

Images = Callable[[Array], Array | None]
"""A function that returns a value as images: of shape (number, height, width), or None."""

_MOST_IMAGES = 6  # of more, the number is written
_LONGEST = 14  # pixels along an edge; larger images are shrunk
_EDGE = 56  # of an image, in points; pixels are from 4 to 10 points wide


def image_rows(
    value: Array, slope: Array | None, images: Images | None, largest: float
) -> list[Row]:
    """Return the rows of a box that show a value, and its slope, as images; none for other values.

    Args:
        value: real numbers.
        slope: the slope, in the shape of the value; None if there is none.
        images: returns the value, or the slope, as images.
        largest: the size of the picture's largest slope.
    """
    pictured = images(value) if images is not None and isinstance(value, np.ndarray) else None
    if images is None or pictured is None:
        return []
    rows = [_row("value", value, pictured, number, _grays)]
    if slope is None:
        return [*rows, [cell(small("slope")), cell(small("none"))]]

    def of_slopes(pixels: Array) -> list[str]:
        return [colors.of_slope(float(x), largest) for x in pixels]

    return [*rows, _row("slope", slope, np.asarray(images(slope)), signed, of_slopes)]


def _row(
    label: str,
    entries: Array,
    images: Array,
    write: Callable[[Array], str],
    paint: Callable[[Array], list[str]],
) -> Row:
    """Return the row of one array: its shape and range, then its images side by side."""
    shrunk = np.stack([_thumbnail(image) for image in images[:_MOST_IMAGES]])
    painted = np.array(paint(shrunk.ravel())).reshape(shrunk.shape)
    finite = entries[np.isfinite(entries)]
    bounds = span(finite.min(), finite.max(), write) if finite.size else "NaN or ∞"
    cells = [f"<TD>{_pixels(image)}</TD>" for image in painted]
    if len(images) > _MOST_IMAGES:
        cells.append(f"<TD>{small(f'+{len(images) - _MOST_IMAGES}')}</TD>")
    title = small(f"{label} {shape_text(entries)}") + LINE + small(bounds) + LINE
    return [cell(title), cell(_table(f"<TR>{''.join(cells)}</TR>", spacing=4))]


def _thumbnail(image: Array) -> Array:
    """Return an image, shrunk by averaging blocks of pixels if an edge is too long."""
    for axis in (0, 1):
        length = image.shape[axis]
        count = min(length, _LONGEST)
        starts = np.arange(count) * length // count
        sums = np.add.reduceat(image, starts, axis)
        counts = np.diff([*starts, length])
        image = sums / np.expand_dims(counts, 1 - axis)
    return image


def _grays(pixels: Array) -> list[str]:
    """Return grays for pixels: the larger the darker."""
    finite = pixels[np.isfinite(pixels)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    return [
        colors.gray((x - low) / (high - low) if high > low else 0.0) if np.isfinite(x)
        else colors.NOT_FINITE
        for x in pixels.tolist()
    ]  # fmt: skip


def _pixels(image: Array) -> str:
    """Return a table with a colored cell for each pixel."""
    edge = min(max(_EDGE // max(image.shape), 4), 10)
    size = f'FIXEDSIZE="TRUE" WIDTH="{edge}" HEIGHT="{edge}"'
    rows = ("".join(f'<TD {size} BGCOLOR="{color}"></TD>' for color in line) for line in image)
    return _table("".join(f"<TR>{row}</TR>" for row in rows), spacing=0)


def _table(rows: str, spacing: int) -> str:
    return (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="0">{rows}</TABLE>'
    )
