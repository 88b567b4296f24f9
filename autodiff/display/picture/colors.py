"""The colors of a picture, in light and dark mode.

A slope is blue where the result grows with the value, orange where it shrinks. The two hues differ
for every kind of color blindness, and the printed sign distinguishes them without color. Larger
slopes are darker; the square root keeps small slopes visible beside large ones.
"""

from __future__ import annotations

import math

__all__ = [
    "ARROW", "DARK", "DEAD_OPERATION", "FRAME", "INK", "INK_ON_COLOR", "MUTED", "NAME",
    "NOT_FINITE", "OPERATION", "PALE_ARROW", "PALE_FRAME", "PAPER", "WHITE", "ZERO", "gradient",
    "gray", "of_slope",
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
"""Replacements of colors in dark mode. The colors of slopes and of their text don't change."""

_DARKEST = (40, 48, 56)  # of the pixels of images
_PALE, _BLUE, _ORANGE = (255, 255, 255), (92, 167, 224), (245, 152, 66)
_SMALLEST = 0.12  # the share of a hue for the smallest slope, to distinguish it from zero


def of_slope(slope: float, largest: float) -> str:
    """Return the color of a slope, in a picture whose largest finite slope has size ``largest``."""
    if not math.isfinite(slope):
        return NOT_FINITE
    if slope == 0 or largest == 0:
        return ZERO
    share = _SMALLEST + (1 - _SMALLEST) * math.sqrt(min(abs(slope) / largest, 1))
    return _mixed(_BLUE if slope > 0 else _ORANGE, share)


def gray(share: float) -> str:
    """Return the color of a pixel: white for the share 0, nearly black for 1."""
    return _mixed(_DARKEST, share)


def gradient(low: float, high: float, largest: float) -> str:
    """Return the color gradient for a range of slopes, from the lowest to the highest."""
    ends = (of_slope(low, largest), of_slope(high, largest))
    return ends[0] if ends[0] == ends[1] else ":".join(ends)


def _mixed(hue: tuple[int, int, int], share: float) -> str:
    """Return a mixture of white and a share of a hue."""
    parts = (round(p + (h - p) * share) for p, h in zip(_PALE, hue, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)
