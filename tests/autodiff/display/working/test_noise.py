"""Rounding noise: numbers without a correct digit are shown as 0, and no others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.display.working.noise import without_noise
from autodiff.display.working.working import of_function


def shown(f, *args):
    return without_noise(of_function(f, None, args, {}))


def centered(x):
    return (x - x.mean()).sum()


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=8))
def test_a_sum_that_is_0_but_for_rounding_is_shown_as_0(entries):
    working = shown(centered, np.array(entries))
    assert working.results[0].value == 0
    np.testing.assert_array_equal(working.slopes[working.starts[0]], 0)


@given(st.floats(1e-300, 1e300))
def test_a_small_number_that_is_right_stays(x):
    working = shown(lambda x: x * 1e-3 + x, x)
    assert not working.has_rounded
    assert working.results[0].value == x * 1e-3 + x


@given(st.floats(1e-12, 1e-3))
def test_a_difference_with_correct_digits_stays(h):
    working = shown(lambda h: (1 + h) - 1, h)
    assert working.results[0].value == (1 + h) - 1


@given(st.floats(0.5, 100))
def test_a_tie_beside_a_large_number_is_not_noise(x):
    def f(x):
        y = np.nan_to_num(np.sqrt(x))  # which compares with the largest number
        return y * y - np.max(y)

    working = shown(f, x)
    assert working.slopes[working.starts[0]] == ad.grad(f)(x)


def test_noise_in_noise_out():
    working = shown(lambda x: 3.3 * np.cos(x) * np.exp(np.cos(x)), np.pi / 2)
    assert working.results[0].value == 0
    assert working.slopes[working.starts[0]] == pytest.approx(-3.3)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.log(np.cos(x)),
        lambda x: np.where(np.cos(x) > 0, x, 0),
        lambda x: 1 / np.cos(x),
        lambda x: np.cos(x) / np.sin(2 * x),
    ],
)
def test_noise_stays_where_0_would_have_another_result(f):
    working = shown(f, np.pi / 2)
    assert working.results[0].value == f(np.pi / 2)
    assert not working.rounded


@pytest.mark.parametrize(
    "f",
    [lambda a: np.linalg.inv(a)[0, 0], lambda a: np.linalg.slogdet(a)[0], np.linalg.cholesky],
)
def test_noise_stays_in_a_matrix_that_would_be_singular(f):
    working = shown(lambda x: f(np.eye(1) * np.cos(x)), np.pi / 2)
    matrix = next(node for node in working.nodes if np.shape(node.value) == (1, 1))
    assert matrix.value == np.cos(np.pi / 2)
    assert matrix not in working.rounded


def test_noise_stays_where_python_has_compared_it():
    def f(x):
        return x if np.cos(x) > 0 else -x

    working = shown(f, np.pi / 2)
    assert working.slopes[working.starts[0]] == 1
    assert "cos(x) > 0" in str(ad.explain(f)(np.pi / 2))


def test_slopes_that_cancel_are_shown_as_0():
    def softmax(z):
        e = np.exp(z - z.max())
        return (e / e.sum() * np.array([0.3, 0.3, 0.3])).sum()

    working = shown(softmax, np.array([0.1, 0.7, 1.3]))
    np.testing.assert_array_equal(working.slopes[working.starts[0]], 0)


def test_derivations_write_about_0():
    text = str(ad.explain(lambda x: np.sin(x) * np.cos(np.pi * x))(0.5))
    assert "cos(3.142 · x) = cos(1.571) ≈ 0" in text
    assert "≈ 0        smaller than the rounding errors" in text
    assert "e−17" not in text
    assert "−0 " not in text


def test_float32_has_larger_noise():
    x = np.array([0.1, 0.2, 0.7], np.float32)
    assert shown(centered, x).results[0].value == 0
    assert shown(lambda x: x[0] - x[1] * np.float32(0.4999), x).results[0].value != 0


def test_pictures_say_what_0_means():
    picture = ad.draw(centered)(np.array([0.1, 0.4, 0.9]))
    assert "0 also where a number is smaller than the rounding errors" in picture.text()
    assert "e−1" not in picture.svg()


def test_noise_is_found_where_a_rule_takes_plain_numbers_only():
    @ad.primitive
    def half(x):
        return float(x) / 2

    ad.derivative(half, x=lambda g, z, x: g * float(x) / float(x) / 2)
    working = shown(lambda x: half(x) * 0 + np.cos(x), np.pi / 2)
    assert working.results[0].value == 0
    assert working.slopes[working.starts[0]] == -1


def test_a_function_of_the_user_is_not_run_on_other_numbers():
    seen = []

    @ad.primitive
    def watched(x):
        seen.append(np.sum(x))
        return np.cosh(x)

    ad.derivative(watched, x=lambda g, z, x: g * np.sinh(x))

    def f(x):
        return watched(np.cos(x)) * 2 + np.sin(x)

    working = shown(f, np.pi / 2)
    assert set(seen) == {np.cos(np.pi / 2)}
    assert working.results[0].value == 3
