"""Where the first NaN or infinity came from."""

import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.working.origin import origin_of_nonfinite
from autodiff.display.working.working import of_function


def origin(f, *args):
    with np.errstate(all="ignore"):
        return origin_of_nonfinite(of_function(f, None, args, {}))


def root(x):
    shifted = x - 3
    return 2 * np.sqrt(shifted)  # the line that is named


def line():
    return f"{__name__.rpartition('.')[2]}.py:{root.__code__.co_firstlineno + 2}"


def test_the_first_operation_and_its_line_are_named():
    assert origin(root, 2.0) == f"The first NaN is sqrt(−1) at {line()}."


@pytest.mark.parametrize(
    ("f", "x", "words"),
    [
        (lambda x: 1 / x, 0.0, "The first infinity is 1 / 0"),
        (lambda x: np.sum(np.log(x)), np.array([1.0, 0.0]), "The first infinity is log(0)"),
        (lambda x: np.exp(x) - np.exp(x), 1e4, "The first infinity is exp(10000)"),
        (lambda x: x**-1.5, -4.0, "The first NaN is (−4) ** −1.5"),
        (lambda x: x - x * 1e300 * 1e300, -1.0, "The first infinity is −1e+300 · 1e+300"),
        (lambda x: 2 * x, np.nan, "x already holds NaN at the start"),
        (lambda x: np.full((3, 2), np.inf) @ x, np.zeros(2), "matmul(3×2 entries, 2 entries)"),
        (np.sqrt, 0.0, "All values are finite; the first slope that isn't is infinity, that of x"),
    ],
    ids=["division", "log", "exp", "power", "product", "matrix", "start", "slope"],
)
def test_what_isnt_finite_is_described(f, x, words):
    assert words in origin(f, x)


def test_entries_of_arrays_are_named():
    assert "entry [1]" in origin(lambda x: np.sum(np.log(x)), np.array([1.0, -1.0]))


def test_a_slope_that_overflows_is_that_of_the_operand():
    words = "the first slope that isn't is infinity, that of y, through 1 / 1e−200"
    assert words in origin(lambda x, y: -(x / y), 1.0, 1e-200)


def test_nothing_is_said_of_finite_numbers():
    assert origin(root, 4.0) == ""


def test_explanations_say_it_first():
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        text = str(ad.explain(root)(2.0))
    assert text.strip().startswith(f"The first NaN is sqrt(−1) at {line()}.")
