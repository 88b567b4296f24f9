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
    Comparison,
    cancellation_error,
    compare_entries,
    largest_entry,
    tolerance,
)
from autodiff.check.diagnosis import Kink, diagnose, kink
from autodiff.check.finite_differences import central_slope, doubts, one_sided_slope, tableau_row
from autodiff.check.likely_mistakes import (
    Slope,
    common_factor,
    factor_text,
    is_usual_factor,
    mistake_of_shape,
)
from autodiff.check.linearity import scale_cotangent
from autodiff.check.measurement import measure, size_of_values
from autodiff.check.mutants import intermediate_values, mutants
from autodiff.check.narrow import in_narrow_floats
from autodiff.check.noise import noise_of
from autodiff.check.numeric import (
    Estimate,
    complex_step,
    numerical_slope,
    value_nearby,
    widened,
)
from autodiff.check.point import Point, along
from autodiff.check.projection import projected
from autodiff.check.remeasurement import _slopes_and_sweep, careful_slope, narrowest_step
from autodiff.transforms.pytree import flatten
from tests.autodiff.catalogue import compared, titles


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


def projection(f, *args):
    """Return the number from a function of many results, at the arguments and at twice them."""
    scalar = projected(f, args, np.random.default_rng(0))
    return float(scalar(*args)), float(scalar(*(2 * x for x in args)))


def slips(f, x):
    """Return the mistakes that are known in a function, with the slopes that they give."""
    found = mutants(f, [x], flatten(x, "x")[2])
    return [(m.description, np.round(m.slopes[0], 4).tolist()) for m in found]


def steps(f, x):
    """Return the values that a function computes on its way, with their names."""
    found = intermediate_values(f, [x], flatten(x, "x")[2])
    return [(name, np.round(value, 4).tolist()) for name, value in found]


def narrowly(f, *args):
    """Return the comparisons of slopes in narrow floats with those in float64."""
    wide = tuple(widened(x) for x in args)
    point = Point(f, wide, range(len(args)), "abc"[: len(args)])
    slope, draw = ad.grad(f, range(len(args))), np.random.default_rng(0)
    found = in_narrow_floats(slope, args, point, slope(*wide), 3.0, draw)
    numbers = ("ours", "numeric", "error", "scale")
    return [
        (row.name, row.place, *(f"{getattr(row, name):.2g}" for name in numbers), row.agrees)
        for row in (finding.row for finding in found)
    ]


def scaled_slopes(f, x):
    """Return the comparisons of slopes with those of a multiple of the cotangent."""
    point = Point(f, (x,), (0,), ("x",))
    found = scale_cotangent(f, point, [ad.grad(f)(x)], 3.0)
    return [(row.place, f"{row.ours:.4g}", f"{row.numeric:.4g}", row.agrees)
            for row in (finding.row for finding in found)]  # fmt: skip


@ad.primitive
def without_g(x):
    return (x * x).sum()


ad.derivative(without_g, x=lambda g, z, x: 2 * x)


def bordered(x):
    """Sum squares; raise where an entry is above 2."""
    if (x > 2).any():
        raise ValueError("beyond the border")
    return (x * x).sum()


def narrow_sum(x):
    """Sum products, with a wrong slope in float32."""
    return (x * wrong_in_float32(x)).sum()


@ad.primitive
def wrong_in_float32(x):
    return x * 2


ad.derivative(wrong_in_float32, x=lambda g, z, x: g * (2.5 if x.dtype == np.float32 else 2))


def rows(f, x, slope):
    """Return the comparisons of a slope: places, numbers in few digits, and whether they agree."""
    point = Point(f, (x,), (0,), ("x",))
    found = [finding.row for finding in measure(point, [slope], 5.0, np.random.default_rng(0))]
    numbers = ("ours", "numeric", "allowed", "scale")
    return [
        (row.name, row.place, *(f"{getattr(row, name):.4g}" for name in numbers), row.agrees)
        for row in found
    ]


A1, X, Z = np.array([0.5, 7.0]), np.array([1.0, 2.0]), np.array([1j, 2.0])


@pytest.mark.parametrize("title", titles("check/catalogue"))
def test_the_results_are_those_in_the_catalogue(title):
    found, expected = compared("check/catalogue", title, globals())
    assert found == expected
