"""Algebra: numbers are combined only if floats can represent the result."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.formula import Formula, leaf, number, ones
from autodiff.display.mathematics.writing import text

X = leaf("x", 0.1)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (algebra.product(number(1e200), number(2e200), X), "1e+200 · 2e+200 · x"),
        (algebra.product(number(1e-200), number(2e-200), X), "1e−200 · 2e−200 · x"),
        (algebra.product(number(1e-200), number(-1e-200), X), "1e−200 · (−1e−200) · x"),
        (algebra.product(number(1e200), number(0), number(1e200)), "0"),
        (algebra.product(number(np.inf), number(0), X), "NaN · x"),
        (algebra.divide(number(1e-200), number(1e200)), "1e−200 / 1e+200"),
        (algebra.divide(number(1e200), number(1e-200)), "1e+200 / 1e−200"),
        (algebra.divide(number(6), number(3)), "2"),
        (algebra.divide(number(6), number(2j)), "6 / 2i"),
        (algebra.power(number(10), 400), "10⁴⁰⁰"),
        (algebra.power(number(10.0), 400.0), "10⁴⁰⁰"),
        (algebra.power(number(-8), 1 / 3), "(−8)^0.3333"),
        (algebra.power(number(3), 2), "9"),
        (algebra.power(algebra.product(number(10), X), 400), "(10 · x)⁴⁰⁰"),
        (algebra.power(algebra.product(number(10), X), -400), "1 / (10 · x)⁴⁰⁰"),
        (algebra.power(algebra.divide(X, number(10)), 400), "(x / 10)⁴⁰⁰"),
        (algebra.power(algebra.product(number(10), X), 2), "100 · x²"),
    ],
)
def test_numbers_that_would_overflow_or_underflow_are_kept_apart(formula, words):
    assert text(formula) == words


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 4)])
def test_a_sum_of_ones_is_their_number(shape):
    count = int(np.prod(shape))
    assert text(algebra.total(ones(shape), "", ())) == str(count)
    weighted = algebra.product(number(2), X, ones(shape))
    assert text(algebra.total(weighted, "", ())) == f"{2 * count} · x"


def test_a_factor_moves_out_of_a_choice_as_often_as_both_have_it():
    c, a = leaf("c", np.array([True, False])), leaf("a", np.array([1.0, 2.0]))
    as_written = Formula("product", (a, a), shape=(2,))
    assert text(algebra.where(c, as_written, a, (2,))) == "a · where(c, a, 1)"
    assert text(algebra.where(c, a, as_written, (2,))) == "a · where(c, 1, a)"


def test_a_high_power_can_be_shown():
    def f(x):
        return (10 * x) ** 400

    explanation = ad.explain(f)(0.1)
    assert explanation.formulas == {"x": "4000 · (10 · x)³⁹⁹"}
    np.testing.assert_allclose(explanation.slopes["x"], 4000)
    assert "4000" in ad.draw(f).text(0.1)
    assert ad.draw(f)(0.1).svg()
