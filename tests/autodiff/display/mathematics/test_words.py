"""Numbers with few digits, and their colors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.display.mathematics.words import number, signed
from autodiff.display.picture import colors


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_is_right_to_four_digits(x):
    read = float(number(x).replace("−", "-"))
    assert read == pytest.approx(x, rel=6e-4)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (14.0, "14"),
        (-3.0, "−3"),
        (0.0, "0"),
        (-0.0, "0"),
        (123456.0, "123456"),
        (np.float32(0.1), "0.1"),
        (1e-05, "1e−05"),
        (np.nan, "NaN"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
        (np.True_, "True"),
        (1 - 2j, "1 − 2i"),
        (3 + 0j, "3"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@given(st.floats(allow_nan=False))
def test_the_sign_is_always_written(slope):
    text = signed(slope)
    assert text[0] == ("+" if slope > 0 else "−" if slope < 0 else "0")


@given(st.floats(1e-6, 1e6), st.floats(1e-9, 1))
def test_color_depends_on_the_sign(largest, share):
    up, down = (colors.of_slope(s * largest * share, largest) for s in (1, -1))
    assert up[1:3] < up[5:7]  # less red than blue
    assert down[1:3] > down[5:7]
    assert colors.ZERO not in (up, down)


@given(st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_larger_slope_is_darker(a, b):
    small, large = sorted((a, b))

    def darkness(slope):
        color = colors.of_slope(slope, 1.0)
        return -sum(int(color[i : i + 2], 16) for i in (1, 3, 5))

    assert darkness(small) <= darkness(large)


@pytest.mark.parametrize("slope", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_have_their_own_color(slope):
    assert colors.of_slope(slope, 1.0) == colors.NOT_FINITE


def test_a_range_runs_from_its_lowest_color_to_its_highest():
    assert colors.gradient(-1, 1, 1) == f"{colors.of_slope(-1, 1)}:{colors.of_slope(1, 1)}"
    assert colors.gradient(1, 1, 1) == colors.of_slope(1, 1)


def test_complex_constants_of_the_code_are_in_parentheses():
    text = ad.draw(lambda z: abs(z * (1 - 2j) + 1j)).text(1 + 1j)
    assert "z · (1 − 2i) + 1i" in text
    assert "∂(z · (1 − 2i))/∂z = 1 + 2i" in text
