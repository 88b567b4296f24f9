"""The color of a slope: blue where the result grows with the value, orange where it shrinks.

The two hues differ for every kind of color blindness, and the printed sign tells them apart without
any. The darker, the larger; the square root keeps small slopes visible beside large ones.
"""

from __future__ import annotations

import math

__all__ = ["NOT_FINITE", "ZERO", "gradient", "of_slope"]

ZERO = "#e4e7eb"
NOT_FINITE = "#111111"
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
