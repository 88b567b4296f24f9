"""Numbers are written with as many digits as tell them apart."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.mathematics.values import value_text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.00001, "1.00001"), (-0.99999, "−0.99999"), (1 - 1e-7, "0.9999999"), (2.0, "2"),
        (1 + 1e-10, "1.0000000001"), (0.1 + 0.2, "0.3"), (1 / 3, "0.3333"), (1.23456, "1.23456"),
        (1.2345678, "1.235"), (2 / 3 * 1e-9, "6.667e−10"), (5e-324, "4.941e−324"),
        (100000, "100000"), (10_000.0, "10000"), (12345.678, "12345.7"),
        (16777217, "16777217"), (3**40, "1.21577e+19"), (1e200, "1e+200"),
        (np.float32(0.1), "0.1"), (float(np.float32(0.1)), "0.1"), (np.float16(0.1), "0.09998"),
        (np.float32(0.7310586), "0.7311"), (np.float32(4.8700002), "4.87"),
        (0, "0"), (-0.0, "0"), (-np.inf, "−∞"), (True, "True"),
        (1 + 1j, "1 + 1i"), (np.array([1.00001, 2.5]), "[1.00001 2.5]"),
    ],
)  # fmt: skip
def test_a_number_is_not_written_as_a_rounder_one(value, words):
    assert value_text(value) == words


def test_constants_have_enough_digits_to_differ():
    printed = str(ad.explain(lambda x: (x * 1.00001 - 0.99999) ** 2.00001)(2.0))
    assert "(x · 1.00001 − 0.99999)^2.00001" in printed
    assert "x · 1.00001 − 0.99999 = 2.00002 − 0.99999 = 1.00003" in printed
