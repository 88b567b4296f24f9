"""Comparisons of computed and measured slopes, entry by entry, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.check.numeric import Estimate
from autodiff.core.typing import Array
from autodiff.transforms.pytree import flatten_result

__all__ = [
    "VANISHING",
    "Comparison",
    "aligned",
    "bracketed",
    "cancellation_error",
    "compare_entries",
    "largest_entry",
    "table_of",
    "tolerance",
]

_ROWS_SHOWN = 10
_GOOD_ENOUGH = 1e-3
VANISHING = 1e-30  # smaller slopes than this count as zero
_LAST_DIGITS = 4096  # of the function's values, the error of terms that cancel


class Comparison(NamedTuple):
    """One entry's slope, as computed and as measured.

    Attributes:
        name: the argument, or the array in it.
        place: the entry's index in that array; empty for a number.
        ours: the slope that is checked.
        numeric: the measured slope.
        error: the measurement's estimated error.
        allowed: the allowed difference of the two slopes.
        scale: the size of the slopes, relative to which errors must be small.
    """

    name: str
    place: tuple[int, ...]
    ours: Array
    numeric: Array
    error: float
    allowed: float
    scale: float

    @property
    def label(self) -> str:
        """The entry as a Python expression: ``weights['w'][0, 1]``."""
        return self.name + bracketed(self.place)

    @property
    def is_measured(self) -> bool:
        """Whether the measurement is accurate enough to compare with."""
        return bool(self.error <= _GOOD_ENOUGH * self.scale)

    @property
    def agrees(self) -> bool:
        """Whether the two slopes agree within the measurement's accuracy."""
        return self.is_measured and bool(abs(self.ours - self.numeric) <= self.allowed)

    @property
    def excess(self) -> float:
        """The difference of the two slopes, relative to the allowed one."""
        distance = float(abs(self.ours - self.numeric))
        return distance / self.allowed if self.allowed and np.isfinite(distance) else np.inf

    @property
    def hint(self) -> str:
        """The likely mistake, judged by this entry alone."""
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
        for factor, hint in _RATIOS:
            if abs(ratio - factor) <= close:
                return hint
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


def compare_entries(ours: Any, measured: Estimate, name: str, value: float) -> list[Comparison]:
    """Return a comparison for each entry of a slope.

    Args:
        ours: the slope, an array or a structure of them.
        measured: of the same structure.
        name: of the argument.
        value: of the function; a slope that is small relative to it may be zero.
    """
    leaves, names, _ = flatten_result(ours, name)
    slopes, errors = (flatten_result(tree, name)[0] for tree in measured)
    rows = []
    for leaf, label, slope, error in zip(leaves, names, slopes, errors, strict=True):
        allowed = tolerance(leaf, slope, error) + cancellation_error(value)
        allowed = np.broadcast_to(allowed, np.shape(leaf))
        scale = max(largest_entry(leaf), largest_entry(slope), abs(value))
        for place in np.ndindex(np.shape(leaf)):
            four = [np.asarray(x)[place].item() for x in (leaf, slope, error, allowed)]
            rows.append(Comparison(label, place, four[0], four[1], four[2], four[3], scale))
    return rows


def tolerance(ours: Array, slope: Array, error: Array) -> Array:
    """Return the allowed difference: the measurement's error, and the rounding of our slope.

    Rounding is relative to the array's largest entry, since the others may be differences of such.
    """
    dtype = np.asarray(ours).dtype
    eps = float(np.finfo(dtype).eps) if dtype.kind in "fc" else float(np.finfo(float).eps)
    return 4 * np.asarray(error) + eps ** (2 / 3) * largest_entry(slope) + VANISHING


def cancellation_error(value: float) -> float:
    """Return the rounding error of terms as large as a function's values that cancel."""
    return _LAST_DIGITS * float(np.finfo(float).eps) * abs(value)


def largest_entry(slope: Array) -> float:
    """Return the size of the largest finite entry."""
    sizes = np.abs(slope)
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))


def table_of(rows: Sequence[Comparison]) -> str:
    """Return a table of comparisons, the largest disagreements first."""
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
    """Return a table with aligned columns, those in ``left`` to the left."""
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
    """Return an index in brackets; an empty string for ``()``."""
    return f"[{', '.join(map(str, index))}]" if index else ""
