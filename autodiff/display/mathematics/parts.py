"""The parts of a formula as variables of a polynomial, with what is known about them.

Sums, products and whole powers are taken apart; anything else, such as ``exp(−z)`` or ``x @ w``, is
one variable. A sum that is divided by is a variable too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from autodiff.core.typing import Array
from autodiff.display.mathematics import algebra
from autodiff.display.mathematics import polynomials as p
from autodiff.display.mathematics.definitions import Definitions
from autodiff.display.mathematics.evaluation import evaluated
from autodiff.display.mathematics.formula import Formula, number, ones
from autodiff.display.mathematics.polynomials import Polynomial

__all__ = ["Parts", "UnreadableError"]

_HIGHEST = 6  # exponent that is multiplied out


_ODD = ("σ(#1)", "Φ(#1)")  # the signs of functions with f(−x) = 1 − f(x)


class UnreadableError(Exception):
    """A formula has a number that isn't an exact fraction, or divides by zero."""


class Parts:
    """The variables of a polynomial, and the formulas that they stand for.

    Attributes:
        factors: sums that occurred, which a result may have as factors.
        facts: relations that were used and aren't algebra: ``Σ(y) = 1``.
        has_decimals: whether there were numbers like 0.5 among them.
    """

    def __init__(self, definitions: Definitions, x: Formula | None = None) -> None:
        self.definitions = definitions
        self.factors: list[Polynomial] = []
        self.facts: dict[Formula, None] = {}
        self.has_decimals = False
        self._formulas: list[Formula] = []
        self._numbers: dict[Formula, int] = {}
        self._known: dict[Formula, Polynomial] = {}  # variables with another name
        self._sums: dict[frozenset[tuple[p.Monomial, Fraction]], int] = {}
        self._divisors: dict[int, Polynomial] = {}
        self._known_sums: dict[frozenset[tuple[p.Monomial, Fraction]], Polynomial] = {}
        if x is not None:
            self._learn_all(x)
        self.factors.clear()

    def formula(self, place: int) -> Formula:
        """Return the formula that a variable stands for."""
        return self._formulas[place]

    def divisors(self) -> Iterator[tuple[int, Polynomial]]:
        """Yield the variables that are sums, with their polynomials."""
        yield from self._divisors.items()

    def over(self, divisor: int, x: Polynomial) -> tuple[Polynomial, int]:
        """Write a polynomial as one quotient by a power of a sum; return the numerator, the power.

        The power is 0 if nothing is divided by the sum.
        """
        own, powers = self._divisors[divisor], dict[int, Polynomial]()
        for monomial, times in x.items():
            exponent = dict(monomial).get(divisor, 0)
            rest = tuple((i, k) for i, k in monomial if i != divisor)
            powers.setdefault(exponent, {})[rest] = times
        least = min(powers, default=0)
        if least >= 0:
            return x, 0
        return p.add(*(p.multiply(y, *[own] * (k - least)) for k, y in powers.items())), -least

    def read(self, x: Formula) -> Polynomial:
        """Read a formula as a polynomial."""
        match x.kind:
            case "number":
                return self._number(x.label)
            case "ones":
                return p.constant(1)
            case "sum":
                return self._remembered(p.add(*map(self.read, x.parts)))
            case "product":
                return self._gathered(p.multiply(*map(self.read, x.parts)))
            case "power" if isinstance(x.label, int) and abs(x.label) <= _HIGHEST:
                return self._power(self.read(x.parts[0]), x.label)
            case "total":
                return self._total(x)
            case "index":
                return self._index(x)
            case "at":
                return self._at(x)
        return self._variable(x)

    def _number(self, x: Array) -> Polynomial:
        if isinstance(x, complex) or not math.isfinite(x):
            raise UnreadableError
        self.has_decimals |= not float(x).is_integer()
        return p.constant(Fraction(repr(x)) if isinstance(x, float) else Fraction(int(x)))

    def _variable(self, x: Formula) -> Polynomial:
        if (opposite := _opposite(x)) is not None:
            return p.add(p.constant(1), p.multiply(p.constant(-1), self._variable(opposite)))
        if x in self._known:
            return self._known[x]
        if x not in self._numbers:
            self._numbers[x] = len(self._formulas)
            self._formulas.append(x)
        return p.variable(self._numbers[x])

    def _remembered(self, x: Polynomial) -> Polynomial:
        """Remember a sum, without its common factors, as a possible factor of the result."""
        if len(x) > 1:
            own = p.quotient(x, {p.common_monomial(x): Fraction(1)})
            if own is not None and own not in self.factors:
                self.factors.append(own)
        return x

    def _power(self, base: Polynomial, exponent: int) -> Polynomial:
        if exponent > 0 or p.single(base):
            return p.raised(base, exponent)
        if not base:
            raise UnreadableError  # a division by zero
        for divisor, below in self._divisors.items():
            whole, times = self.over(divisor, base)
            if times:
                above = p.raised(below, -times * exponent)
                return p.multiply(self._power(whole, exponent), above)
        shared = p.common_monomial(base)
        scale = {shared: next(iter(base.values()))}
        own = p.multiply(base, p.raised(scale, -1))
        return p.multiply(p.raised(scale, exponent), self._divided_by(own, -exponent))

    def _divided_by(self, own: Polynomial, times: int) -> Polynomial:
        """Return a power of 1 divided by a sum."""
        key = frozenset(own.items())
        if key in self._known_sums:
            return p.raised(self._known_sums[key], times)
        if key not in self._sums:
            self._sums[key] = len(self._formulas)
            self._divisors[self._sums[key]] = own
            self._formulas.append(self._sum_formula(own))
        return p.variable(self._sums[key], -times)

    def _sum_formula(self, x: Polynomial) -> Formula:
        terms = []
        for monomial, times in sorted(x.items(), key=lambda term: term[1] < 0):
            factors = [algebra.power(self.formula(i), k) for i, k in monomial]
            scale = number(float(times) if times.denominator > 1 else int(times))
            terms.append(algebra.product(scale, *factors))
        return algebra.add(*terms)

    # What is known about the parts.

    def _learn_all(self, x: Formula) -> None:
        """Learn from the definitions of all names in a formula, and of the names in those."""
        defined = {name: self.definitions.of(name) for name in dict.fromkeys(x.leaves())}
        inside = (leaf for own in defined.values() if own is not None for leaf in own.leaves())
        defined |= {name: self.definitions.of(name) for name in dict.fromkeys(inside)}
        for name, definition in defined.items():
            if definition is not None:
                self._learn(name, definition)

    def _learn(self, name: Formula, definition: Formula) -> None:
        """Solve ``name = definition`` for a part of the definition, in terms of the name."""
        try:
            read = self.read(definition)
            self._solve(name, read)
        except (p.TooLongError, UnreadableError):
            return

    def _solve(self, name: Formula, read: Polynomial) -> None:
        """Solve ``name = read`` for a part, if it is a product or a quotient by one sum."""
        if not read or name in self._known:
            return
        own = self._variable(name)
        sums = {tuple(q for q in monomial if q[0] in self._divisors) for monomial in read}
        divisor = sums.pop()
        if sums:
            return
        if len(divisor) == 1 and divisor[0][1] == -1:
            above = p.multiply(read, p.variable(divisor[0][0]))
            self._solve_sum(name, own, above, self._divisors[divisor[0][0]])
        elif not divisor and (term := p.single(read)) is not None:
            self._solve_product(name, own, *term)

    def _solve_sum(
        self, name: Formula, own: Polynomial, above: Polynomial, below: Polynomial
    ) -> None:
        """Solve ``name = above / below`` for a part of the sum, and for the sum."""
        if any(self.formula(i).kind == "leaf" for monomial in above for i, _ in monomial):
            return  # it would divide by names that the formula doesn't divide by
        equation = p.add(p.multiply(own, below), p.multiply(above, p.constant(-1)))
        for place in dict.fromkeys(i for monomial in below for i, _ in monomial):
            part = self.formula(place)
            exponents = {dict(monomial).get(place, 0) for monomial in equation}
            if part.kind == "leaf" or part.shape != name.shape or not exponents <= {0, 1}:
                continue
            factor = {
                tuple(pair for pair in monomial if pair[0] != place): times
                for monomial, times in equation.items()
                if (place, 1) in monomial
            }
            rest = {m: -times for m, times in equation.items() if (place, 1) not in m}
            value = p.multiply(rest, self._power(factor, -1))
            self._known[part] = value
            above = p.add(
                *(
                    p.multiply({tuple(q for q in m if q[0] != place): t}, value)
                    if (place, 1) in m
                    else {m: t}
                    for m, t in above.items()
                )
            )
            break
        if self._sum_formula(below).shape == name.shape:  # else it is the same for several entries
            inverse = self._power(above, -1)
            self._known_sums[frozenset(below.items())] = p.multiply(own, inverse)

    def _solve_product(
        self, name: Formula, own: Polynomial, monomial: p.Monomial, times: Fraction
    ) -> None:
        """Solve ``name = a · b / c`` for a factor of its shape, if not all are names."""
        if all(self.formula(i).kind == "leaf" for i, _ in monomial):
            return
        places = [(self.formula(i).kind == "leaf", i, k) for i, k in monomial if abs(k) == 1]
        for _, place, exponent in sorted(places):
            if self.formula(place).shape != name.shape:
                continue
            others = {tuple(pair for pair in monomial if pair[0] != place): times}
            value = p.raised(p.multiply(own, p.raised(others, -1)), exponent)
            self._known[self.formula(place)] = value
            return

    # Operations that aren't elementwise.

    def _total(self, x: Formula) -> Polynomial:
        """Read a sum of entries term by term; what doesn't change along the axis moves out."""
        inside = x.parts[0]
        keeps = len(x.shape) == len(inside.shape)
        summed = [] if not keeps else [i for i, n in enumerate(inside.shape) if x.shape[i] != n]
        terms = []
        for monomial, times in self.read(inside).items():
            out = [
                (i, k) for i, k in monomial
                if self.formula(i).shape == () or (keeps and self._is_constant(i, inside, summed))
            ]  # fmt: skip
            rest = [pair for pair in monomial if pair not in out]
            terms.append(p.multiply({tuple(out): times}, self._sum_along(rest, x)))
        return p.add(*terms)

    def _is_constant(self, place: int, inside: Formula, summed: list[int]) -> bool:
        """Return whether a variable has the same value along axes."""
        shape = self.formula(place).shape
        shape = (1,) * (len(inside.shape) - len(shape)) + shape
        return all(shape[axis] == 1 for axis in summed)

    def _sum_along(self, rest: list[tuple[int, int]], x: Formula) -> Polynomial:
        """Return the sum of a product along the axis of another sum."""
        inside = x.parts[0]
        if not rest:
            return p.constant(math.prod(inside.shape) // max(math.prod(x.shape), 1))
        factors = [algebra.power(self.formula(i), k) for i, k in rest]
        whole = algebra.product(*factors)
        if whole.kind == "at" and x.shape == ():
            scattered = whole.parts[0]
            return self.read(algebra.total(scattered, "", ()))
        if whole.shape != inside.shape:
            whole = algebra.product(whole, ones(inside.shape))
        found = algebra.total(whole, x.label, x.shape)
        known = self._known_total(whole, found)
        return self._variable(found) if known is None else known

    def _known_total(self, whole: Formula, found: Formula) -> Polynomial | None:
        """Return the sum of a value if that is a number by its definition, or that of a label."""
        if all(leaf.kind in ("number", "ones") for leaf in whole.leaves()):
            counts = np.unique(evaluated(found))
            return p.constant(int(counts[0])) if _is_whole(counts) else None
        if whole.kind != "leaf":
            return None
        definition = self.definitions.of(whole)
        if definition is not None:
            read = Parts(Definitions({})).read(algebra.total(definition, found.label, found.shape))
            return read if read.keys() <= {()} else None
        entries = np.asarray(whole.value)
        is_label = entries.size > 1 and np.isin(entries, (0, 1)).all()
        if not is_label or not np.all(evaluated(found) == 1):
            return None
        self.facts[algebra.relation("=", found, algebra.ONE, np.True_)] = None
        return p.constant(1)

    def _index(self, x: Formula) -> Polynomial:
        """Read an entry of a product as the product of entries."""
        inside = x.parts[0]
        read = self.read(inside)
        shapes = {self.formula(i).shape for monomial in read for i, _ in monomial}
        if not shapes <= {(), inside.shape}:
            return self._variable(x)

        def entry(place: int) -> Polynomial:
            part = self.formula(place)
            if part.shape == ():
                return self._variable(part)
            return self._variable(algebra.index(part, x.key, x.label, x.shape))

        return p.add(
            *(
                p.multiply({(): times}, *(p.raised(entry(i), k) for i, k in monomial))
                for monomial, times in read.items()
            )
        )

    def _at(self, x: Formula) -> Polynomial:
        """Read a value at an index, 0 elsewhere: its numbers move out."""
        terms = []
        for monomial, times in self.read(x.parts[0]).items():
            out = tuple(pair for pair in monomial if self.formula(pair[0]).shape == ())
            rest = [pair for pair in monomial if pair not in out]
            inside = algebra.product(
                *(algebra.power(self.formula(i), k) for i, k in rest), ones(x.parts[0].shape)
            )
            placed = algebra.placed(inside, x.key, x.label, x.shape)
            terms.append(p.multiply({out: times}, self._variable(placed)))
        return p.add(*terms)

    def _gathered(self, x: Polynomial) -> Polynomial:
        """Multiply a value at an index by the entries there alone."""
        terms = []
        for monomial, times in x.items():
            places = [i for i, k in monomial if self.formula(i).kind == "at" and k == 1]
            others = [
                (i, k) for i, k in monomial if i not in places and self.formula(i).shape != ()
            ]
            if len(places) != 1 or not others:
                terms.append({monomial: times})
                continue
            at = self.formula(places[0])
            scalars = tuple(q for q in monomial if q not in others and q[0] != places[0])
            if any(self.formula(i).shape != at.shape for i, _ in others):
                terms.append({monomial: times})
                continue
            inside = at.parts[0]
            entries = [
                algebra.power(algebra.index(self.formula(i), at.key, at.label, inside.shape), k)
                for i, k in others
            ]
            placed = algebra.placed(algebra.product(inside, *entries), at.key, at.label, at.shape)
            terms.append(p.multiply({scalars: times}, self.read(placed)))
        return p.add(*terms)


def _opposite(x: Formula) -> Formula | None:
    """Return σ(x) for σ(−x), which is 1 − σ(x); None for anything else."""
    if x.kind != "sign" or x.label.text not in _ODD:
        return None
    (argument,) = x.parts
    first = argument.parts[0] if argument.kind == "product" else argument
    if first.kind != "number" or isinstance(first.label, complex) or first.label >= 0:
        return None
    return algebra.combined("sign", [algebra.negate(argument)], x.label, x.shape)


def _is_whole(counts: Array) -> bool:
    """Return whether there is one number, and it is a whole one."""
    return len(counts) == 1 and float(counts[0]).is_integer()
