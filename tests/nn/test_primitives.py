"""The error function and relu, compared with the standard library and their slopes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from nn.primitives import erf, relu

numbers = st.floats(-30, 30)


@given(numbers)
def test_erf_equals_that_of_the_standard_library_in_float64(x):
    assert erf(x) == pytest.approx(math.erf(x), rel=5e-15, abs=1e-300)


@given(st.floats(-30, 30, width=32))
def test_erf_keeps_float32_and_its_precision(x):
    result = erf(np.float32(x))
    assert result.dtype == np.float32
    assert result == pytest.approx(math.erf(x), rel=4e-7, abs=1e-37)


@given(numbers)
def test_erf_is_odd_and_never_beyond_one(x):
    assert erf(-x) == -erf(x)
    assert abs(erf(x)) <= 1


def test_erf_at_infinity_and_nan():
    assert erf(np.array([-np.inf, np.inf])).tolist() == [-1.0, 1.0]
    assert np.isnan(erf(np.nan))


@given(st.floats(-5, 5))
def test_the_slope_of_erf_is_a_gaussian(x):
    assert ad.grad(erf)(x) == pytest.approx(2 / math.sqrt(math.pi) * math.exp(-x * x))
    assert ad.grad(ad.grad(erf))(x) == pytest.approx(-2 * x * ad.grad(erf)(x), abs=1e-15)


def test_the_slope_of_relu_at_zero_is_zero():
    x = np.array([-1.0, 0.0, 2.0])
    assert relu(x).tolist() == [0.0, 0.0, 2.0]
    assert ad.elementwise_grad(relu)(x).tolist() == [0.0, 0.0, 1.0]


def test_relu_does_not_hide_nan():
    assert np.isnan(relu(np.array([np.nan]))[0])
