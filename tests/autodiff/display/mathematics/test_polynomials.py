"""Polynomials: exact arithmetic, compared with their values at points."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff.display.mathematics import polynomials as p
from tests.laws.table import examples

VARIABLES = 3
EXPONENTS = st.tuples(*[st.integers(-2, 3)] * VARIABLES)
POINTS = [
    tuple(Fraction(x) for x in point)
    for point in ((2, 3, 5), (-1, Fraction(1, 2), 7), (Fraction(2, 3), -4, Fraction(3, 7)))
]


@st.composite
def polynomials(draw, most=4):
    terms = draw(st.dictionaries(EXPONENTS, st.integers(-3, 3).filter(bool), max_size=most))
    return {
        tuple((i, k) for i, k in enumerate(exponents) if k): Fraction(times)
        for exponents, times in terms.items()
    }


def at(x, point):
    total = Fraction(0)
    for monomial, times in x.items():
        for i, k in monomial:
            times *= point[i] ** k
        total += times
    return total


@examples(60)
@given(polynomials(), polynomials())
def test_sums_and_products_have_the_values_of_their_parts(x, y):
    for point in POINTS:
        assert at(p.add(x, y), point) == at(x, point) + at(y, point)
        assert at(p.multiply(x, y), point) == at(x, point) * at(y, point)
        assert at(p.raised(x, 2), point) == at(x, point) ** 2


@examples(60)
@given(polynomials(), polynomials().filter(bool))
def test_a_product_is_divided_exactly(x, y):
    assert p.quotient(p.multiply(x, y), y) == x


@examples(60)
@given(polynomials(), polynomials().filter(bool))
def test_a_quotient_times_the_divisor_is_the_polynomial(x, y):
    found = p.quotient(x, y)
    assert found is None or p.multiply(found, y) == x


def test_a_division_with_a_rest_returns_none():
    a, one = p.variable(0), p.constant(1)
    assert p.quotient(p.add(p.raised(a, 2), one), p.add(a, one)) is None
    assert p.quotient(p.add(p.raised(a, 2), p.constant(-1)), p.add(a, one)) == p.add(
        a, p.constant(-1)
    )


def test_too_many_terms_are_refused():
    many = p.add(*(p.variable(i) for i in range(20)))
    with pytest.raises(p.TooLongError):
        p.raised(many, 3)
