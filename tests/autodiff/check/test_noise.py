"""The estimated noise of functions: of their values on a line, at equidistant points."""

import numpy as np
import pytest

from autodiff.check.noise import SAMPLES, noise_in, noise_of, on_both_sides
from autodiff.check.noise import _grain as grain
from autodiff.check.noise import _is_straight as is_straight
from autodiff.check.noise import _quantum as quantum

PLACES = np.arange(1, SAMPLES + 1)
NOISE = np.array([0.3, -1.2, 0.5, 0.9, -0.4, 1.1, -0.8, 0.2, -0.6])


@pytest.mark.parametrize("size", [1e-12, 1e-3])
@pytest.mark.parametrize("curve", [0 * PLACES, 5 * PLACES, PLACES**2])
def test_noise_around_a_curve_is_estimated(size, curve):
    found = noise_in(curve + size * NOISE)
    assert 0.5 < found / (size * np.std(NOISE)) < 2


@pytest.mark.parametrize(
    "values",
    [
        np.sin(0.3 * PLACES), np.exp(PLACES), PLACES**4.0, 3.0 * PLACES, 0 * PLACES,
        -np.exp(0.1 * PLACES), np.sin(0.3 * PLACES) + 1e-6 * NOISE * (PLACES > 8),
        np.abs(PLACES - 4.5), np.maximum(PLACES**2, 12 * PLACES), PLACES + (PLACES > 6),
    ],
)  # fmt: skip
def test_smooth_curves_have_no_noise(values):
    assert noise_in(values) == 0


def test_estimates_of_all_orders_must_be_alike():
    assert noise_in(np.where(PLACES == 5, 1.0, 0.0)) > 0
    assert noise_in(np.cos(1.2 * PLACES)) == pytest.approx(noise_in(-np.cos(1.2 * PLACES)))
    assert noise_in(np.cos(0.05 * PLACES) * np.sin(0.6 * PLACES)) == 0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0, 0.5, 0.5, 0.5, 1.25, 1.25, 1.25, 1.25], 0.5),
        ([0, 0, 0, 0, 1, 1, 1, 1, 1], 0),  # two values are one jump
        ([0, 0, 0, 0, 1, 2, 3, 4, 4], 0),  # too many
        ([0, 1, 2, 2, 2, 2, 2, 2, 2], 0),  # only one of them is repeated
        ([0, 1, 1, 2, 2, 2, 2, 2, 2], 1),
        ([0, 0, 1, 1, 2, 2, 3, 3, 3], 1),
        ([0, 0, 1, 1, 2, 2, 3, 3, 4], 0),
    ],
)
def test_values_that_are_rounded_coarsely(values, expected):
    assert quantum(np.array(values, float)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 1, 1, 1, 1, 1, 1, 1, 1 + 2**-40], 2**-40),
        ([1, 1, 1, 1, 1, 1, 1, 1, 1 + 2**-30], 0),  # a jump is wider
        ([8, 8, 8, 8, 8, 8, 8, 8, 8 + 2**-30], 2**-30),
        ([1, 1, 1, 1, 1, 1, 1, 1, 1], 0),
        ([0, 2**-40, 2**-39, 2**-38, 2**-37, 0, 0, 0, 0], 0),
        ([0, 2**-40, 2**-39, 2**-38, 0, 0, 0, 0, 0], 2**-40),
        ([0, 2**-32, 0, 0, 0, 0, 0, 0, 0], 2**-32),
        ([0, 2**-40, np.inf, 0, 0, 0, 0, 0, 0], 0),
    ],
)
def test_the_distance_of_neighbors(values, expected):
    assert grain(np.array(values, float)) == expected


def test_straight_lines_bend_by_rounding_only():
    eps = np.finfo(float).eps
    assert is_straight(0.1 * PLACES)
    assert is_straight(1.0 + 3 * eps * (PLACES == 4))
    assert not is_straight(1.0 + 5 * eps * (PLACES == 4))
    assert not is_straight(1e-9 * PLACES**2)


def test_the_smaller_estimate_of_two_sides_counts():
    sides = [PLACES * 1.0, PLACES * 2.0, np.where(PLACES > 5, np.nan, 0.1)]
    assert on_both_sides(sides, np.max) == SAMPLES
    assert on_both_sides(sides[2:], np.max) == 0


@pytest.mark.parametrize("size", [1e-9, 1e-6])
def test_the_noise_of_a_function(size):
    draw = np.random.default_rng(0)
    assert 0.3 < noise_of(lambda step: np.sin(step) + size * draw.normal(), 1.0) / size < 3
    assert noise_of(np.sin, 1.0) < 1e-15
    assert noise_of(lambda step: np.round(step / size) * size, 1.0) == pytest.approx(size, rel=0.5)
    assert noise_of(lambda step: step > 0, 1.0) == 0
