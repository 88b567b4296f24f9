"""One entry's slope, as computed and as measured; and the table of those that disagree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.check.numeric import Estimate
from autodiff.pytree import flatten

__all__ = [
    "VANISHING",
    "Comparison",
    "aligned",
    "bracketed",
    "compared",
    "left_behind",
    "table_of",
    "tolerance",
]

_ROWS_SHOWN = 10
_GOOD_ENOUGH = 1e-3
VANISHING = 1e-30  # smaller slopes than this count as zero
_LAST_DIGITS = 4096  # of the function's values, which terms that cancel leave behind


class Comparison(NamedTuple):
    """One entry's slope, as computed and as measured.

    Attributes:
        name: the argument, or the array in it.
        place: the entry's index in that array; empty for a number.
        ours: the slope that is checked.
        numeric: the one that was measured.
        error: how far off the measurement may be.
        allowed: how far apart the two may be.
        scale: a size that this slope's error should be small against.
    """

    name: str
    place: tuple[int, ...]
    ours: Any
    numeric: Any
    error: float
    allowed: float
    scale: float

    @property
    def label(self) -> str:
        """Name the entry as Python does: ``weights['w'][0, 1]``."""
        return self.name + bracketed(self.place)

    @property
    def is_measured(self) -> bool:
        """Whether the measurement is good enough to agree or disagree with."""
        return bool(self.error <= _GOOD_ENOUGH * self.scale)

    @property
    def agrees(self) -> bool:
        """Whether the two are as close as the measurement is good."""
        return self.is_measured and bool(abs(self.ours - self.numeric) <= self.allowed)

    @property
    def excess(self) -> float:
        """How many times further apart they are than allowed."""
        distance = float(abs(self.ours - self.numeric))
        return distance / self.allowed if self.allowed and np.isfinite(distance) else np.inf

    @property
    def hint(self) -> str:
        """What this entry alone suggests."""
        if not self.is_measured:
            return "can't be measured"
        if not np.isfinite(self.ours):
            return "not finite"
        if abs(self.numeric) <= self.allowed:
            return "should be zero"
        if self.ours == 0:
            return "no slope arrives"
        ratio = self.ours / self.numeric
        close = 2 * self.allowed / abs(self.numeric)
        for factor, said in _RATIOS:
            if abs(ratio - factor) <= close:
                return said
        return ""


_RATIOS = (
    (-1, "the sign"),
    (2, "twice too large"),
    (0.5, "half of it"),
    (-2, "the sign, and twice too large"),
    (-0.5, "the sign, and half of it"),
    (3, "3 times too large"),
    (1 / 3, "a third of it"),
)


def compared(ours: Any, measured: Estimate, name: str, value: float = 0.0) -> list[Comparison]:
    """Pair up the entries of a slope with the measured ones, each with what it may be off by.

    Args:
        ours: the slope, an array or a structure of them.
        measured: of the same structure.
        name: what to call the argument.
        value: of the function; a slope that is small against it may be a zero.
    """
    leaves, names, _ = flatten(ours, name)
    slopes, errors = (flatten(tree, name)[0] for tree in measured)
    rows = []
    for leaf, label, slope, error in zip(leaves, names, slopes, errors, strict=True):
        allowed = tolerance(leaf, slope, error) + left_behind(value)
        allowed = np.broadcast_to(allowed, np.shape(leaf))
        scale = max(_largest(slope), abs(value))
        for place in np.ndindex(np.shape(leaf)):
            four = [np.asarray(x)[place].item() for x in (leaf, slope, error, allowed)]
            rows.append(Comparison(label, place, four[0], four[1], four[2], four[3], scale))
    return rows


def tolerance(ours: Any, slope: Any, error: Any) -> Any:
    """How far apart the two may be: what the measurement may be off by, and our own rounding.

    Rounding is relative to the array's largest entry, of which the others may be differences.
    """
    dtype = np.asarray(ours).dtype
    eps = float(np.finfo(dtype).eps) if dtype.kind in "fc" else float(np.finfo(float).eps)
    return 4 * np.asarray(error) + eps ** (2 / 3) * _largest(slope) + VANISHING


def left_behind(value: float) -> float:
    """Say what terms as large as a function's values leave behind when they cancel."""
    return _LAST_DIGITS * float(np.finfo(float).eps) * abs(value)


def _largest(slope: Any) -> float:
    sizes = np.abs(slope)
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))


def table_of(rows: Sequence[Comparison]) -> str:
    """Write a table of comparisons, those that are furthest apart first."""
    worst = sorted(rows, key=lambda row: -row.excess)
    cells = [["argument", "index", "autodiff", "numeric", "its error", "ratio", "hint"]]
    for row in worst[:_ROWS_SHOWN]:
        with np.errstate(all="ignore"):
            ratio = np.divide(row.ours, row.numeric)
        numbers = [f"{row.ours:.9g}", f"{row.numeric:.9g}", f"{row.error:.1e}", f"{ratio:.4g}"]
        cells.append([row.name, bracketed(row.place), *numbers, row.hint])
    text = aligned(cells, left=(0, 1, 6))
    if len(worst) > _ROWS_SHOWN:
        text += f"\n  and {len(worst) - _ROWS_SHOWN} more"
    return text


def aligned(cells: Sequence[Sequence[str]], left: Sequence[int]) -> str:
    """Align a table's columns, those in ``left`` at the left."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        parts = [
            text.ljust(width) if number in left else text.rjust(width)
            for number, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(f"  {'  '.join(parts)}".rstrip())
    return "\n".join(lines)


def bracketed(index: tuple[int, ...]) -> str:
    """Write an index as Python does; nothing for the one of a number."""
    return f"[{', '.join(map(str, index))}]" if index else ""
