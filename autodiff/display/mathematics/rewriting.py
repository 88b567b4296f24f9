"""Rewriting: find a shorter formula with the same value, as a textbook would write it.

A formula is read as a polynomial of its parts. What a named value is computed from is replaced by
the name: ``a = 1 / (1 + exp(−z))`` says that ``exp(−z)`` is ``1 / a − 1``. Products are multiplied
out, quotients are divided, and the shortest way to write the result is compared with the formula;
so ``exp(−z) · a / (1 + exp(−z))`` becomes ``a · (1 − a)``. No function is recognized by its name.

Algebra may divide by a number that is zero, or round; so a formula is only replaced by one that has
the same value with the numbers at hand.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from autodiff.core.typing import Array
from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.definitions import Definitions
from autodiff.display.mathematics.evaluation import has_value
from autodiff.display.mathematics.formula import Formula, number, ones
from autodiff.display.mathematics.parts import Parts, UnreadableError
from autodiff.display.mathematics.polynomials import (
    Polynomial,
    TooLongError,
    common_monomial,
    multiply,
    quotient,
)
from autodiff.display.mathematics.substitution import rebuilt

__all__ = ["shortened_formula"]

_LEAST_GAIN = 0.5  # of the cost; less isn't worth another formula than the rule's
_LONGEST = 30  # symbols of a formula that is tried
_LARGEST = 100_000  # denominator of a quotient; a larger one is that of a rounded decimal
_KEPT = ("slope", "leaf", "number", "ones")


def shortened_formula(
    x: Formula, definitions: Definitions, value: Array
) -> tuple[Formula, tuple[Formula, ...]]:
    """Return a shorter formula with the same value, and what was used that isn't algebra.

    Args:
        x: the formula.
        definitions: what the named values in it were computed by.
        value: of the formula; a formula with another value is not returned.

    Returns:
        The formula, ``x`` itself if none is shorter; and relations such as ``Σ(y) = 1``.
    """
    if x.kind in _KEPT or x.size() > _LONGEST:
        return x, ()
    x = turned(x)
    if not _may_shrink(x, definitions):
        return x, ()
    found, facts = _shortest(x, definitions)
    if _cost(found) > _cost(x) - _LEAST_GAIN or not has_value(found, value):
        return x, ()
    return found, facts


def _may_shrink(x: Formula, definitions: Definitions) -> bool:
    """Return whether there are sums to multiply out or to divide by, in it or in definitions."""
    found = set(x.leaves())
    formulas = [x, *map(definitions.of, found)]
    return any(_has_sum(formula) for formula in formulas if formula is not None)


def _has_sum(x: Formula) -> bool:
    return x.kind in ("sum", "total", "at") or any(map(_has_sum, x.parts))


def _shortest(x: Formula, definitions: Definitions) -> tuple[Formula, tuple[Formula, ...]]:
    numbers, rest = _split_numbers(x)
    try:
        rest = definitions.expanded(rest)
        parts = Parts(definitions, rest)
        found = min(_forms(parts, parts.read(rest)), key=_cost)
    except (TooLongError, UnreadableError):
        return x, ()
    return turned(algebra.product(*numbers, found, ones(x.shape))), tuple(parts.facts)


def _split_numbers(x: Formula) -> tuple[list[Formula], Formula]:
    """Split off numeric factors, which stay as they are: the 2 and the n of ``2 · e / n``."""
    factors = x.parts if x.kind == "product" else (x,)
    numbers = [f for f in factors if f.kind == "number" or _is_reciprocal(f)]
    rest = [f for f in factors if f not in numbers]
    if numbers and numbers[0].kind == "number" and _is_negative(numbers[0].label):
        numbers[0] = number(-numbers[0].label)  # the sign may make another sum of a sum
        rest.append(number(-1))
    return (numbers, algebra.product(*rest)) if rest else ([], x)


def _is_negative(x: Array) -> bool:
    return not isinstance(x, complex) and x < 0


def turned(x: Formula) -> Formula:
    """Turn differences instead of writing a minus in front: ``p − 1``, not ``−(1 − p)``."""
    if x.kind == "product" and _has_minus(x):
        rest = algebra.negate(x)
        found = _negative(rest, _is_reversed) or _negative(rest, _has_difference)
        return x if found is None or found.shape != x.shape else found
    if x.kind not in ("sum", "product"):
        return x
    parts = [turned(part) for part in x.parts]
    is_same = all(new is old for new, old in zip(parts, x.parts, strict=True))
    return x if is_same else rebuilt(x, parts)


def _negative(x: Formula, turns: Callable[[Formula], bool]) -> Formula | None:
    """Return the negative of a formula, by turning a sum in it; None if there is none to turn."""
    if x.kind == "sum":
        turned_terms = [_negative(part, _is_reversed) for part in x.parts]
        if not turns(x) and not any(turned_terms):
            return None
        pairs = zip(turned_terms, x.parts, strict=True)
        terms = [algebra.negate(part) if term is None else term for term, part in pairs]
        return algebra.add(*sorted(terms, key=_has_minus))
    if x.kind not in ("product", "matmul", "outer"):
        return None
    for i, part in enumerate(x.parts):
        found = _negative(part, turns)
        if found is not None:
            return rebuilt(x, [*x.parts[:i], found, *x.parts[i + 1 :]])
    return None


def _has_difference(x: Formula) -> bool:
    return any(map(_has_minus, x.parts))


def _is_reversed(x: Formula) -> bool:
    """Return whether a difference is the other way round in textbooks: ``a − 1``, ``y − p``."""
    if len(x.parts) != 2 or not _has_minus(x.parts[1]) or _has_minus(x.parts[0]):
        return False
    first, second = x.parts
    return second.kind == "number" or (first.kind != "number" and second.order > first.order)


def _has_minus(x: Formula) -> bool:
    first = x.parts[0] if x.kind == "product" else x
    return first.kind == "number" and _is_negative(first.label)


def _is_reciprocal(x: Formula) -> bool:
    return x.kind == "power" and x.label == -1 and x.parts[0].kind == "number"


def _cost(x: Formula) -> float:
    """Return how long a formula is to read."""
    if x.kind in _KEPT:
        return 0.25 if x.kind in ("number", "ones") else 1
    own = {"product": 0.0, "power": 0.25, "transpose": 0.25, "call": 1.5}.get(x.kind, 0.5)
    return own + sum(map(_cost, x.parts))


def _forms(parts: Parts, x: Polynomial) -> list[Formula]:
    """Write a polynomial in several ways: multiplied out, and with factors in front."""
    if not x:
        return [algebra.ZERO]
    x = _divided(parts, x)
    shared = {common_monomial(x): Fraction(1)}
    rest = quotient(x, shared) or x
    factors: list[Polynomial] = [shared]
    for factor in parts.factors:
        while len(rest) > 1 and (smaller := quotient(rest, factor)) is not None:
            factors.append(factor)
            rest = smaller
    written = [_sum_of(parts, factor) for factor in (*factors, rest)]
    return [
        algebra.product(*written),
        algebra.product(_sum_of(parts, shared), _sum_of(parts, quotient(x, shared) or x)),
        _sum_of(parts, x),
    ]


def _divided(parts: Parts, x: Polynomial) -> Polynomial:
    """Carry out the divisions by sums that leave no rest."""
    for divisor, own in parts.divisors():
        whole, times = parts.over(divisor, x)
        left = times
        while left and (smaller := quotient(whole, own)) is not None:
            whole, left = smaller, left - 1
        if left < times:
            x = multiply(whole, {((divisor, -left),) if left else (): Fraction(1)})
    return x


def _sum_of(parts: Parts, x: Polynomial) -> Formula:
    """Write a polynomial as a sum of products, those without a minus first."""
    terms = sorted(x.items(), key=lambda term: term[1] < 0)
    return algebra.add(*(_term(parts, monomial, times) for monomial, times in terms))


def _term(parts: Parts, monomial: tuple[tuple[int, int], ...], times: Fraction) -> Formula:
    factors = [algebra.power(parts.formula(i), k) for i, k in monomial]
    return algebra.product(*_number(parts, times), *factors)


def _number(parts: Parts, x: Fraction) -> list[Formula]:
    """Write a fraction as a whole number, a decimal if there were decimals, or a quotient."""
    if x.denominator == 1:
        return [number(x.numerator)]
    is_long = x.denominator > _LARGEST
    if parts.has_decimals and (is_long or Fraction(f"{float(x):.10g}") == x):
        return [number(float(x))]
    return [number(x.numerator), algebra.power(number(x.denominator), -1)]
