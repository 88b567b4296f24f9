"""Simplify, rule by rule: the source of small functions; and values stay the same."""

import re

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.table import examples

X = np.array([[1.0, -2.0], [0.5, 3.0]])


def written(f, *args):
    """Return the expressions of the body's lines."""
    body = ad.jit(f).source(*args).split("):\n", 1)[1]
    lines = [re.split(r"\s+#", line)[0].strip() for line in body.splitlines()]
    return [re.sub(r"^\w+ = ", "", line) for line in lines if line and "return" not in line]


RULES = {
    "unused values are dropped": (lambda x: (np.exp(x), x * 2)[1], ["np.multiply(x, 2)"]),
    "what is computed twice is shared": (
        lambda x: np.exp(x) * np.exp(x),
        ["np.exp(x, powers)", "np.multiply(powers, powers)"],
    ),
    "constants are computed once": (lambda x: x + np.exp(np.zeros((2, 2))), ["np.add(x, 1.0)"]),
    "a factor of 1 is dropped": (lambda x: np.exp(x * 1) / 1, ["np.exp(x)"]),
    "factors are folded": (lambda x: (x * 0.5) * 4.0, ["np.multiply(x, 2.0)"]),
    "a quotient is a factor": (lambda x: (x / 2.0) * 4.0, ["np.multiply(x, 2.0)"]),
    "a + (-b) is a - b": (lambda x: x + (-(x.T)), ["np.subtract(x, x_T)"]),
    "a - (-b) is a + b": (lambda x: x - (-(x.T)), ["np.add(x, x_T)"]),
    "-(-x) is x": (lambda x: np.exp(np.negative(-x)), ["np.exp(x)"]),
    "x ** 2 is a square": (lambda x: x**2, ["np.square(x)"]),
    "transposed twice is as it was": (lambda x: np.exp(x.T.T), ["np.exp(x)"]),
    "reshaped twice is reshaped once": (
        lambda x: np.exp(x.reshape(4).reshape(1, 4)),
        ["x.reshape((1, 4))", "np.exp(x_reshaped)"],
    ),
    "a copy without edits is dropped": (lambda x: np.exp(x.copy()), ["np.exp(x)"]),
    "all of an array is the array": (lambda x: np.exp(x[...]), ["np.exp(x)"]),
    "a dtype it has already is kept": (lambda x: np.exp(x.astype(float)), ["np.exp(x)"]),
    "a name costs nothing": (lambda x: np.exp(ad.name(x, "y")), ["np.exp(x)"]),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_simplification(rule):
    f, lines = RULES[rule]
    assert [line for line in written(f, X) if "x.T" not in line] == lines
    np.testing.assert_allclose(ad.jit(f)(X), f(X), rtol=1e-15)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: (x * 0.0, x * -0.0),  # two different zeros
        lambda x: (x * 1e200) * 1e200,  # no finite factor
        lambda x: (x + np.True_, x + 1, x + 1.0),
        lambda x: (x[::1] * 2, x[::-1] * 2),
        lambda x: (x[0:2] * 2, x[0:] * 3, x[:2] * 4),
        lambda x: (x[:, :1] * 2, x[:, 1:] * 2, x[:1].T * 2),
        lambda x: (x.astype(np.float32) ** 2).astype(float),
        lambda x: x ** np.array([[2.0], [2.0]]),
        lambda x: -(x * 2.0).sum(0) / 4.0,
    ],
)
def test_similar_values_are_not_merged(f):
    with np.errstate(over="ignore"):
        ours, theirs = np.asarray(ad.jit(f)(X)), np.asarray(f(X))
    np.testing.assert_allclose(ours, theirs, rtol=1e-15, strict=True)
    np.testing.assert_array_equal(np.signbit(ours), np.signbit(theirs))


SMALL, BYTES = np.array([-128, 5], np.int8), np.array([1, 2, 3], np.uint8)


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda x, y: y + (-x), (BYTES, np.array([1.0, 2.0, 3.0]))),
        (lambda x, y: y + (-x), (SMALL, np.array([300, 300], np.int16))),
        (lambda x, y: y - (-x), (SMALL, np.array([300, 300], np.int16))),
        (lambda x, y: (-x) * y, (BYTES, np.array([1.0, 2.0, 3.0]))),
        (lambda x, y: (-x) * y, (SMALL, np.array([300, 300]))),
        (lambda x: (-x).sum(), (BYTES,)),
        (lambda x: (-x).sum(), (SMALL,)),
        (lambda x: (-x) / 2.0, (SMALL,)),
        (lambda x: -x * 3, (BYTES,)),
        (lambda x: -(x * 3), (BYTES,)),
        (lambda x: -(x / 3), (BYTES,)),
        (lambda x: -(x * 3.0), (BYTES,)),
    ],
)
def test_minus_stays_within_its_dtype(f, args):
    np.testing.assert_array_equal(ad.jit(f)(*args), f(*args), strict=True)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sqrt(-(x * 1.0)),
        lambda x: np.sqrt(-(x * 2.0)),
        lambda x: np.sqrt((-x) * 2.0),
        lambda x: np.sqrt((-x) * x.real),
        lambda x: np.sqrt((-x).sum()),
        lambda x: np.sqrt(x + (-x.real) - 1),
    ],
)
def test_zeros_keep_their_sign_where_complex_functions_are_cut(f):
    x = np.array([complex(1, 0.0), complex(2, -0.0), 1 + 1j, 1 - 1j])
    np.testing.assert_allclose(ad.jit(f)(x), f(x), rtol=1e-15, strict=True)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda m: m * 6.67e-11 / 1.5e11 / 1.5e11 / 3e8 / 3e8, np.array([2e30], np.float32)),
        (lambda x: x * 300 * 300, np.array([1e-3], np.float16)),
        (lambda x: x * 1e-200 * 1e-200, np.array([1e300])),
        (lambda x: x * 1e-8 * 1e8, np.array([1.0], np.float16)),  # 1e-8 is 0 in float16
        (lambda x: x / 1e-8 * 1e-8, np.array([1.0], np.float16)),
    ],
)
def test_factors_are_folded_only_within_the_range_of_the_dtype(f, x):
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(ad.jit(f)(x), f(x), rtol=1e-3, strict=True)


@pytest.mark.parametrize("x", [np.int64(3), np.array([3]), np.uint8([200, 100]), np.bool([True])])
def test_the_mean_of_integers_is_a_float(x):
    np.testing.assert_array_equal(ad.jit(np.mean)(x), np.mean(x), strict=True)


def test_a_constant_of_both_zeros_stays_an_array():
    zeros = np.array([0.0, -0.0])
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(ad.jit(lambda x: x / zeros)(X), X / zeros)


def test_drawing_twice_is_two_draws():
    rng = np.random.default_rng(0)
    f = ad.jit(lambda x: ad.sample(rng.random, 3) - ad.sample(rng.random, 3) + x)
    assert np.all(f(0.0) != 0)


NUMBERS = st.sampled_from([1, 2, -1, 0.5, 2.0, -3.0, 1.0])
STEPS = st.one_of(
    st.tuples(st.sampled_from([np.add, np.subtract, np.multiply, np.divide]), NUMBERS),
    st.tuples(st.sampled_from([np.negative, np.square, np.tanh, np.transpose]), st.none()),
    st.tuples(st.just(np.power), st.sampled_from([1, 2, 2.0, 3])),
    st.tuples(st.just(np.broadcast_to), st.just((2, 2, 2))),
    st.tuples(st.just(np.sum), st.just(0)),
    st.tuples(st.just(np.reshape), st.just(-1)),
)


@given(st.lists(STEPS, min_size=1, max_size=8), st.sampled_from(["d", "f", "D"]))
@examples(80)
def test_random_chains_keep_their_value_and_dtype(steps, dtype):
    def f(x):
        for function, argument in steps:
            if function is np.broadcast_to and x.shape != (2, 2):
                continue
            if function in (np.sum, np.reshape) and x.ndim == 0:
                continue
            x = function(x) if argument is None else function(x, argument)
        return x

    x = (X / 4).astype(dtype)
    with np.errstate(all="ignore"):
        ours, theirs = ad.jit(f)(x), f(x)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-4 if dtype == "f" else 1e-12)


DTYPES = [np.uint8, np.int8, np.int64, np.bool, np.float16, np.float32, np.float64, np.complex64]
FACTORS = [1, 2, -1, 0.5, -2.0, 1.0, True, np.float64(2), np.float32(-0.5), np.int8(4)]
CONSTANTS = [np.ones(2, np.float32), np.array([2.0, 2.0]), np.array([1, 1])]
UNARY = [np.negative, np.negative, np.square, np.sum, np.mean]
BINARY = [np.add, np.subtract, np.multiply, np.divide]
MIXED = st.one_of(
    st.tuples(st.sampled_from(UNARY), st.none(), st.none()),
    st.tuples(st.sampled_from(BINARY), st.sampled_from(FACTORS + CONSTANTS), st.none()),
    st.tuples(st.sampled_from(BINARY), st.none(), st.integers(0, 9)),
)


def mixed(steps, *values):
    """Apply each step to the latest value, and to a number or the value so many steps before."""
    found = list(values)
    for function, number, back in steps:
        other = number if back is None else found[-1 - back % len(found)]
        operands = (found[-1],) if function in UNARY else (found[-1], other)
        found.append(function(*operands))
    return found[-1]


@given(
    st.lists(MIXED, min_size=1, max_size=6),
    st.tuples(st.sampled_from(DTYPES), st.sampled_from(DTYPES)),
    st.lists(st.sampled_from([0, 1, 2, 4, -1, -128]), min_size=4, max_size=4),
)
@examples(200)
def test_programs_of_mixed_dtypes_are_exact_while_nothing_overflows(steps, dtypes, numbers):
    rows = np.array(numbers).reshape(2, 2)
    values = [row.astype(dtype) for row, dtype in zip(rows, dtypes, strict=True)]
    try:
        with np.errstate(all="raise"):
            theirs = mixed(steps, *values)
    except (TypeError, OverflowError, FloatingPointError):  # bools have no minus, -1 is no uint8
        reject()
    with np.errstate(over="ignore"):  # of integers, which wrap around; an array's do without a word
        ours = ad.jit(lambda *values: mixed(steps, *values))(*values)
    np.testing.assert_array_equal(ours, theirs, strict=True)


@pytest.mark.parametrize("c", [0, False, -0.0, np.float64(0)])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, c: -x * c,
        lambda x, c: c * -x,
        lambda x, c: -x / c,
        lambda x, c: c / -x,
        lambda x, c: -(x * c),
        lambda x, c: -(x / c),
    ],
)
def test_a_minus_before_a_zero_keeps_the_sign(f, c):
    x = np.array([1.5, -2.0], np.float32)
    with np.errstate(divide="ignore"):
        expected, z = f(x, c), ad.jit(lambda x: f(x, c))(x)
    np.testing.assert_array_equal(z, expected, strict=True)
    np.testing.assert_array_equal(np.signbit(z), np.signbit(expected))


ORDERS = st.sampled_from("CFA")
TARGETS = st.sampled_from([(6,), (2, 3), (3, 2), (6, 1), (1, 2, 3), (3, 1, 2)])


@given(st.lists(st.tuples(TARGETS, ORDERS), min_size=2, max_size=4), st.sampled_from("CF"))
def test_reshapes_in_a_row_keep_their_orders(steps, layout):
    def reshaped(x):
        y = x * 2
        for shape, order in steps:
            y = y.reshape(shape, order=order)
        return y + 0

    x = np.asarray(np.arange(6.0).reshape(2, 3), order=layout)
    np.testing.assert_array_equal(ad.jit(reshaped)(x), reshaped(x))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_power_of_one_half_is_a_root_as_in_numpy(dtype):
    x = np.array([-np.inf, -0.0, 0.25, np.inf], dtype)
    with np.errstate(invalid="ignore", divide="ignore"):
        np.testing.assert_array_equal(ad.jit(lambda x: 1 / x**0.5)(x[1:]), 1 / x[1:] ** 0.5)
        np.testing.assert_array_equal(ad.jit(lambda x: x**0.5)(x), x**0.5)


@pytest.mark.parametrize("shape", [(3, 2), (2, 1), (1, 2), (4, 1, 2), (2, 2), (1,), ()])
@pytest.mark.parametrize("operation", [np.add, np.multiply, np.maximum, np.arctan2])
def test_equal_numbers_keep_the_shape_that_they_broadcast_to(operation, shape):
    def f(x):
        return operation(x[0], np.full(shape, 1.5)), operation(np.full(shape, 1.5), x[:1])

    for ours, theirs in zip(ad.jit(f)(X), f(X), strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [0, 1, -1, -2, (1,), None])
@pytest.mark.parametrize("extreme", [np.max, np.min])
def test_extremes_of_two_columns_have_their_shape(extreme, axis, keepdims):
    def f(x):
        return extreme(x, axis=axis, keepdims=keepdims) * 2

    for x in (X, X[:1], np.vstack([X, X])):
        np.testing.assert_array_equal(ad.jit(f)(x), f(x), strict=True)


def test_two_minus_signs_are_kept_where_they_change_the_byte_order():
    x = np.array([1.5, 2.0]).astype(">f8")
    found = ad.jit(lambda x: np.negative(-x))(x)
    assert found.dtype.isnative
    assert found.tolist() == x.tolist()
