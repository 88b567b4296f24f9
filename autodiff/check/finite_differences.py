"""Finite differences: slopes along a line, from decreasing steps that are extrapolated to 0.

The error of central differences, ``(f(h) - f(-h)) / 2h``, is a series in even powers of the step h;
that of one-sided ones, ``(f(h) - f(0)) / h``, a series in all powers. Halving h a few times and
extrapolating to h = 0 (Richardson 1911; the tableau of Ridders 1982) removes the first terms. The
difference of neighbors in the tableau is the error estimate.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from autodiff.core.typing import Array

__all__ = ["Line", "central_slope", "doubts", "one_sided_slope", "tableau_row"]

Line: TypeAlias = Callable[[complex], Array]
"""A function of the step from the point, along a line through it."""

_FIRST_STEP = 2.0**-4  # times the root of |x| where that is large, which suits both sin and log
_HALVINGS = 24
_HALVINGS_TO_FINITE = 40
_PATIENCE, _GOOD, _SIMILAR = 4, 1e-6, 1e-3
_NEAR, _STEEPER, _SEEN = 0.1, 4.0, 4096  # a share of x, a factor, last digits of the values
_CLOSER = 0.37  # not a power of 2, unlike the ratios of all other steps


def central_slope(f_at: Line, x: Array = 0.0, direction: complex = 1) -> tuple[Array, float]:
    """Measure the slope of a line from both sides, with an estimate of its error.

    Args:
        f_at: the line.
        x: the value of the moved entry; larger values are moved by larger steps.
        direction: 1, or 1j along the imaginary axis.
    """

    def difference(step: float) -> tuple[Array, float]:
        up, down = step * direction, -step * direction
        return _quotient(f_at(up), f_at(down), float(abs((x + up) - (x + down))))

    def is_finite(step: float) -> bool:
        return bool(np.isfinite(f_at(step * direction)) and np.isfinite(f_at(-step * direction)))

    slope, error = _extrapolated(difference, _first_step(x, is_finite), base=4)
    is_near = 0 < abs(x) < _FIRST_STEP / 2
    is_hidden = is_near and _varies_within(f_at, x, direction, abs(slope) + error)
    return slope, math.inf if is_hidden else error


def _varies_within(f_at: Line, x: Array, direction: complex, slope: Array) -> bool:
    """Return whether a line is much steeper over a tenth of a small x, as 1 / x is beside its pole.

    All steps of a measurement may be wider than that.
    """
    step = _NEAR * float(abs(x))
    up, down = f_at(step * direction), f_at(-step * direction)
    rise = abs(up - down)
    is_seen = rise > _SEEN * np.finfo(float).eps * (abs(up) + abs(down))
    return bool(is_seen and rise > _STEEPER * 2 * step * slope)


def one_sided_slope(f_at: Line, side: float, noise: float = 0.0) -> tuple[Array, float]:
    """Measure the slope on one side of the point only: 1 is the right, -1 the left.

    ``noise`` is the standard deviation of the noise in the values.
    """
    here = f_at(0.0)

    def difference(step: float) -> tuple[Array, float]:
        slope, rounding = _quotient(f_at(step * side), here, step)
        return side * slope, rounding + 4 * noise / step

    start = _first_step(0.0, lambda step: bool(np.isfinite(f_at(step * side))))
    return _extrapolated(difference, start, base=2)


def _first_step(x: Array, is_finite: Callable[[float], bool]) -> float:
    step = _FIRST_STEP * math.sqrt(max(1.0, float(abs(x))))
    for _ in range(_HALVINGS_TO_FINITE):
        if is_finite(step):
            break
        step /= 2
    return step


def _extrapolated(
    difference: Callable[[float], tuple[Array, float]], step: float, base: int
) -> tuple[Array, float]:
    """Extrapolate differences of halved steps to the step 0.

    Stops when the extrapolation is as accurate as rounding allows, or accurate and no longer
    improving (with ever smaller steps, noise would agree with itself by chance), and a difference
    with a closer step confirms it. A step across a kink or a pole affects only the rows with it.
    """
    best: Array = math.nan
    error = math.inf
    since_best = 0
    coarser: list[Array] = []
    for _ in range(_HALVINGS):
        slope, rounding = difference(step)
        row = tableau_row(slope, coarser, base)
        since_best += 1
        for extrapolated, doubt in zip(row[1:], doubts(row, coarser), strict=True):
            if doubt + rounding < error:
                best, error, since_best = extrapolated, doubt + rounding, 0
        if error <= 2 * rounding or (since_best >= _PATIENCE and error <= _GOOD * abs(best)):
            closer, rounding = difference(_CLOSER * step)
            apart = float(abs(closer - best))
            if apart <= abs(slope - best) + 4 * rounding + _SIMILAR * abs(best):
                break
            row, error = [], apart  # aliasing: the steps were multiples of a period of f
        coarser, step = row, step / 2
    return best, error


def tableau_row(first: Array, coarser: list[Array], base: int) -> list[Array]:
    """Return a row of Richardson's tableau from its first entry and the row of twice the step.

    The first term of the error becomes ``base`` times smaller when the step is halved, the next
    one ``base**2`` times, and so on.
    """
    row = [first]
    for power, old in enumerate(coarser, start=1):
        row.append(row[-1] + (row[-1] - old) / (base**power - 1))
    return row


def doubts(row: list[Array], coarser: list[Array]) -> list[float]:
    """Return how far each extrapolation in a row is from its two neighbors in the tableau."""
    return [
        float(max(abs(new - finer), abs(new - old)))
        for finer, new, old in zip(row, row[1:], coarser, strict=False)
    ]


def _quotient(up: Array, down: Array, length: float) -> tuple[Array, float]:
    """Return a difference divided by its step, and its rounding error."""
    kind = up.dtype if up.dtype.kind == "f" else np.dtype(float)
    with np.errstate(all="ignore"):
        up, down = up.astype(np.result_type(kind, float)), down.astype(np.result_type(kind, float))
        rounding = float(np.finfo(kind).eps * (abs(up) + abs(down)) / length)
        return (up - down) / length, rounding
