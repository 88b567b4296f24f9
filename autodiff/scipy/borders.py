"""Borders: arrays continued beyond their ends, as filters need them, and the transpose of that.

``extended`` is ``np.pad``; ``folded`` is its transpose, which adds what lies beyond the ends to the
entries that it was copied from. Each is the slope of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array

__all__ = ["extended", "folded"]

Widths = Sequence[tuple[int, int]]


@primitive
def extended(x: Array, *, widths: Widths, mode: str, fill: Any = 0.0) -> Array:
    """Continue an array beyond its ends.

    Args:
        x: any array.
        widths: for each axis how many entries to add before and after it.
        mode: as in ``np.pad``: ``"constant"``, ``"edge"``, ``"reflect"``, ``"symmetric"`` or
            ``"wrap"``.
        fill: the value beyond the ends in the mode ``"constant"``.
    """
    if mode == "constant" or not np.size(x):  # nothing to copy from
        return np.pad(x, widths, constant_values=fill)
    return np.pad(x, widths, mode)  # type: ignore[call-overload]


@primitive
def folded(x: Array, *, widths: Widths, mode: str) -> Array:
    """Add the entries beyond the ends to those that :func:`extended` copies there."""
    for axis, (before, after) in enumerate(widths):
        x = np.moveaxis(_folded_rows(np.moveaxis(x, axis, 0), before, after, mode), 0, axis)
    return x


def _folded_rows(x: Array, before: int, after: int, mode: str) -> Array:
    """Fold the first axis."""
    inside = x[before : len(x) - after]
    if mode == "constant" or before == after == 0 or not len(inside):
        return inside
    inside = inside.copy()
    sources = np.pad(np.arange(len(inside)), (before, after), mode)  # type: ignore[call-overload]
    np.add.at(inside, sources[:before], x[:before])
    np.add.at(inside, sources[len(x) - after :], x[len(x) - after :])
    return inside


derivative(
    extended,
    x=lambda g, z, x, *, widths, mode, fill=0.0: folded(g, widths=widths, mode=mode),
)
derivative(
    folded,
    x=lambda g, z, x, *, widths, mode: extended(g, widths=widths, mode=mode),
)
