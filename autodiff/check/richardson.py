"""Slopes along a line from differences of ever smaller steps, extrapolated to the step 0.

Central differences, ``(f(h) - f(-h)) / 2h``, are off by a series in even powers of the step h;
one-sided ones, ``(f(h) - f(0)) / h``, by a series in all powers. Halving h a few times and
extrapolating to h = 0 (Richardson 1911; the tableau of Ridders 1982) removes the first terms, and
how far the tableau's neighbors disagree says how far to trust it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

__all__ = ["Line", "central_slope", "one_sided_slope"]

Line: TypeAlias = Callable[[complex], Any]
"""A function of how far to move from the point, along a line through it."""

_FIRST_STEP = 2.0**-4  # times the root of |x| where that is large: sin and log both fare well
_HALVINGS = 24
_HALVINGS_TO_FINITE = 40
_PATIENCE, _GOOD, _SIMILAR = 4, 1e-6, 1e-3
_CLOSER = 0.37  # not a power of 2, as all other steps are to each other


def central_slope(f_at: Line, x: Any = 0.0, direction: complex = 1) -> tuple[Any, float]:
    """Measure the slope of a line from both sides, with an estimate of its error.

    Args:
        f_at: the line.
        x: where on the number line the point is; larger numbers are moved by larger steps.
        direction: 1, or 1j to move sideways.
    """

    def difference(step: float) -> tuple[Any, float]:
        up, down = step * direction, -step * direction
        return _quotient(f_at(up), f_at(down), float(abs((x + up) - (x + down))))

    def is_finite(step: float) -> bool:
        return bool(np.isfinite(f_at(step * direction)) and np.isfinite(f_at(-step * direction)))

    return _extrapolated(difference, _first_step(x, is_finite), base=4)


def one_sided_slope(f_at: Line, side: float) -> tuple[Any, float]:
    """Measure the slope on one side of the point only: 1 is the right, -1 the left."""
    here = f_at(0.0)

    def difference(step: float) -> tuple[Any, float]:
        slope, rounding = _quotient(f_at(step * side), here, step)
        return side * slope, rounding

    start = _first_step(0.0, lambda step: bool(np.isfinite(f_at(step * side))))
    return _extrapolated(difference, start, base=2)


def _first_step(x: Any, is_finite: Callable[[float], bool]) -> float:
    step = _FIRST_STEP * math.sqrt(max(1.0, float(abs(x))))
    for _ in range(_HALVINGS_TO_FINITE):
        if is_finite(step):
            break
        step /= 2
    return step


def _extrapolated(
    difference: Callable[[float], tuple[Any, float]], step: float, base: int
) -> tuple[Any, float]:
    """Extrapolate differences of halved steps to the step 0.

    Stops when the extrapolation is as good as rounding allows, or good and no longer improving (in
    ever smaller steps the noise of f would agree with itself by chance), and a last look from
    closer doesn't contradict it. A step that reaches over a kink or a pole spoils only the rows
    that contain it.
    """
    best: Any = math.nan
    error = math.inf
    since_best = 0
    coarser: list[Any] = []
    for _ in range(_HALVINGS):
        slope, rounding = difference(step)
        row = [slope]
        since_best += 1
        for power, old in enumerate(coarser, start=1):
            finer = row[-1]
            row.append(finer + (finer - old) / (base**power - 1))
            doubt = float(max(abs(row[-1] - finer), abs(row[-1] - old))) + rounding
            if doubt < error:
                best, error, since_best = row[-1], doubt, 0
        if error <= 2 * rounding or (since_best >= _PATIENCE and error <= _GOOD * abs(best)):
            closer, rounding = difference(_CLOSER * step)
            apart = float(abs(closer - best))
            if apart <= abs(slope - best) + 4 * rounding + _SIMILAR * abs(best):
                break
            row, error = [], apart  # the steps only seemed to agree: they were whole waves of f
        coarser, step = row, step / 2
    return best, error


def _quotient(up: Any, down: Any, length: float) -> tuple[Any, float]:
    """Divide a difference by its step, and say how far off rounding may have put it."""
    kind = up.dtype if up.dtype.kind == "f" else np.dtype(float)
    with np.errstate(all="ignore"):
        up, down = up.astype(np.result_type(kind, float)), down.astype(np.result_type(kind, float))
        rounding = float(np.finfo(kind).eps * (abs(up) + abs(down)) / length)
        return (up - down) / length, rounding
