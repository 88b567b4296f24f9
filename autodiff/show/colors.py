"""The colors of a picture, in light and in dark.

A slope is blue where the result grows with the value, orange where it shrinks. The two hues differ
for every kind of color blindness, and the printed sign tells them apart without any. The darker,
the larger; the square root keeps small slopes visible beside large ones.
"""

from __future__ import annotations

import math

__all__ = [
    "ARROW", "DARK", "DEAD_OPERATION", "FRAME", "INK", "INK_ON_COLOR", "MUTED", "NAME",
    "NOT_FINITE", "OPERATION", "PALE_ARROW", "PALE_FRAME", "PAPER", "WHITE", "ZERO", "gradient",
    "of_slope",
]  # fmt: skip

PAPER, INK, MUTED = "#fffffe", "#1f2933", "#566271"
FRAME, PALE_FRAME = "#8793a1", "#c9d0d8"
ARROW, PALE_ARROW = "#33475c", "#9aa5b1"
NAME, OPERATION, DEAD_OPERATION = "#e3e8ee", "#33475b", "#7b8794"
ZERO, NOT_FINITE = "#e4e7eb", "#111111"
WHITE, INK_ON_COLOR = "#ffffff", "#1f2934"
DARK = {
    PAPER: "#14191f", INK: "#e8edf2", MUTED: "#a3b0bf", FRAME: "#5d6b7a", PALE_FRAME: "#434e5a",
    ARROW: "#b9c6d4", PALE_ARROW: "#6b7885", NAME: "#2a333d", OPERATION: "#4a6683",
    DEAD_OPERATION: "#4d5761", NOT_FINITE: "#d61f69",
}  # fmt: skip
"""What stands for a color on a dark ground. Slopes keep theirs, and their text its dark ink."""

_PALE, _BLUE, _ORANGE = (255, 255, 255), (92, 167, 224), (245, 152, 66)
_SMALLEST = 0.12  # the share of a hue that the smallest slope gets, to differ from zero


def of_slope(slope: float, largest: float) -> str:
    """Give the color for a slope, in a picture whose largest finite slope has this size."""
    if not math.isfinite(slope):
        return NOT_FINITE
    if slope == 0 or largest == 0:
        return ZERO
    share = _SMALLEST + (1 - _SMALLEST) * math.sqrt(min(abs(slope) / largest, 1))
    hue = _BLUE if slope > 0 else _ORANGE
    mixed = (round(p + (h - p) * share) for p, h in zip(_PALE, hue, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def gradient(low: float, high: float, largest: float) -> str:
    """Give the color for a range of slopes: from the smallest one's to the largest one's."""
    ends = (of_slope(low, largest), of_slope(high, largest))
    return ends[0] if ends[0] == ends[1] else ":".join(ends)
