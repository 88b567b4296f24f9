"""Functions of a package are called with what they take, and differences without an error found."""

import itertools
import math
import signal
import time

import numpy as np
import pytest

from tests.laws import packages

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="no timer on this system")
NUMBERS = itertools.count(1)


def norm_of_rows(x, weights):
    return np.sqrt((x**2).sum(axis=-1)) * weights.mean()


def swallowing(x, factor=2.0):
    try:
        return factor * math.exp(x)
    except TypeError:
        return 0.0


def random_number(x):
    return x * next(NUMBERS)


def of_text(x):
    return x + "text"


def count_of(function):
    return packages.report(function, np.random.default_rng(0))


def test_functions_that_agree_are_called_twice():
    assert count_of(norm_of_rows) == (2, [])


@pytest.mark.filterwarnings("ignore:a function caught the error")
def test_a_silent_difference_is_found():
    words = packages.differences(swallowing, [np.float64(1.5)])
    assert words[0].startswith("[tensors] value array(0.) instead of array(8.96")


@pytest.mark.parametrize("function", [random_number, of_text])
def test_what_has_no_numbers_to_compare_is_not_called(function):
    assert count_of(function) == (0, [])


def test_a_slope_is_compared(monkeypatch):
    monkeypatch.setattr(packages, "numerical_slope", lambda f, t: (7.0, 1e-9))
    words = packages.differences(np.square, [np.float64(1.5)])
    assert len(words) == 1
    assert words[0].endswith("measured 7.0 +- 1e-09")


def test_a_call_that_takes_too_long_is_ended():
    with pytest.raises(packages.SlowError), packages.limited(0.01):
        time.sleep(5)


def test_a_function_that_does_not_end_is_left_out(monkeypatch):
    def endless(x):
        while np.all(x > 0):
            time.sleep(0.001)

    monkeypatch.setattr(packages, "_TRIALS", 2)
    monkeypatch.setattr(packages, "limited", lambda limited=packages.limited: limited(0.05))
    assert count_of(endless) == (0, [])


def test_public_functions_of_a_package_are_found():
    found = packages.functions_of("tests.laws.test_packages")
    assert found["tests.laws.test_packages.norm_of_rows"] is norm_of_rows
