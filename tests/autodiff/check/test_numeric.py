"""Measured slopes agree with known ones within their estimated error."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff.check import complex_step, numerical_slope

KNOWN = {
    "sin": (np.sin, np.cos, 1e6),
    "exp": (np.exp, np.exp, 30.0),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2, 5.0),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, 1e6),
    "log": (np.log, lambda x: 1 / x, 1e6),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x), 1e6),
}


@pytest.mark.parametrize("name", KNOWN)
@given(share=st.floats(1e-9, 1))
def test_measured_slope_is_the_known_one_within_its_error(name, share):
    f, slope, largest = KNOWN[name]
    x = largest * share
    measured, error = numerical_slope(f, x)
    assert abs(measured - slope(x)) <= error + 1e-9 * abs(slope(x))
    assert error <= 1e-5 * abs(slope(x)) + 1e-9


@pytest.mark.parametrize("name", KNOWN)
@given(share=st.floats(1e-9, 1))
def test_complex_step_is_exact(name, share):
    f, slope, largest = KNOWN[name]
    x = largest * share
    assert complex_step(f, x) == pytest.approx(slope(x), rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("side", [1, -1])
def test_a_point_close_to_the_edge_of_the_domain(side):
    slope, error = numerical_slope(lambda x: np.log(side * x), side * 1e-10)
    assert slope == pytest.approx(side * 1e10, rel=1e-9)
    assert error <= 1


class Point(NamedTuple):
    x: Any
    y: Any


def test_a_named_tuple_of_narrow_floats_is_measured_in_float64():
    point = Point(np.float32(3), np.array([1, 2], np.float32))
    slope, _ = numerical_slope(lambda p: p.x**2 + np.sum(p.y**3), point)
    assert type(slope) is Point
    assert slope.x == pytest.approx(6, abs=1e-9)
    assert slope.y == pytest.approx([3, 12], abs=1e-9)


@given(st.floats(-2, 2).filter(lambda x: abs(x) > 1e-3))
def test_a_kink_nearby_is_resolved(x):
    assert numerical_slope(abs, x).slope == pytest.approx(np.sign(x), abs=1e-12)


def test_every_entry_of_a_structure_is_measured():
    weights = {"w": [1, 2], "b": np.array([[3.0]]), "none": None}
    slope, error = numerical_slope(lambda w, x: np.sum(w["w"] * x) * w["b"][0, 0], weights, 10)
    np.testing.assert_allclose(slope["w"], [30, 30])
    np.testing.assert_allclose(slope["b"], [[30]])
    assert slope["none"] is None
    assert error["b"].shape == (1, 1)


def test_float32_is_widened_and_the_argument_is_left_alone():
    x = np.array([0.5, 1.5], np.float32)
    slope, _ = numerical_slope(lambda a, b: np.sum(np.exp(a) * b), x, x, argnum=-1)
    assert slope.dtype == np.float64
    np.testing.assert_allclose(slope, np.exp([0.5, 1.5]), rtol=1e-12)
    np.testing.assert_array_equal(x, [0.5, 1.5])


def test_complex_argument_has_the_slope_of_both_parts():
    slope, _ = numerical_slope(lambda z: np.abs(z) ** 2, 1 + 2j)
    assert slope == pytest.approx(2 + 4j)


def test_no_finite_value_nearby_returns_nan():
    slope, error = numerical_slope(lambda x: np.sqrt(x - 10), 0.0)
    assert np.isnan(slope)
    assert error == np.inf


def test_results_without_a_slope_are_refused():
    with pytest.raises(TypeError, match="needs one real number, got float64 array of shape"):
        numerical_slope(np.exp, np.zeros(3))
    with pytest.raises(TypeError, match="lambda"):
        complex_step(lambda x: np.abs(x), 1.0)
    with pytest.raises(TypeError, match="real argument"):
        complex_step(np.exp, 1j)
