"""Slopes of elementwise functions from the smallest numbers to the largest, to third order.

Squares leave the range of floats long before slopes do, and terms cancel near zeros and poles.
mpmath differentiates the same functions with 270 digits. A slope may be off by a few roundings, and
by what it changes when its argument is rounded.
"""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.table import examples

mpmath = pytest.importorskip("mpmath")
mp = mpmath.mp.clone()
mp.prec = 900

DIGITS = {np.float64: 300, np.float32: 36}
SATURATES = {"tanh"}  # 1 - z² is right to rounding beside 1, as everywhere else


def size(low=-math.inf, high=math.inf):
    """Draw numbers of all sizes, with the logarithm of the size between two limits."""
    return lambda draw, digits: 10.0 ** draw(st.floats(max(low, -digits), min(high, digits)))


def signed(low=-math.inf, high=math.inf):
    positive = size(low, high)
    return lambda draw, digits: draw(st.sampled_from((-1.0, 1.0))) * positive(draw, digits)


def inside(draw, digits):
    """Draw between -1 and 1, near the ends as well."""
    near_end = 1 - 10.0 ** draw(st.floats(-7, -1))
    sign = draw(st.sampled_from((-1.0, 1.0)))
    return sign * (
        near_end if draw(st.booleans()) else min(size(-math.inf, -0.01)(draw, digits), 1)
    )


def cube_root(x):
    return mp.cbrt(x) if x > 0 else -mp.cbrt(-x)


UNARY = {
    "exp": (mp.exp, signed(high=1.9)),
    "exp2": (lambda x: mp.power(2, x), signed(high=1.9)),
    "expm1": (mp.expm1, signed(high=1.9)),
    "log": (mp.log, size()),
    "log2": (lambda x: mp.log(x) / mp.log(2), size()),
    "log10": (lambda x: mp.log(x) / mp.log(10), size()),
    "log1p": (mp.log1p, size()),
    "sqrt": (mp.sqrt, size()),
    "cbrt": (cube_root, signed()),
    "square": (lambda x: x * x, signed()),
    "reciprocal": (lambda x: 1 / x, signed()),
    "sin": (mp.sin, signed(high=3)),
    "cos": (mp.cos, signed(high=3)),
    "tan": (mp.tan, signed(high=1)),
    "arcsin": (mp.asin, inside),
    "arccos": (mp.acos, inside),
    "arctan": (mp.atan, signed()),
    "sinh": (mp.sinh, signed(high=1.9)),
    "cosh": (mp.cosh, signed(high=1.9)),
    "tanh": (mp.tanh, signed()),
    "arcsinh": (mp.asinh, signed()),
    "arccosh": (mp.acosh, size(low=0.1)),
    "arctanh": (mp.atanh, inside),
    "sinc": (lambda x: mp.sinc(mp.pi * x), signed(-100, 2)),  # mpmath squares x
    "i0": (lambda x: mp.besseli(0, x), signed(high=1.9)),
    "absolute": (abs, signed()),
    "fabs": (abs, signed()),
}


def derivative(function, x, order):
    """Differentiate with steps that are small relative to x and to its distance from a border."""
    step = mp.ldexp(min(abs(mp.mpf(x)), 1), -150)
    return mp.diff(function, mp.mpf(x), order, h=step)


def nth_slope(function, order, x):
    for _ in range(order):
        function = ad.grad(function)
    with np.errstate(over="ignore", under="ignore"):
        return function(x)


def assume_in_range(value, dtype, order):
    """Skip values beyond the range of floats, and in higher orders near its ends."""
    limits = np.finfo(dtype)
    widest = 1.0 if order == 1 else 0.4
    assume(float(limits.tiny) ** widest * 16 < abs(value) < float(limits.max) ** widest / 16)


@pytest.mark.parametrize("dtype", DIGITS)
@pytest.mark.parametrize("name", UNARY)
@given(data=st.data(), order=st.integers(1, 3))
@examples(12)
def test_slopes_of_functions_of_one_number(name, dtype, data, order):
    function, draw = UNARY[name]
    x = dtype(data.draw(st.composite(lambda d: draw(d, DIGITS[dtype]))()))
    right = derivative(function, float(x), order)
    assume_in_range(right, dtype, order)
    eps = float(np.finfo(dtype).eps)
    rounded = abs(float(x) * derivative(function, float(x), order + 1)) * 8 * eps
    allowed = 64 * eps * abs(right) + rounded + (64 * eps if name in SATURATES else 0)
    ours = nth_slope(getattr(np, name), order, x)
    assert ours.dtype == dtype
    assert abs(ours - right) <= allowed, (x, ours, float(right))


BINARY = {  # the slopes in x and in y
    "arctan2": (lambda x, y: y / (x * x + y * y), lambda x, y: -x / (x * x + y * y)),
    "hypot": (lambda x, y: x / mp.hypot(x, y), lambda x, y: y / mp.hypot(x, y)),
    "multiply": (lambda x, y: y, lambda x, y: x),
    "divide": (lambda x, y: 1 / y, lambda x, y: -x / (y * y)),
}
COMPLEX = {
    "absolute": BINARY["hypot"],
    "angle": (lambda x, y: -y / (x * x + y * y), lambda x, y: x / (x * x + y * y)),
}


def assert_slopes(f, slopes, x, y):
    limits = np.finfo(x.dtype)
    with np.errstate(over="ignore", under="ignore"):
        ours = ad.grad(f, (0, 1))(x, y)
        value = np.abs(f(x, y))
    assume(float(limits.tiny) * 16 < value < float(limits.max) / 16)
    for mine, slope in zip(ours, slopes, strict=True):
        right = slope(mp.mpf(float(x)), mp.mpf(float(y)))
        if float(limits.tiny) * 16 < abs(right) < float(limits.max) / 16:
            assert abs(mine - right) <= 16 * float(limits.eps) * abs(right), (x, y, mine)


@pytest.mark.parametrize("dtype", DIGITS)
@pytest.mark.parametrize("name", BINARY)
@given(data=st.data())
@examples(25)
def test_slopes_of_functions_of_two_numbers(name, dtype, data):
    both = st.composite(lambda d: signed()(d, DIGITS[dtype]))
    x, y = dtype(data.draw(both())), dtype(data.draw(both()))
    assert_slopes(getattr(np, name), BINARY[name], x, y)


@pytest.mark.parametrize("dtype", DIGITS)
@pytest.mark.parametrize("name", COMPLEX)
@given(data=st.data())
@examples(25)
def test_slopes_of_functions_of_a_complex_number(name, dtype, data):
    both = st.composite(lambda d: signed()(d, DIGITS[dtype]))
    x, y = dtype(data.draw(both())), dtype(data.draw(both()))
    assert_slopes(lambda x, y: getattr(np, name)(x + 1j * y), COMPLEX[name], x, y)


@pytest.mark.slow
def test_all_derivatives_of_sinc_near_0():
    # sinc(x) = 1 - (πx)²/6 + (πx)⁴/120 - …
    assert nth_slope(np.sinc, 1, 0.0) == 0
    assert nth_slope(np.sinc, 2, 0.0) == pytest.approx(-(math.pi**2) / 3, rel=1e-14)
    assert nth_slope(np.sinc, 4, 0.0) == pytest.approx(math.pi**4 / 5, rel=1e-14)
    for x in (1e-12, 1e-3, 0.01, 0.1, 0.3, 0.4):
        for order in (1, 2, 3, 4):
            right = float(mp.diff(mp.sincpi, mp.mpf(x), order))
            assert nth_slope(np.sinc, order, x) == pytest.approx(right, rel=1e-11, abs=1e-13)
    x = 1e-4 + 1e-5j
    assert ad.jacobian(np.sinc)(x) == pytest.approx(-(math.pi**2) * x / 3, rel=1e-6)
