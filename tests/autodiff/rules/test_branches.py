"""Slopes of inverse functions of complex numbers, on both sides of their branch cuts."""

import itertools

import numpy as np
import pytest

import autodiff as ad

PARTS = (4.5, -4.5, 1.2, -1.2, 0.3, 0.0, -0.0)
STEP = 1e-6


@pytest.mark.parametrize(
    "f", [np.arcsin, np.arccos, np.arcsinh, np.arccosh, np.arctan, np.arctanh, np.log]
)
def test_slopes_are_those_of_the_side_on_which_the_sign_of_zero_says_a_value_lies(f):
    for x, y in itertools.product(PARTS, repeat=2):
        z = np.complex128(complex(x, y))
        step = complex(STEP if y == 0 else STEP * 1j)  # which stays on this side of the cut
        up, down = (
            complex(x + sign * step.real, y + sign * step.imag if step.imag else y)
            for sign in (1, -1)
        )
        with np.errstate(all="ignore"):
            slope = (f(np.complex128(up)) - f(np.complex128(down))) / (2 * step)
            _, found = ad.jvp(f, (z,), (np.complex128(1),))
        if np.isfinite(slope) and abs(slope) < 1e3:
            assert found == pytest.approx(slope, abs=1e-5), z


def test_arcsine_of_a_real_number_beyond_one_by_hand():
    def imaginary(x):  # log(x + √(x² - 1))
        return np.arcsin(x + 0j).imag

    assert imaginary(2.0) == pytest.approx(np.log(2 + np.sqrt(3)))
    assert ad.grad(imaginary)(2.0) == pytest.approx(1 / np.sqrt(3))
    assert ad.grad(ad.grad(imaginary))(2.0) == pytest.approx(-2 / np.sqrt(27))
    assert ad.jit(ad.grad(imaginary))(2.0) == pytest.approx(1 / np.sqrt(3))
