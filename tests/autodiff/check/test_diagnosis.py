"""Kinks, jumps and noise are distinguished from wrong slopes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.check.diagnosis import diagnose, kink


def failure(f, *args, **options):
    with pytest.raises(AssertionError) as caught:
        ad.check_grads(f, *args, **options)
    return str(caught.value)


def relu(x):
    return np.sum(np.where(x > 0, x, 0))


def test_a_kink():
    message = failure(relu, np.array([0.0, 1.0]))
    assert "the slope can't be checked in 1 of 2 entries" in message
    assert (
        "x[0]: not differentiable here: 0 from the left, 1 from the right; the slope in use, 0, "
        "lies between"
    ) in message


def test_a_slope_outside_of_a_kink():
    wrong = ad.primitive(relu)
    ad.derivative(wrong, x=lambda g, z, x: g * np.where(x > 0, 1, -2.0))
    message = failure(wrong, np.array([0.0, 1.0]))
    assert "the slope in use, -2, doesn't lie between" in message


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-3, 3))
def test_kinks_are_found_with_the_slopes_on_both_sides(left, right, x):
    def f_at(step):
        return np.float64(np.sin(x + step) + (left if step < 0 else right) * step)

    found = kink(f_at)
    if abs(left - right) > 1e-3:
        assert found.left == pytest.approx(left + np.cos(x), abs=1e-6)
        assert found.right == pytest.approx(right + np.cos(x), abs=1e-6)
    elif left == right:
        assert found is None


@given(st.floats(-3, 3))
def test_smooth_functions_have_no_diagnosis(x):
    assert diagnose(lambda step: np.sin(x + step), np.cos(x)) == ""
    assert diagnose(lambda step: np.float64((x + step) ** 2), 2 * x) == ""


@pytest.mark.slow
def test_jumps_and_edges():
    assert "a jump, from 9 to 6 at the left" in failure(lambda x: np.floor(x) * x, 3.0)
    assert "no finite values to the left" in failure(np.sqrt, np.array([0.0, 1.0]))
    assert "grows without bound" in failure(np.cbrt, 0.0, order=1)
    assert "the function itself is nan here" in failure(np.sqrt, -1.0)
    assert "it is nan itself" in failure(
        lambda x: np.where(np.isnan(x), 0.0, x), np.array([1.0, np.nan]), order=1
    )


@pytest.mark.slow
def test_a_slope_that_jumps_is_no_second_derivative():
    ad.check_grads(np.abs, 0.0, order=1)
    message = failure(np.abs, 0.0)
    assert "the second derivative can't be checked" in message
    assert "a jump" in message


@pytest.mark.slow
def test_noise():
    random = np.random.default_rng(0)
    message = failure(lambda x: np.sum(x * random.random(3)), np.array([0.0, 1.0, 2.0]))
    assert "not deterministic: at the same point the function returned" in message
    assert message.count("not deterministic") == 1


@pytest.mark.slow
def test_dropout_is_noise_in_large_arrays_as_well():
    random = np.random.default_rng(0)
    x = np.ones((20, 20))
    message = failure(lambda x: np.mean(x**2 * (random.random(x.shape) < 0.5)), x)
    assert "not deterministic" in message


@pytest.mark.slow
def test_a_kink_in_a_large_array():
    x = np.linspace(-1, 1, 201)
    x[100] = 0
    assert "x[100]: not differentiable here: 0 from the left, 1 from the right" in failure(relu, x)


def test_kinks_in_the_imaginary_part():
    message = failure(lambda z: np.where(np.imag(z) > 0, np.imag(z), 0), 1 + 0j, order=1)
    assert "0 from the left, 1 from the right" in message
