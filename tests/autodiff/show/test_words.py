"""Operations as mathematics, and numbers with few digits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.show import colors
from autodiff.show.words import number, operation, signed

X = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: x + 1, "+ 1"),
        (lambda x: 1 - x, "1 −"),
        (lambda x: x - -2, "− (−2)"),
        (lambda x: x**2, "^ 2"),
        (lambda x: x > 0, "> 0"),
        (lambda x: -x, "−"),
        (lambda x: x.sum(), "Σ"),
        (lambda x: x.sum(axis=0, keepdims=True), "Σ axis 0"),
        (lambda x: x.mean(axis=(0, 1)), "mean axis (0, 1)"),
        (lambda x: np.maximum(0, x), "max(0, ·)"),
        (lambda x: np.sqrt(x), "√"),
        (lambda x: np.tanh(x), "tanh"),
        (lambda x: x.T, "ᵀ"),
        (lambda x: x.reshape(3, 2), "reshape 3×2"),
        (lambda x: x.astype(np.float32), "astype float32"),
        (lambda x: x[0], "[0]"),
        (lambda x: x[:, 1:], "[:, 1:]"),
        (lambda x: x[..., ::-1], "[…, ::-1]"),
        (lambda x: x[np.array([0, 1])], "[indices]"),
        (lambda x: x[x.numpy() > 1], "[mask]"),
    ],
)
def test_operation_with_one_operand(f, words):
    assert operation(f(ad.tensor(X)).node, {}) == words


def test_operands_get_letters_where_the_order_matters():
    x, y = ad.tensor(X), ad.tensor(X)
    assert operation((x - y).node, {0: "a", 1: "b"}) == "a − b"
    assert operation((x @ y.T).node, {0: "a", 1: "b"}) == "a @ b"
    assert operation(np.stack([x, y]).node, {0: "a", 1: "b"}) == "[a, b]"


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: -x, "−v"),
        (lambda x: np.sqrt(x), "√v"),
        (lambda x: abs(x), "|v|"),
        (lambda x: np.square(x), "v ^ 2"),
        (lambda x: x.T, "vᵀ"),
        (lambda x: np.exp(x), "exp(v)"),
        (lambda x: x.sum(axis=0), "Σ(v) axis 0"),
        (lambda x: np.maximum(0, x), "max(0, v)"),
        (lambda x: 1 - x, "1 − v"),
    ],
)
def test_an_operation_of_a_named_operand(f, words):
    node = f(ad.tensor(X)).node
    called = {i: "v" for i, operand in enumerate(node.inputs) if type(operand) is type(node)}
    assert operation(node, called) == words


def test_an_index_that_is_traced_is_an_operand():
    x = ad.tensor(X)
    assert operation(x[np.argmax(x, axis=0)].node, {0: "a", 1: "b"}) == "a[positions]"


def test_many_operands_are_counted():
    x = ad.tensor(1.0)
    letters = dict(enumerate("abcdefghij"))
    assert operation(np.stack([x] * 10).node, letters) == "stack of 10"


def test_a_long_option_is_cut():
    text = operation(ad.tensor(X)[(None,) * 20].node, {})
    assert text.endswith("…")
    assert len(text) < 40


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
        (1 - 2j, "1 −2i"),
        (3 + 0j, "3"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@given(st.floats(allow_nan=False))
def test_the_sign_is_always_told(slope):
    text = signed(slope)
    assert text[0] == ("+" if slope > 0 else "−" if slope < 0 else "0")


@given(st.floats(1e-6, 1e6), st.floats(1e-9, 1))
def test_color_tells_the_sign(largest, share):
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
def test_what_is_no_number_stands_out(slope):
    assert colors.of_slope(slope, 1.0) == colors.NOT_FINITE


def test_a_range_runs_from_its_lowest_color_to_its_highest():
    assert colors.gradient(-1, 1, 1) == f"{colors.of_slope(-1, 1)}:{colors.of_slope(1, 1)}"
    assert colors.gradient(1, 1, 1) == colors.of_slope(1, 1)
