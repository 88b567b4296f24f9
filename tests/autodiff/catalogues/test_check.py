"""Measured slopes, noise, kinks and jumps, to the last bit, and messages of wrong uses.

The functions are of sums, products, quotients and roots, which are rounded alike everywhere.
"""

# ruff: noqa: F401 - the entries use them

import math
from dataclasses import dataclass

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.comparison import (
    cancellation_error,
    compare_entries,
    largest_entry,
    tolerance,
)
from autodiff.check.diagnosis import Kink, diagnose, kink
from autodiff.check.finite_differences import central_slope, doubts, one_sided_slope, tableau_row
from autodiff.check.likely_mistakes import Slope, common_factor, factor_text, is_usual_factor
from autodiff.check.measurement import measure, size_of_values
from autodiff.check.noise import noise_of
from autodiff.check.numeric import Estimate, complex_step, numerical_slope, widened
from autodiff.check.point import Point, along
from autodiff.check.remeasurement import careful_slope, narrowest_step
from tests.autodiff.catalogues.catalogue import entries, result


@dataclass
class Line:
    """A structure with numbers."""

    slope: object
    start: object = 0


def line(f):
    """Return a line of NumPy scalars from a function of Python numbers."""

    def f_at(step):
        try:
            return np.float64(f(float(step)))
        except ValueError:
            return np.float64(math.nan)

    return f_at


def counted(f):
    """Return how often a measurement calls a line, with its result."""
    calls = []
    found = f(line(lambda step: calls.append(step) or 1 / (1 + step * step)))
    return len(calls), max(map(abs, calls)), min(abs(step) for step in calls if step), found


def cubic(t):
    return 1.0 + 2.0 * t - 3.0 * t * t + t * t * t


def hill(t):
    return 1 / (1 + (t - 0.3) * (t - 0.3))


def root(t):
    return math.sqrt(t)


def roof(t):
    return 3.0 * t if t > 0 else -t


def stairs(t):
    return 2.0 * t + (t > 0)


def far_stairs(t):
    return 2.0 * t + (t > 1e-3)


def steep(t):
    return t / 1e-7 if abs(t) < 1e-7 else math.copysign(1.0, t)


def cancelled(t):
    return (t * t + t + 1e9) - 1e9


def rounded(t):
    return math.floor((t * t + t) * 1e5) / 1e5


def noisy(t):
    """Add a hash of the step."""
    return t * t + t + 1e-8 * ((abs(t) * 1e12 % 7.31) - 3.6)


def pole(t):
    return 1 / (t - 0.05) if t != 0.05 else math.inf


def waves(t):
    """Repeat each 1/64."""
    whole = 64 * t - math.floor(64 * t)
    return whole * (1 - whole) * 0.01 + t


def rows(f, x, slope):
    """Return the comparisons of a slope: places, numbers in few digits, and whether they agree."""
    point = Point(f, (x,), (0,), ("x",))
    found = [finding.row for finding in measure(point, [slope], 5.0, np.random.default_rng(0))]
    numbers = ("ours", "numeric", "allowed", "scale")
    return [
        (row.name, row.place, *(f"{getattr(row, name):.4g}" for name in numbers), row.agrees)
        for row in found
    ]


X, Z = np.array([1.0, 2.0]), np.array([1j, 2.0])


@pytest.mark.parametrize(("source", "expected"), entries("check"))
def test_the_result_is_the_one_in_the_catalogue(source, expected):
    assert result(source, globals()) == expected
