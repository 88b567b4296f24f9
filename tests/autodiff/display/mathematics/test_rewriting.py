"""Rewriting: derivations end where textbooks end, with the value of the rule's formula."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.definitions import Definitions
from autodiff.display.mathematics.formula import leaf, number
from autodiff.display.mathematics.rewriting import shortened_formula, turned
from autodiff.display.mathematics.writing import text
from tests.autodiff.display.evaluating import evaluate
from tests.laws.table import examples

X = np.array([[1.0, 2.0, -1.0], [0.5, -1.0, 3.0], [2.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
V, W = np.array([1.0, -2.0, 3.0]), np.array([0.1, -0.2, 0.3])
CLASSES = np.array([0, 1, 1, 0])
ONE_HOT = np.eye(2)[CLASSES]
M = np.array([[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]])


def sigmoid(z):
    return ad.name(1 / (1 + np.exp(-z)), "a")


def sigmoid_by_growth(z):
    return ad.name(np.exp(z) / (1 + np.exp(z)), "a")


def tanh(z):
    return ad.name(np.tanh(z), "a")


def tanh_by_exponentials(z):
    return ad.name((np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)), "a")


def logistic_regression(w, x, y):
    z = x @ w
    p = 1 / (1 + np.exp(-z))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def softmax_and_cross_entropy(z, y):
    e = np.exp(z)
    p = e / e.sum()
    return -(y * np.log(p)).sum()


def shifted_softmax(z, y):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return -(y * np.log(p)).sum()


def softmax_of_a_class(z):
    p = np.exp(z) / np.exp(z).sum()
    return -np.log(p[1])


def softmax_regression(w, x, y):
    z = x @ w
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -(y * np.log(p)).sum() / len(x)


def relu(z):
    return np.maximum(z, 0).sum()


def relu_reversed(z):
    return np.maximum(0, z).sum()


def dense(w, x):
    a = np.tanh(w @ x)
    return a.sum()


def dense_by_rows(w, x):
    a = np.tanh(x @ w)
    return a.sum()


TEXTBOOK = [
    (sigmoid, (0.5,), "a · (1 − a)"),
    (sigmoid, (W,), "a · (1 − a)"),
    (sigmoid_by_growth, (0.5,), "a · (1 − a)"),
    (tanh, (0.5,), "1 − a²"),
    (tanh_by_exponentials, (0.5,), "1 − a²"),
    (logistic_regression, (W, X, CLASSES), "xᵀ @ (p − y) / 4"),
    (softmax_and_cross_entropy, (W, np.array([0, 1, 0])), "p − y"),
    (shifted_softmax, (W, np.array([0, 1, 0])), "p − y"),
    (softmax_of_a_class, (W,), "p − (1 at [1])"),
    (softmax_regression, (M, X, ONE_HOT.astype(int)), "xᵀ @ (p − y) / 4"),
    (relu, (V,), "(z > 0)"),
    (relu_reversed, (V,), "(z > 0)"),
    (dense, (X, V), "(1 − a²) ⊗ x"),
    (dense_by_rows, (X.T, V), "x ⊗ (1 − a²)"),
]


@pytest.mark.parametrize(("f", "args", "written"), TEXTBOOK)
def test_a_derivation_ends_where_textbooks_end(f, args, written):
    (formula,) = list(ad.explain(f, argnums=0)(*args).formulas.values())
    assert formula == written


@pytest.mark.parametrize(("f", "args"), [row[:2] for row in TEXTBOOK])
def test_its_formula_has_the_value_of_the_slope(f, args):
    (equation,) = ad.explain(f, argnums=0)(*args).derivation.slopes
    np.testing.assert_allclose(evaluate(equation.symbols), equation.value, rtol=1e-9)


def test_a_sum_that_is_used_is_reported():
    explanation = ad.explain(softmax_and_cross_entropy, argnums=0)(W, np.array([0, 1, 0]))
    assert "since Σ(y) = 1" in str(explanation)


def test_targets_that_do_not_sum_to_one_keep_their_sum():
    explanation = ad.explain(softmax_and_cross_entropy, argnums=0)(W, np.array([0.2, 0.3, 0.1]))
    assert explanation.formulas == {"z": "Σ(y) · p − y"}
    assert "since" not in str(explanation)


def test_at_a_tie_the_rule_is_shown():
    (formula,) = ad.explain(relu)(np.array([0.0, 1.0])).formulas.values()
    assert formula != "(z > 0)"


A, B, C = (leaf(name, value, i, identity=i) for i, (name, value) in enumerate(
    [("a", np.float64(0.7)), ("b", np.float64(-1.3)), ("c", np.float64(2.1))]
))  # fmt: skip
CONSISTENT = leaf("c", np.float64(0.7 / (0.7 - 1.3)), 2, identity=2)
DEFINITIONS = Definitions({CONSISTENT: algebra.divide(A, algebra.add(A, B))})


def formulas():
    atoms = st.sampled_from([A, B, CONSISTENT, number(1), number(2), number(-3), number(0.5)])
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds(algebra.product, inner, inner),
            st.builds(algebra.add, inner, inner),
            st.builds(algebra.negate, inner),
            st.builds(algebra.power, inner, st.sampled_from([2, 3])),
            st.builds(lambda x: algebra.divide(x, algebra.add(A, B)), inner),
        ),
        max_leaves=8,
    )


@examples(150)
@given(formulas())
def test_a_shorter_formula_has_the_same_value(x):
    value = evaluate(x)
    found, _ = shortened_formula(x, DEFINITIONS, value)
    np.testing.assert_allclose(evaluate(found), value, rtol=1e-9, atol=1e-9)
    assert found.size() <= x.size() + 1


@examples(60)
@given(formulas())
def test_turning_differences_keeps_the_value(x):
    np.testing.assert_allclose(evaluate(turned(x)), evaluate(x), rtol=1e-12, atol=1e-12)


def test_a_formula_with_another_value_is_not_replaced():
    x = algebra.divide(algebra.product(A, B), algebra.product(A, algebra.add(A, B)))
    assert shortened_formula(x, Definitions({}), evaluate(x))[0] != x
    assert shortened_formula(x, Definitions({}), evaluate(x) + 1)[0] == x
    zero = leaf("a", np.float64(0.0), 0, identity=0)
    quotient = algebra.divide(zero, algebra.product(zero, B))
    assert text(shortened_formula(quotient, Definitions({}), np.float64(np.nan))[0]) == text(
        quotient
    )


def test_a_step_shows_the_product_of_the_steps_before():
    lines = [
        x.strip()
        for x in str(ad.explain(logistic_regression, argnums=0)(W, X, CLASSES)).split("\n")
    ]
    wholes = [lines[i + 1] for i, line in enumerate(lines) if line == "simplified:"]
    assert wholes == [
        "∂logistic_regression/∂p = ((1 − y) / (1 − p) − y / p) / 4",
        "∂logistic_regression/∂z = (p − y) / 4",
    ]
