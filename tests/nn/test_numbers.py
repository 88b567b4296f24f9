"""The ranges of numbers in arguments, with their ends."""

import math
from fractions import Fraction

import numpy as np
import pytest

from nn.buffers import aligned, single
from nn.numbers import at_least_zero, below_one, finite, fraction, positive, shown, whole

LARGE = 3.4e38
RANGES = {
    at_least_zero: ([0, 1e-30, LARGE], [-1e-30, math.inf, math.nan, 3.41e38]),
    finite: ([-LARGE, 0, LARGE], [math.inf, -math.inf, math.nan, -3.41e38]),
    positive: ([1e-30, LARGE], [0, -1, math.inf, math.nan]),
    fraction: ([0, 0.5, 1], [-0.01, 1.01, math.nan]),
    below_one: ([0, 0.999], [-0.01, 1, math.nan]),
}
CASES = [
    (function, value, fits)
    for function, lists in RANGES.items()
    for values, fits in zip(lists, (True, False), strict=True)
    for value in values
]


@pytest.mark.parametrize(
    ("function", "value", "fits"), CASES, ids=[f"{f.__name__}-{x}" for f, x, _ in CASES]
)
def test_ranges_have_their_ends(function, value, fits):
    if fits:
        assert function("rate", value) == value
        assert type(function("rate", value)) is float
    else:
        with pytest.raises(ValueError, match=r"expected rate to be a .*in this range\."):
            function("rate", value)


@pytest.mark.parametrize("function", RANGES, ids=lambda function: function.__name__)
def test_other_types_are_no_numbers(function):
    for number in (np.float32(0.5), Fraction(1, 2)):
        assert function("rate", number) == 0.5
    for other in ("0.5", None, True, 1j, [0.5]):
        with pytest.raises(TypeError, match=r"expected rate to be .* got .*Write a number\."):
            function("rate", other)
    for huge in (10**400, -(10**400)):
        with pytest.raises(ValueError, match="a number of 401 digits"):
            function("rate", huge)


def test_whole_numbers():
    assert [whole("size", 1), whole("size", np.int8(3)), whole("size", 0, 0)] == [1, 3, 0]
    assert type(whole("size", np.int8(3))) is int
    for value, least in ((0, 1), (-1, 0), (4, 5), (1.0, 1), ("1", 1), (True, 1), (None, 1)):
        with pytest.raises(ValueError, match=f"size to be a whole number of at least {least}, got"):
            whole("size", value, least)


def test_long_numbers_are_shown_by_their_digits():
    assert shown(10**30 - 1) == "9" * 30
    assert [shown(10**30), shown(-(10**30))] == ["a number of 31 digits"] * 2


@pytest.mark.parametrize("size", [1, 5, 16])
def test_buffers_are_aligned(size):
    for _ in range(5):
        buffer = aligned(size)
        assert buffer.__array_interface__["data"][0] % 64 == 0
        assert buffer.tolist() == [0] * size
    assert not single(0.5).flags.writeable
    assert single(0.5) is single(0.5)
