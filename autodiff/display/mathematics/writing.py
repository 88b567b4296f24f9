"""Write formulas as text or LaTeX, with no more parentheses than needed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import numpy as np

from autodiff.core.typing import Array
from autodiff.display.mathematics.formula import TURNS, Formula, number
from autodiff.display.mathematics.notation import LABEL, LATEX, TEXT, Notation
from autodiff.display.mathematics.signs import PLACE
from autodiff.display.mathematics.values import is_short

__all__ = ["enclosed", "label_text", "latex", "statement", "text", "write"]

_SUM, _PRODUCT, _MATMUL, _POWER, _ATOM = range(5)  # precedence, loosest first
_PLAIN = re.compile(r"[\d.]+|\D.*", re.DOTALL)  # a number without an exponent, or an array
_ZERO = re.compile(r"0(?![\d.])")
Written = tuple[str, int]  # the text and its precedence


def text(formula: Formula) -> str:
    """Write a formula as text: ``2 · x · error``."""
    return write(formula, TEXT)


def enclosed(formula: Formula) -> str:
    """Write a formula as text, in parentheses unless it is an atom: ``(w · x)``."""
    return _FormulaWriter(TEXT, numbers=False).enclosed(formula)


def label_text(formula: Formula) -> str:
    """Write a formula as text for a picture, whose fonts may lack rare signs: ``outer(x, g)``."""
    return write(formula, LABEL)


def latex(formula: Formula) -> str:
    """Write a formula as LaTeX that KaTeX and MathJax can render."""
    return write(formula, LATEX)


def write(formula: Formula, notation: Notation, *, numbers: bool = False) -> str:
    """Write a formula; with ``numbers``, every name is replaced by its value."""
    writer = _FormulaWriter(notation, numbers)
    if formula.kind == "relation":  # by itself, its value is what it says, not a number
        return writer.relation(formula)
    written = writer.at(formula, _SUM)
    is_zero = numbers and _ZERO.match(written.removeprefix(notation.minus))
    return written.removeprefix(notation.minus) if is_zero else written  # −0 is 0


def statement(x: Formula, notation: Notation) -> str:
    """Write a relation as a statement, without parentheses: ``x > 0``; or another condition."""
    if x.kind != "relation":
        return write(x, notation)
    sign = "=" if x.label == "=" else notation.sign(x.label)
    return _FormulaWriter(notation, numbers=False).statement(x, sign)


class _FormulaWriter:
    def __init__(self, notation: Notation, numbers: bool) -> None:
        self.notation = notation
        self.numbers = numbers

    def at(self, x: Formula, least: int) -> str:
        """Write a part, in parentheses if its precedence is below ``least``."""
        written, precedence = self._written(x)
        return written if precedence >= least else self.notation.parentheses % written

    def enclosed(self, x: Formula) -> str:
        """Write an atom."""
        return self.at(x, _ATOM)

    def _written(self, x: Formula) -> Written:
        if self.numbers and x.value is not None and x.kind != "ones":
            return self._value(x.value)
        notation = self.notation
        match x.kind:
            case "number" | "ones" | "leaf":
                return self._leaf(x)
            case "slope":
                return self._slope(x)
            case "sum":
                return self._sum(x)
            case "product":
                return self._product(x)
            case "power":
                return self._power(x)
            case "matmul":
                return notation.matmul % (
                    self.at(x.parts[0], _MATMUL),
                    self.at(x.parts[1], _POWER),
                ), (_MATMUL)
            case "outer" if notation.outer.endswith(")"):
                return notation.outer % tuple(self.at(part, _SUM) for part in x.parts), _ATOM
            case "outer":
                return notation.outer % tuple(self.at(part, _POWER) for part in x.parts), _MATMUL
            case "transpose":
                return notation.transposed % self.at(x.parts[0], _ATOM), _POWER
            case "index":
                if x.identity in TURNS and len(x.parts[0].shape) == 1:
                    inside = self.at(x.parts[0], _SUM)
                    return notation.call % (notation.function(TURNS[x.identity]), inside), _ATOM
                return notation.indexed(self.at(x.parts[0], _ATOM), x.label), _ATOM
            case "relation":
                return self.relation(x), _ATOM
            case "stack":
                return notation.listed % self._list(
                    x, notation.space if self.numbers else ", "
                ), _ATOM
            case "total":
                return self._total(x), _ATOM
            case "sign":
                return self._sign(x), _ATOM
            case "replaced":
                base, value = (self.at(part, _SUM) for part in x.parts)
                return notation.replaced % (base, notation.text(x.label), value), _ATOM
            case "at":
                return notation.at % (self._list(x), notation.words(x.label)), _ATOM
            case "raised":
                exponent = self.at(x.parts[1], _SUM if notation.has_bars else _ATOM)
                return notation.power % (self.at(x.parts[0], _ATOM), exponent), _POWER
        return self._call(x)

    def relation(self, x: Formula) -> str:
        """Write a relation, which is True or False for each entry."""
        return self.notation.holds % self.statement(x, self.notation.sign(x.label))

    def statement(self, x: Formula, sign: str) -> str:
        """Write a relation without the parentheses around it."""
        left, right = (self.at(part, _PRODUCT) for part in x.parts)
        return f"{left} {sign} {right}"

    def _list(self, x: Formula, comma: str = ", ") -> str:
        return comma.join(self.at(part, _SUM) for part in x.parts)

    def _value(self, value: Array) -> Written:
        value = (
            value * 1 if np.asarray(value).dtype == bool else value
        )  # bools are written as 1 or 0
        written = self.notation.value(value)
        if written.startswith(self.notation.minus) or (np.ndim(value) == 0 and " " in written):
            return written, _SUM  # a negative number, or a complex one
        return written, _ATOM if _PLAIN.fullmatch(written) else _POWER  # of 10

    def _leaf(self, x: Formula) -> Written:
        if x.kind == "ones" and not is_short(x.value):
            return self.notation.ones % self.notation.words("×".join(map(str, x.shape))), _ATOM
        if x.kind != "leaf" or x.label.startswith("["):
            return self._value(x.value)
        is_path = "/" in x.label and not self.notation.has_bars  # it looks like a fraction
        return self.notation.name(x.label), _MATMUL if is_path else _ATOM

    def _slope(self, x: Formula) -> Written:
        """Write a slope as a fraction: ``∂loss/∂error``."""
        result, of = x.label
        return self.notation.slope % (self.notation.name(result), self.enclosed(of)), _POWER

    def _sum(self, x: Formula) -> Written:
        minus, written = self.notation.minus, self.at(x.parts[0], _SUM)
        for part in x.parts[1:]:
            term, _ = self._written(part)
            if term.startswith(minus) and (part.kind != "sum" or self._is_number(part)):
                written += f" {minus} {term.removeprefix(minus)}"
            else:
                written += f" + {self.at(part, _PRODUCT)}"
        return written, _SUM

    def _product(self, x: Formula) -> Written:
        is_negative, size = _split_sign(x)
        if is_negative:
            written = self.at(size, _PRODUCT)
            if written.startswith(self.notation.minus):
                written = self.notation.parentheses % written
            return self.notation.minus + written, _SUM
        above = [part for part in x.parts if not _is_denominator(part)]
        below = [_reciprocal(part) for part in x.parts if _is_denominator(part)]
        scaled = sum(part.shape != () for part in x.parts) == 1
        top = self._joined(
            above, lambda part: self._factor(part, is_first=part is above[0], scaled=scaled)
        )
        if not below:
            return top, _PRODUCT
        if len(above) == 1:
            top = self.at(above[0], _SUM if self.notation.has_bars else _MATMUL)
        return self._quotient(top or "1", below)

    def _joined(self, factors: list[Formula], write: Callable[[Formula], str]) -> str:
        """Write factors with the signs between them."""
        written = write(factors[0]) if factors else ""
        for before, factor in itertools.pairwise(factors):
            are_arrays = () not in (before.shape, factor.shape)
            written += self.notation.times(are_arrays, self._is_number(factor)) + write(factor)
        return written

    def _factor(self, x: Formula, *, is_first: bool, scaled: bool) -> str:
        """Write a factor; a leading number and a scaled matrix product get no parentheses."""
        if is_first and self._is_number(x) and not np.iscomplexobj(x.value):
            return self.at(x, _SUM)
        needs_them = x.kind == "matmul" and not (scaled and x.shape != ())
        return self.at(x, _POWER if needs_them else _MATMUL)

    def _is_number(self, x: Formula) -> bool:
        """Return whether a factor is written as a number, which needs no parentheses in front."""
        return x.kind == "number" or (self.numbers and x.value is not None)

    def _quotient(self, top: str, below: list[Formula]) -> Written:
        bottom = self._joined(below, lambda part: self.at(part, _MATMUL))
        if len(below) > 1 and not self.notation.has_bars:
            bottom = self.notation.parentheses % bottom
        elif len(below) == 1:
            bottom = self.at(below[0], _SUM if self.notation.has_bars else _POWER)
        return self.notation.quotient % (top, bottom), _PRODUCT

    def _power(self, x: Formula) -> Written:
        if _is_denominator(x):
            return self._quotient("1", [_reciprocal(x)])
        return self.notation.raised(self.at(x.parts[0], _ATOM), x.label), _POWER

    def _total(self, x: Formula) -> str:
        inside = self.at(x.parts[0], _SUM)
        if not x.label:
            return self.notation.total % inside
        return self.notation.total_along % {"inside": inside, "axis": self.notation.words(x.label)}

    def _sign(self, x: Formula) -> str:
        """Write the notation of a function, with the arguments in their places."""

        def argument(place: re.Match[str]) -> str:
            part = x.parts[int(place[2]) - 1]
            return self.at(part, _ATOM if place[1] == "@" else _SUM)

        return PLACE.sub(argument, self.notation.template(x.label))

    def _call(self, x: Formula) -> Written:
        notation, (name, options) = self.notation, x.label
        inside = self._list(x) + (f", {notation.words(options)}" if options else "")
        return notation.call % (notation.function(name), inside), _ATOM


def _split_sign(x: Formula) -> tuple[bool, Formula]:
    """Return whether a product starts with a negative number, and the product without sign."""
    first, rest = x.parts[0], x.parts[1:]
    if first.kind != "number" or isinstance(first.label, complex) or not first.label < 0:
        return False, x
    if first.label != -1 or all(map(_is_denominator, rest)):
        rest = (number(-first.label), *rest)
    return True, rest[0] if len(rest) == 1 else Formula("product", rest, shape=x.shape)


def _is_denominator(x: Formula) -> bool:
    """Return whether a factor belongs to the denominator of a fraction."""
    return x.kind == "power" and x.label < 0


def _reciprocal(x: Formula) -> Formula:
    base, exponent = x.parts[0], -x.label
    return base if exponent == 1 else Formula("power", (base,), exponent, x.shape)
