"""Formulas as text: evaluated as Python, they have the same value."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.formula import Formula, leaf, number, ones
from autodiff.display.mathematics.notation import LATEX, TEXT
from autodiff.display.mathematics.writing import latex, text, write
from tests.autodiff.display.evaluating import evaluate

SCALARS = [leaf("a", 1.5, 0), leaf("b", -2.0, 1), leaf("c", 3.0, 2)]
LEAVES = st.sampled_from(SCALARS) | st.sampled_from([-3, -1, 0, 1, 2, 0.5]).map(number)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def raw(kind):
    """Build a formula without simplifying, as in the forward pass."""
    return lambda *parts: Formula(kind, parts)


def grown(parts):
    two = st.tuples(parts, parts)
    simplified = [algebra.add, algebra.product, algebra.divide]
    return (
        st.tuples(st.sampled_from([*simplified, raw("sum"), raw("product")]), two).map(
            lambda made: made[0](*made[1])
        )
        | parts.map(algebra.negate)
        | parts.map(lambda x: Formula("product", (number(-1), x)))
        | st.tuples(parts, st.sampled_from([2, 3, -1])).map(lambda made: algebra.power(*made))
        | parts.map(lambda x: Formula("power", (x,), -1))
        | two.map(lambda pair: Formula("raised", pair))
    )


FORMULAS = st.recursive(LEAVES, grown, max_leaves=12)


def as_python(written):
    """Convert text to a Python expression."""
    power = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**" + m[0].translate(SUPERSCRIPTS), written)
    return power.replace(" · ", " * ").replace("−", "-").replace("^", "**")


@given(FORMULAS)
def test_written_formulas_have_the_same_value(formula):
    with np.errstate(all="ignore"):
        value = evaluate(formula)
    assume(np.isfinite(value) and abs(value) < 1e6)
    names = {x.label: np.float64(x.value) for x in SCALARS}
    for numbers in (False, True):
        expression = re.sub(r"(?<![\w.])(\d+(\.\d+)?)", r"np.float64(\1)",
                            as_python(write(formula, TEXT, numbers=numbers)))  # fmt: skip
        with np.errstate(all="ignore"):
            read = eval(expression, {"np": np}, names)
        assert np.isclose(read, value, rtol=1e-3), expression
    assert latex(formula).count("{") == latex(formula).count("}")


A, B, V, X = leaf("A", None), leaf("B", None), leaf("V", None), leaf("x", np.ones(3))


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (algebra.product(number(1), SCALARS[0]), "a"),
        (algebra.negate(algebra.negate(SCALARS[0])), "a"),
        (algebra.power(SCALARS[0], 1), "a"),
        (algebra.product(SCALARS[0], SCALARS[0]), "a²"),
        (algebra.product(SCALARS[2], number(2), SCALARS[0]), "2 · a · c"),
        (algebra.add(SCALARS[0], SCALARS[0]), "2 · a"),
        (algebra.add(SCALARS[0], algebra.negate(SCALARS[1])), "a − b"),
        (algebra.divide(SCALARS[0], algebra.product(number(2), SCALARS[1])), "a / (2 · b)"),
        (algebra.product(number(-2), SCALARS[0]), "−2 · a"),
        (algebra.product(number(0), SCALARS[0]), "0"),
        (algebra.product(SCALARS[0], ones((2,))), "a · [1 1]"),
        (algebra.product(SCALARS[0], ones((40,))), "a · ones(40)"),
        (algebra.transpose(algebra.transpose(leaf("M", np.eye(2)), (2, 2)), (2, 2)), "M"),
        (algebra.stack([SCALARS[0], SCALARS[1]], (2,)), "[a, b]"),
        (algebra.index(algebra.stack([SCALARS[0], SCALARS[1]], (2,)), 1, "1", ()), "b"),
        (algebra.total(algebra.product(SCALARS[0], X), "", ()), "a · Σ(x)"),
        (algebra.where(algebra.relation("<", A, B, None), V, number(0), ()), "V · (A < B)"),
        (algebra.where(algebra.relation("<", A, B, None), number(0), V, ()), "V · (A ≥ B)"),
    ],
)  # fmt: skip
def test_simplified_formulas(formula, words):
    assert text(formula) == words


def test_names_are_replaced_by_numbers():
    product = algebra.product(number(2), SCALARS[0], SCALARS[1])
    assert write(product, TEXT, numbers=True) == "2 · 1.5 · (−2)"


def test_powers_of_infinity_and_complex_numbers_are_written():
    assert text(algebra.power(SCALARS[0], float("inf"))) == "a^∞"
    assert text(algebra.divide(number(2j), number(3))) == "2i / 3"


@pytest.mark.parametrize("notation", [TEXT, LATEX])
def test_a_minus_is_not_doubled(notation):
    negative = leaf("x", np.float64(-1.472))
    product = algebra.negate(algebra.product(negative, leaf("y", np.float64(2.0))))
    for formula in (product, algebra.divide(product, leaf("z", np.float64(3.0)))):
        written = write(formula, notation, numbers=True)
        assert "−−" not in written
        assert "--" not in written
    assert write(product, TEXT, numbers=True) == "−(−1.472 · 2)"


def test_a_power_of_ten_is_a_base_in_parentheses():
    small = algebra.power(leaf("x", np.float64(5.5e-17)), 2)
    assert write(small, TEXT, numbers=True) == "(5.5e−17)²"


def test_a_complex_number_is_a_sum():
    x, y = leaf("x", np.complex128(1 + 2j)), leaf("y", np.complex128(-3j))
    assert write(algebra.product(x, y), TEXT, numbers=True) == "(1 + 2i) · (−3i)"


def test_functions_of_latex_are_commands():
    for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"):
        assert LATEX.function(name) == f"\\{name}"
        assert LATEX.function(f"{name}1") == rf"\operatorname{{\mathrm{{{name}1}}}}"
