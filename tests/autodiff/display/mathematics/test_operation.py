"""The operations in the boxes of a picture are written as in formulas."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.mathematics.operation import operation

X = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: x + 1, "+ 1"),
        (lambda x: 1 - x, "1 −"),
        (lambda x: x - -2, "− (−2)"),
        (lambda x: x**2, "a²"),
        (lambda x: x > 0, "> 0"),
        (lambda x: -x, "−"),
        (lambda x: x.sum(), "Σ"),
        (lambda x: x.sum(axis=0, keepdims=True), "Σ(·, axis 0)"),
        (lambda x: x.mean(axis=(0, 1)), "mean(·, axis=(0, 1))"),
        (lambda x: np.maximum(0, x), "maximum(0, ·)"),
        (lambda x: np.sqrt(x), "sqrt"),
        (lambda x: np.tanh(x), "tanh"),
        (lambda x: x.T, "aᵀ"),
        (lambda x: x.reshape(3, 2), "reshape(·, 3×2)"),
        (lambda x: x.astype(np.float32), "astype(·, dtype=float32)"),
        (lambda x: x[0], "[0]"),
        (lambda x: x[:, 1:], "[:, 1:]"),
        (lambda x: x[..., ::-1], "[…, ::-1]"),
        (lambda x: x[np.array([0, 1])], "[[0 1]]"),
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
        (lambda x: np.sqrt(x), "sqrt(v)"),
        (lambda x: abs(x), "absolute(v)"),
        (lambda x: np.square(x), "v²"),
        (lambda x: x.T, "vᵀ"),
        (lambda x: np.exp(x), "exp(v)"),
        (lambda x: x.sum(axis=0), "Σ(v, axis 0)"),
        (lambda x: np.maximum(0, x), "maximum(0, v)"),
        (lambda x: 1 - x, "1 − v"),
    ],
)
def test_an_operation_of_a_named_operand(f, words):
    node = f(ad.tensor(X)).node
    called = {i: "v" for i, operand in enumerate(node.inputs) if type(operand) is type(node)}
    assert operation(node, called) == words


def test_a_traced_index_is_an_operand():
    x = ad.tensor(X)
    assert operation(x[np.argmax(x, axis=0)].node, {0: "a", 1: "b"}) == "a[positions]"


def test_many_operands_are_counted():
    x = ad.tensor(1.0)
    letters = dict(enumerate("abcdefghij"))
    assert operation(np.stack([x] * 10).node, letters) == "stack of 10"


def test_a_long_option_is_truncated():
    text = operation(ad.tensor(X)[(None,) * 20].node, {})
    assert text.endswith("…")
    assert len(text) < 40
