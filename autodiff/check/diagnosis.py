"""Diagnose why a slope can't be measured: randomness, a jump, a kink, or no finite values.

A slope that disagrees with the measured one isn't always wrong: the function may be random, or not
smooth at the point. That is tested along the line of the entry.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autodiff.check.finite_differences import Line, one_sided_slope
from autodiff.core.typing import Array

__all__ = ["Kink", "diagnose", "kink", "written"]

_CALLS = 5  # to test whether a function is deterministic
_NEAR, _NEARER = 1e-6, 1e-9
_GOOD = 1e-4  # largest relative error of a reliable one-sided slope
_APART = 1e-6
_NOISE = 16  # standard deviations


class Kink(NamedTuple):
    """The slopes on both sides of a point where they differ."""

    left: float
    right: float

    def contains(self, slope: Array) -> bool:
        """Return whether a slope lies between the two, as a subgradient does."""
        low, high = sorted(self)
        slack = _APART * max(abs(low), abs(high))
        return bool(low - slack <= np.real(slope) <= high + slack)


def diagnose(
    f_at: Line,
    slope: Array,
    label: str = "the slope in use",
    noise: float = 0.0,
    nearest: float = 0.0,
) -> str:
    """Return why a line has no slope at the point 0; an empty string if it has one.

    Args:
        f_at: the line; returns NumPy scalars.
        slope: the claimed slope.
        label: its name in the message.
        noise: the standard deviation of the noise in the line's values.
        nearest: the smallest step; a function that jumps or grows over wider ones may be smooth.
    """
    calls = [f_at(0.0) for _ in range(_CALLS)]
    here = calls[0]
    if not np.isfinite(here):
        return f"the function itself is {here} here"
    other = next((value for value in calls if value != here), None)
    if other is not None:
        return (
            f"not deterministic: at the same point the function returned {written(here)}, then "
            f"{written(other)}. Seed its random numbers inside it, or pass them as an argument"
        )
    for side, name in ((-1.0, "left"), (1.0, "right")):
        if not np.isfinite(f_at(side * _NEARER)):
            return f"not differentiable here: no finite values to the {name}"
        if _jumps(f_at, side, noise, nearest):
            near = written(f_at(side * _NEARER))
            return f"not differentiable here: a jump, from {written(here)} to {near} at the {name}"
    found = kink(f_at, noise)
    if found is None:
        return _unbounded(f_at, noise, nearest)
    lies = "lies between" if found.contains(slope) else "doesn't lie between"
    return (
        f"not differentiable here: {written(found.left)} from the left, {written(found.right)} "
        f"from the right; {label}, {written(slope)}, {lies}"
    )


def kink(f_at: Line, noise: float = 0.0) -> Kink | None:
    """Return the kink at the point 0 of a line, where reliable slopes of both sides differ."""
    left, left_error = one_sided_slope(f_at, -1.0, noise)
    right, right_error = one_sided_slope(f_at, 1.0, noise)
    largest = max(abs(left), abs(right))
    if not max(left_error, right_error) <= _GOOD * largest:
        return None
    if abs(left - right) <= 10 * (left_error + right_error) + _APART * largest:
        return None
    return Kink(_rounded(left, left_error), _rounded(right, right_error))


def _rounded(slope: float, error: float) -> float:
    """Return the slope, or 0 if it is smaller than its error."""
    return 0.0 if abs(slope) <= error else float(slope)


def _jumps(f_at: Line, side: float, noise: float, nearest: float) -> bool:
    """Return whether the values on one side don't converge to the one at the point."""
    here = f_at(0.0)
    steps = (_NEAR, _NEARER, nearest or _NEARER)
    near, nearer, last = (abs(f_at(side * step) - here) for step in steps)
    is_far = nearer > _NEAR * max(1.0, abs(here)) and nearer > _NOISE * noise
    return bool(nearer > near / 2 and is_far and last > nearer / 2)


def _unbounded(f_at: Line, noise: float, nearest: float) -> str:
    """Return a message if the difference quotients diverge, as for a root at 0."""
    widths = [(_NEAR, _NEARER, 8.0)]
    if 0 < nearest < _NEARER / 30:
        widths.append((30 * nearest, nearest, 4.0))
    for side, name in ((-1.0, "left"), (1.0, "right")):
        if all(_grows(f_at, side, *width, noise) for width in widths):
            return f"not differentiable here: the slope grows without bound from the {name}"
    return ""


def _grows(f_at: Line, side: float, wide: float, narrow: float, times: float, noise: float) -> bool:
    """Return whether the quotient over a narrow step is much larger than over a wide one."""
    rise, nearer = (abs(f_at(side * h) - f_at(0.0)) / h for h in (wide, narrow))
    return bool(nearer > times * rise and nearer > max(1.0, _NOISE * noise / narrow))


def written(value: Array) -> str:
    """Write a number with six digits."""
    return f"{value:.6g}"
