"""Slopes are those that finite differences and the complex step measure, once and twice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.check import complex_step, numerical_slope
from tests.laws.domains import DOMAINS
from tests.laws.table import (
    along_a_line,
    calls,
    every,
    examples,
    is_constant,
    made_complex,
    projected,
    real,
)

MEASURABLE = [key for key in DOMAINS if key is not ad.stop_gradient]
SLOPED = [key for key in MEASURABLE if not is_constant(key)]
HOLOMORPHIC = [key for key in SLOPED if DOMAINS[key].holomorphic]
COMPLEX = [key for key in SLOPED if DOMAINS[key].takes_complex]


def agrees(ours, measured, close=1e-9):
    slope, error = measured
    return abs(ours - slope) <= 10 * error + close * (1 + abs(slope))


def check_slope_along_a_line(call, close=1e-9):
    f = real(projected(call.run, call.arrays))
    on_line = along_a_line(f, call.arrays)
    if not agrees(ad.grad(on_line)(0.0), numerical_slope(on_line, 0.0), close):
        ad.check_grads(call.run, *call.arrays, order=1)  # tells which entry is wrong
        raise AssertionError(call)


def check_second_slope_along_a_line(call, close=1e-9):
    f = real(projected(call.run, call.arrays))
    slope = ad.grad(f, range(len(call.arrays)))
    on_line = along_a_line(projected(slope, call.arrays, seed=4), call.arrays)
    assert agrees(ad.grad(on_line)(0.0), numerical_slope(on_line, 0.0), close), call


def check_third_slope_along_a_line(call, close=1e-6):
    on_line = along_a_line(real(projected(call.run, call.arrays)), call.arrays)
    second = ad.grad(ad.grad(on_line))
    measured, error = numerical_slope(second, 0.0)
    assert abs(ad.grad(second)(0.0) - measured) <= close * (1 + abs(measured)) + 20 * error, call


@every(MEASURABLE)
@given(data=st.data())
@examples(15)
def test_slopes_are_the_measured_ones(key, data):
    check_slope_along_a_line(data.draw(calls(key)))


@every(COMPLEX)
@given(data=st.data())
@examples(8)
def test_slopes_of_complex_arguments_are_the_measured_ones(key, data):
    check_slope_along_a_line(made_complex(data.draw(calls(key))))


@every(HOLOMORPHIC)
@given(data=st.data())
@examples(8)
def test_slopes_are_those_of_the_complex_step(key, data):
    call = data.draw(calls(key))
    on_line = along_a_line(projected(call.run, call.arrays), call.arrays)
    ours, exact = ad.grad(on_line)(0.0), complex_step(on_line, 0.0)
    np.testing.assert_allclose(ours, exact, rtol=1e-11, atol=1e-11)


@every(SLOPED)
@given(data=st.data())
@examples(10)
def test_second_derivatives_are_the_measured_ones(key, data):
    check_second_slope_along_a_line(data.draw(calls(key)))


@every(HOLOMORPHIC)
@given(data=st.data())
@examples(2)
def test_third_derivatives_of_smooth_functions_are_the_measured_ones(key, data):
    check_third_slope_along_a_line(data.draw(calls(key)))
