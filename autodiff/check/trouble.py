"""Why a slope can't be measured: noise, a jump, a kink, or no finite values.

A slope that disagrees with the measured one isn't always wrong. Before it is blamed, the function
is looked at along the line of the entry: is it a function at all, and smooth at this point?
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.check.richardson import Line, one_sided_slope

__all__ = ["Kink", "kink", "trouble"]

_CALLS = 5  # to find out whether a function always answers alike
_NEAR, _NEARER = 1e-6, 1e-9
_GOOD = 1e-4  # a one-sided slope with a smaller relative error is one
_APART = 1e-6


class Kink(NamedTuple):
    """The slopes on both sides of a point where they differ."""

    left: float
    right: float

    def holds(self, slope: Any) -> bool:
        """Whether a slope lies between the two: it is one of the kink's subgradients."""
        low, high = sorted(self)
        slack = _APART * max(abs(low), abs(high))
        return bool(low - slack <= np.real(slope) <= high + slack)


def trouble(f_at: Line, slope: Any, whose: str = "the slope in use") -> str:
    """Say why a line has no slope at the point 0; an empty text where nothing is wrong with it.

    Args:
        f_at: the line; answers NumPy's numbers.
        slope: the one that is claimed.
        whose: what to call it.
    """
    calls = [f_at(0.0) for _ in range(_CALLS)]
    here = calls[0]
    if not np.isfinite(here):
        return f"the function itself is {here} here"
    other = next((value for value in calls if value != here), None)
    if other is not None:
        return (
            f"not deterministic: at the same point the function gave {_number(here)}, then "
            f"{_number(other)}. Seed its random numbers inside it, or pass them in as an argument"
        )
    for side, name in ((-1.0, "left"), (1.0, "right")):
        if not np.isfinite(f_at(side * _NEARER)):
            return f"not differentiable here: no finite values to the {name}"
        if _jumps(f_at, side):
            near = _number(f_at(side * _NEARER))
            return f"not differentiable here: a jump, from {_number(here)} to {near} at the {name}"
    found = kink(f_at)
    if found is None:
        return _unbounded(f_at)
    lies = "lies between" if found.holds(slope) else "doesn't lie between"
    return (
        f"not differentiable here: {_number(found.left)} from the left, {_number(found.right)} "
        f"from the right; {whose}, {_number(slope)}, {lies}"
    )


def kink(f_at: Line) -> Kink | None:
    """Find a kink at the point 0 of a line: reliable slopes on both sides, that differ."""
    (left, left_error), (right, right_error) = (one_sided_slope(f_at, s) for s in (-1.0, 1.0))
    largest = max(abs(left), abs(right))
    if not max(left_error, right_error) <= _GOOD * largest:
        return None
    if abs(left - right) <= 10 * (left_error + right_error) + _APART * largest:
        return None
    return Kink(_rounded(left, left_error), _rounded(right, right_error))


def _rounded(slope: float, error: float) -> float:
    """Give 0 for a slope that is no more than its error."""
    return 0.0 if abs(slope) <= error else float(slope)


def _jumps(f_at: Line, side: float) -> bool:
    """Whether the values on a side don't tend to the one at the point."""
    here = f_at(0.0)
    near, nearer = (abs(f_at(side * step) - here) for step in (_NEAR, _NEARER))
    return bool(nearer > near / 2 and nearer > _NEAR * max(1.0, abs(here)))


def _unbounded(f_at: Line) -> str:
    """Say so where the quotients of ever smaller steps grow without end, as for a root at 0."""
    for side, name in ((-1.0, "left"), (1.0, "right")):
        rise, nearer = (abs(f_at(side * h) - f_at(0.0)) / h for h in (_NEAR, _NEARER))
        if nearer > 8 * rise and nearer > 1:
            return f"not differentiable here: the slope grows without bound from the {name}"
    return ""


def _number(value: Any) -> str:
    return f"{value:.6g}"
