"""Polynomials with whole exponents, negative ones too: exact sums, products and quotients.

A polynomial maps monomials to fractions; a monomial lists the numbers of its variables with their
exponents. ``2 · a² / b`` with variables 0 and 1 is ``{((0, 2), (1, -1)): 2}``.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TypeAlias

__all__ = [
    "Monomial",
    "Polynomial",
    "TooLongError",
    "add",
    "common_monomial",
    "constant",
    "multiply",
    "quotient",
    "raised",
    "single",
    "variable",
]  # fmt: skip

Monomial: TypeAlias = tuple[tuple[int, int], ...]
Polynomial: TypeAlias = dict[Monomial, Fraction]

_MOST = 60  # terms; formulas that people read have few


class TooLongError(Exception):
    """A polynomial has more terms than are worth searching."""


def constant(number: Fraction | int) -> Polynomial:
    """Return a polynomial that is a number."""
    return {(): Fraction(number)} if number else {}


def variable(number: int, exponent: int = 1) -> Polynomial:
    """Return a power of a variable."""
    return {((number, exponent),): Fraction(1)} if exponent else constant(1)


def add(*terms: Polynomial) -> Polynomial:
    """Add polynomials."""
    found: Polynomial = {}
    for term in terms:
        for monomial, times in term.items():
            found[monomial] = found.get(monomial, Fraction(0)) + times
    return _checked({monomial: times for monomial, times in found.items() if times})


def multiply(*factors: Polynomial) -> Polynomial:
    """Multiply polynomials."""
    found = constant(1)
    for factor in factors:
        found = add(
            *(
                {_joined(a, b): times * more for b, more in factor.items()}
                for a, times in found.items()
            )
        )
    return found


def raised(base: Polynomial, exponent: int) -> Polynomial:
    """Raise a polynomial to a power; to a negative one, only if it is a single monomial."""
    if exponent >= 0:
        return multiply(*[base] * exponent)
    ((monomial, times),) = base.items()
    return {tuple((i, k * exponent) for i, k in monomial): times**exponent}


def single(x: Polynomial) -> tuple[Monomial, Fraction] | None:
    """Return the only term of a polynomial; None if there are several, or none."""
    return next(iter(x.items())) if len(x) == 1 else None


def common_monomial(terms: Iterable[Monomial]) -> Monomial:
    """Return the monomial that all terms can be divided by without negative exponents."""
    first, *others = [dict(term) for term in terms]
    for other in others:
        for i in first.keys() | other.keys():
            first[i] = min(first.get(i, 0), other.get(i, 0))
    return _monomial(first)


def quotient(x: Polynomial, divisor: Polynomial) -> Polynomial | None:
    """Divide one polynomial by another; return None if that leaves a rest."""
    shift = common_monomial([*x, *divisor]) if x else ()
    inverse = {_inverse(shift): Fraction(1)}
    rest, divisor = multiply(x, inverse), multiply(divisor, inverse)
    own = common_monomial(divisor)
    divisor = multiply(divisor, {_inverse(own): Fraction(1)})
    variables = sorted({i for monomial in (*rest, *divisor) for i, _ in monomial})

    def rank(monomial: Monomial) -> tuple[int, ...]:
        exponents = dict(monomial)
        return tuple(exponents.get(i, 0) for i in variables)

    head = max(divisor, key=rank)
    found: Polynomial = {}
    for _ in range(_MOST):
        if not rest:
            return multiply(found, {_inverse(own): Fraction(1)})
        top = max(rest, key=rank)
        ratio = _joined(top, _inverse(head))
        if any(exponent < 0 for _, exponent in ratio):
            return None
        part = {ratio: rest[top] / divisor[head]}
        found = add(found, part)
        rest = add(rest, multiply({ratio: -part[ratio]}, divisor))
    return None


def _joined(a: Monomial, b: Monomial) -> Monomial:
    exponents = dict(a)
    for i, k in b:
        exponents[i] = exponents.get(i, 0) + k
    return _monomial(exponents)


def _monomial(exponents: dict[int, int]) -> Monomial:
    return tuple(sorted((i, k) for i, k in exponents.items() if k))


def _inverse(x: Monomial) -> Monomial:
    return tuple((i, -k) for i, k in x)


def _checked(x: Polynomial) -> Polynomial:
    if len(x) > _MOST:
        raise TooLongError
    return x
