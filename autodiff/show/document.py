"""The parts of an explanation, in order: what is said, before it is printed one way or another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from autodiff.show.algebra import combined, relation, total
from autodiff.show.derivation import Derivation, Equation, Step
from autodiff.show.formula import Formula, leaf, ones
from autodiff.show.notation import Notation
from autodiff.show.writing import write

__all__ = ["Chain", "Code", "Heading", "Item", "Note", "Remark", "document"]

_LONGEST = 24  # the most symbols in one equation
_MOST_PATHS = 8
_A, _B, _G = (leaf(name, None) for name in "ABg")
_NOTES = {
    "relation": (relation("=", _A, _B, None), "1 where it holds, 0 elsewhere"),
    "at": (combined("at", [_G], "i", (2,)), "g at the index i, 0 elsewhere"),
    "total": (total(leaf("x", np.ones(2)), "", ()), "the sum of the entries of x"),
    "ones": (ones((3,)), "repeats what it is multiplied with, for each entry"),
    "matmul": (Formula("matmul", (_A, _B)), "the product of matrices"),
    "transpose": (Formula("transpose", (_A,)), "A with its rows as columns"),
}


class Heading(NamedTuple):
    """The title of a part."""

    words: str


class Code(NamedTuple):
    """A line of the user's, and where it is."""

    source: str
    place: str


class Chain(NamedTuple):
    """Things that are equal; the label says over which path."""

    sides: list[str]
    level: int = 1
    label: str = ""


class Note(NamedTuple):
    """What a piece of notation means."""

    sign: str
    words: str


class Remark(NamedTuple):
    """What needs to be said in words."""

    words: str


Item = Heading | Code | Chain | Note | Remark


def document(derivation: Derivation, look: Notation) -> Iterator[Item]:
    """Put an explanation in order, in a notation."""
    result = derivation.references.result
    yield Heading(f"Forward: how {result} is computed")
    for line, equations in derivation.lines:
        if line is not None and line.text:
            yield Code(line.text, str(line))
        for equation in equations:
            yield Chain(_sides(equation, look), 2)
    yield Heading(f"Backward: the chain rule, from {result} to the arguments")
    if not derivation.working.is_scalar:
        yield Remark(f"{result} is not a single number: these are the slopes of the sum of it all.")
    for step in derivation.steps:
        yield from _step_items(step, look)
    yield Heading("The slopes")
    for equation, reason in zip(derivation.slopes, derivation.reasons, strict=True):
        yield Chain(_sides(equation, look))
        if reason:
            yield Remark(reason)
    if notes := list(_notes(derivation)):
        yield Heading("How to read it")
        yield from (Note(write(sign, look), words) for sign, words in notes)


def _step_items(step: Step, look: Notation) -> Iterator[Item]:
    """Write the slope of a value; of several paths, each one and the sum over them."""
    if len(step.paths) == 1:
        yield Chain(_sides(step.equation, look))
        return
    of, value = write(step.equation.of, look), step.equation.value
    yield Chain([of, look.text(f"the sum over {len(step.paths)} paths")])
    for path in step.paths[:_MOST_PATHS]:
        yield Chain(_equals(path, look), 2, write(path.of, look))
    if len(step.paths) > _MOST_PATHS:
        yield Remark(f"and {len(step.paths) - _MOST_PATHS} more")
        yield Chain([of, look.result(value)])
        return
    parts = tuple(leaf(str(i), path.value) for i, path in enumerate(step.paths))
    whole = Formula("sum", parts, shape=np.shape(value))
    yield Chain(_once([of, write(whole, look, numbers=True), look.result(value)]))


def _sides(equation: Equation, look: Notation) -> list[str]:
    """Write what is equal, without saying anything twice."""
    return _once([write(equation.of, look), *_equals(equation, look)])


def _equals(equation: Equation, look: Notation) -> list[str]:
    sides = []
    if equation.symbols.size() <= _LONGEST:
        sides.append(write(equation.symbols, look))
        numbers = write(equation.numbers, look, numbers=True)
        if numbers != look.value(equation.value):
            sides.append(numbers)
    return _once([*sides, look.result(equation.value)])


def _once(sides: list[str]) -> list[str]:
    return list(dict.fromkeys(sides))


def _notes(derivation: Derivation) -> Iterator[tuple[Formula, str]]:
    """Explain the signs that are used."""
    formulas = [step.equation.symbols for step in derivation.steps]
    formulas += [equation.symbols for equation in derivation.slopes]
    formulas += [equation.symbols for _, lines in derivation.lines for equation in lines]
    used = {kind for formula in formulas for kind in _kinds(formula)}
    return (note for kind, note in _NOTES.items() if kind in used)


def _kinds(x: Formula) -> Iterator[str]:
    yield x.kind
    for part in x.parts:
        yield from _kinds(part)
