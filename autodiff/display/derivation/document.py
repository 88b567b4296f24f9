"""The parts of an explanation, in order, independent of the format that they are printed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from autodiff.display.derivation.derivation import ChainRuleStep, Derivation, Equation
from autodiff.display.mathematics.formula import Formula, leaf
from autodiff.display.mathematics.notation import Notation
from autodiff.display.mathematics.notes import CHAIN_RULE, SLOPE, notes_on
from autodiff.display.mathematics.values import is_rounded
from autodiff.display.mathematics.writing import statement, write
from autodiff.display.working.origin import origin_of_nonfinite

__all__ = ["Chain", "Code", "Given", "Heading", "Item", "Note", "Remark", "document"]

_LONGEST = 24  # the most symbols in one equation
_MOST_PATHS, _MOST_CONDITIONS = 8, 4
_NOISE = "smaller than the rounding errors of the numbers that it was computed from"
_ROUNDED = "Numbers are computed with all digits, and written with about four."


class Heading(NamedTuple):
    """The title of a part."""

    words: str


class Code(NamedTuple):
    """A line of the user's code, and its place."""

    source: str
    place: str


class Chain(NamedTuple):
    """The equal sides of an equation.

    Attributes:
        sides: from left to right.
        level: how far it is indented.
        label: over which path, or that it is simplified; else empty.
        is_rounded: whether the last side has 0 in place of rounding noise.
    """

    sides: list[str]
    level: int = 1
    label: str = ""
    is_rounded: bool = False

    def right_sides(self, notation: Notation) -> list[str]:
        """Return all sides but the first, each with its sign: ``= 2 · x``, ``≈ 0``."""
        about = len(self.sides) - 1 if self.is_rounded else None
        return [
            f"{notation.about if i == about else '='} {side}"
            for i, side in enumerate(self.sides)
            if i
        ]


class Note(NamedTuple):
    """The meaning of a piece of notation."""

    sign: str
    words: str


class Given(NamedTuple):
    """Relations under which formulas hold; ``more`` is the number of those that aren't listed."""

    words: str
    relations: list[str]
    more: int = 0


class Remark(NamedTuple):
    """A sentence of explanation."""

    words: str


Item = Heading | Code | Chain | Given | Note | Remark


def document(derivation: Derivation, notation: Notation) -> Iterator[Item]:
    """Yield the parts of an explanation, in a notation."""
    if origin := origin_of_nonfinite(derivation.working):
        yield Remark(origin)
    result = derivation.references.result
    yield Heading(f"Forward: how {result} is computed")
    for line, equations in derivation.lines:
        if line is not None and line.text:
            yield Code(line.text, str(line))
        for equation in equations:
            yield Chain(_sides(equation, notation), 2, is_rounded=equation.is_rounded)
    yield Heading(f"Backward: the chain rule, from {result} to the arguments")
    yield Remark(f"{SLOPE} {CHAIN_RULE}")
    if not derivation.working.is_scalar:
        yield Remark(
            f"{result} is not a single number: these are the slopes of the sum of its entries."
        )
    for step in derivation.steps:
        yield from _step_items(step, notation)
        if step.whole is not None:
            sides, label = _sides(step.whole, notation), notation.text("simplified")
            yield Chain(sides, 2, label, step.whole.is_rounded)
    yield Heading("The slopes")
    if conditions := derivation.conditions:
        shown = [statement(condition, notation) for condition in conditions[:_MOST_CONDITIONS]]
        yield Given("these hold while", shown, len(conditions) - len(shown))
    rows = zip(derivation.slopes, derivation.facts, derivation.reasons, strict=True)
    for equation, facts, reason in rows:
        yield Chain(_sides(equation, notation), is_rounded=equation.is_rounded)
        if facts:
            yield Given("since", [statement(fact, notation) for fact in facts])
        if reason:
            yield Remark(reason)
    signs = notes_on(equation.symbols for equation in _equations(derivation))
    notes = [Note(write(sign, notation), words) for sign, words in signs]
    if derivation.working.has_rounded:
        notes.append(Note(f"{notation.about} 0", _NOISE))
    are_rounded = any(is_rounded(equation.value) for equation in _equations(derivation))
    if notes or are_rounded:
        yield Heading("How to read it")
        yield from notes
    if are_rounded:
        yield Remark(_ROUNDED)


def _step_items(step: ChainRuleStep, notation: Notation) -> Iterator[Item]:
    """Write the slope of a value; for several paths, each one and their sum."""
    if len(step.paths) == 1:
        yield Chain(_sides(step.equation, notation), is_rounded=step.equation.is_rounded)
        return
    of, value = write(step.equation.of, notation), step.equation.value
    is_rounded = step.equation.is_rounded
    yield Chain([of, notation.text(f"the sum over {len(step.paths)} paths")])
    for path in step.paths[:_MOST_PATHS]:
        over = f"{notation.text('over ')}{write(path.of, notation)}"
        yield Chain(_right_sides(path, notation), 2, over, path.is_rounded)
    if len(step.paths) > _MOST_PATHS:
        yield Remark(f"and {len(step.paths) - _MOST_PATHS} more")
        yield Chain([of, notation.result(value)], is_rounded=is_rounded)
        return
    parts = tuple(leaf(str(i), path.value) for i, path in enumerate(step.paths))
    whole = Formula("sum", parts, shape=np.shape(value))
    sides = _unique([of, write(whole, notation, numbers=True), notation.result(value)])
    yield Chain(sides, is_rounded=is_rounded)


def _sides(equation: Equation, notation: Notation) -> list[str]:
    """Write the sides of an equation, without repetitions."""
    return _unique([write(equation.of, notation), *_right_sides(equation, notation)])


def _right_sides(equation: Equation, notation: Notation) -> list[str]:
    sides = []
    if equation.symbols.size() <= _LONGEST:
        sides.append(write(equation.symbols, notation))
        numbers = write(equation.numbers, notation, numbers=True)
        if numbers != notation.value(equation.value):
            sides.append(numbers)
    return _unique([*sides, notation.result(equation.value)])


def _unique(sides: list[str]) -> list[str]:
    return list(dict.fromkeys(sides))


def _equations(derivation: Derivation) -> Iterator[Equation]:
    """Yield the equations whose symbols need notes."""
    yield from (step.equation for step in derivation.steps)
    yield from derivation.slopes
    yield from (equation for _, lines in derivation.lines for equation in lines)
