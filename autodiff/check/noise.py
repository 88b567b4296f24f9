"""Estimate the noise of a function: the error of its values, beyond the last digit.

A function whose terms cancel, or whose matrix is nearly singular, has far fewer accurate digits
than its values show. Differences of high order reveal it: for a smooth function they shrink with
the order, for noise they don't (Moré and Wild 2011, *Estimating computational noise*, section 2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from autodiff.check.finite_differences import Line
from autodiff.core.typing import Array

__all__ = ["SAMPLES", "noise_in", "noise_of", "on_both_sides"]

SAMPLES = 9
_ORDERS = (3, 4, 5)
_CURVED = 3  # consecutive widths without noise, after which the function counts as smooth
_LAST_DIGITS = 8.0  # of values, by which a straight line bends
_FINE = 2.0**-32  # a jump is wider, relative to 1 or to the values
_SPREAD, _FEW = 1e-2, 3  # relative size of third differences; so many are those of a kink or jump
_ALIKE = 4.0  # largest ratio of the estimates from consecutive orders, for noise
_FIRST_STEP, _WIDER, _WIDEST = 64.0, 4.0, 2.0**-6  # in last digits; a factor; a step


def noise_of(f_at: Line, size: float) -> float:
    """Estimate the standard deviation of the noise in a line's values beside the point 0.

    Args:
        f_at: the line; only points close to 0 are used.
        size: of the moved entries, whose last digits are the smallest step.
    """
    step = _FIRST_STEP * float(np.spacing(max(abs(size), 2.0**-20)))
    largest, curved = 0.0, 0
    while step < _WIDEST:
        sides = [_values(f_at, side * step) for side in (1.0, -1.0)]
        largest = max(largest, on_both_sides(sides, _quantum), *map(_grain, sides))
        if any(len(np.unique(values)) > SAMPLES / 2 for values in sides):
            found = on_both_sides(sides, noise_in)
            largest = max(largest, found)  # rounding may be constant over narrower steps
            curved = 0 if found or any(map(_is_straight, sides)) else curved + 1
            if curved == _CURVED:
                break
        step *= _WIDER
    return largest


def on_both_sides(sides: Sequence[Array], estimate: Callable[[Array], float]) -> float:
    """Return the smaller estimate of two sides, since a kink or jump on one side is no noise.

    A side beyond the border of the domain doesn't count.
    """
    finite = [values for values in sides if np.all(np.isfinite(values))]
    return min(map(estimate, finite), default=0.0)


def _quantum(values: Array) -> float:
    """Return the distance between the values of a function with only a few distinct ones."""
    unique, counts = np.unique(values, return_counts=True)
    few = 3 <= len(unique) <= SAMPLES / 2  # two would be one jump
    if not few or np.sum(counts > 1) < 2:
        return 0.0
    return float(np.min(np.diff(unique)))


def _is_straight(values: Array) -> bool:
    """Return whether values bend by no more than rounding, as where all but x is constant."""
    bend = np.max(np.abs(np.diff(values, 2)))
    return bool(bend <= _LAST_DIGITS * np.finfo(float).eps * np.max(np.abs(values)))


def _grain(values: Array) -> float:
    """Return the distance of neighbors among mostly equal values, as terms that cancel leave them.

    A jump is wider, and a smooth curve has no equal values.
    """
    unique = np.unique(values)
    if not 2 <= len(unique) <= SAMPLES / 2 or not np.all(np.isfinite(unique)):
        return 0.0
    grain = float(np.min(np.diff(unique)))
    return grain if grain <= _FINE * max(1.0, float(np.max(np.abs(unique)))) else 0.0


def _values(f_at: Line, step: float) -> Array:
    return np.array([float(f_at(number * step)) for number in range(1, SAMPLES + 1)])


def noise_in(values: Array) -> float:
    """Estimate the noise in values at equidistant points.

    It is 0 for those of a smooth curve, also with a kink or jump in a few third differences.
    """
    third = np.abs(np.diff(values, 3))
    if np.sum(third > _SPREAD * np.max(third)) <= _FEW:
        return 0.0
    estimates = []
    for order in _ORDERS:
        differences = np.diff(values, order)
        if np.all(differences >= 0) or np.all(differences <= 0):
            return 0.0
        share = math.factorial(order) ** 2 / math.factorial(2 * order)
        estimates.append(math.sqrt(share * float(np.mean(differences**2))))
    return max(estimates) if max(estimates) <= _ALIKE * min(estimates) else 0.0
