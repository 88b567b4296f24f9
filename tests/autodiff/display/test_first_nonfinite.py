"""Where the first NaN or infinity came from, as a sentence."""

import re

import numpy as np
import pytest

import autodiff as ad


@pytest.mark.parametrize(
    ("f", "x", "sentence"),
    [
        (
            lambda x: np.sqrt(x).sum(),
            [4.0, -1.0],
            r"The first NaN is sqrt\(−1\) at .*, entry \[1\]",
        ),
        (lambda x: 2 * (1 / x), 0.0, r"The first infinity is 1 / 0 at "),
        (lambda x: np.sqrt(x), 0.0, r"the first slope that isn't is infinity, .* sqrt\(0\) at "),
        (lambda x: x * 2, np.nan, r"x already holds NaN at the start"),
        (lambda x: x * x, 3.0, "^$"),
    ],
)
def test_the_operation_its_numbers_and_the_line_are_named(f, x, sentence):
    assert re.search(sentence, ad.first_nonfinite(f)(x))


def test_the_line_is_the_users():
    def f(x):
        return np.log(x - 3)  # here

    assert f"test_first_nonfinite.py:{f.__code__.co_firstlineno + 1}" in ad.first_nonfinite(f)(2.0)


def test_only_a_function_is_accepted():
    with pytest.raises(TypeError, match="first_nonfinite needs a function, got"):
        ad.first_nonfinite(3.0)
