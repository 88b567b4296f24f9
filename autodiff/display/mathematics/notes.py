"""Notes on the signs of formulas: what ``x ⊗ y`` or ``Σ(x)`` means, for those who see it first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from autodiff.display.mathematics.algebra import combined, relation, total
from autodiff.display.mathematics.formula import TURNS, Formula, leaf, ones
from autodiff.display.mathematics.signs import Sign

__all__ = ["CHAIN_RULE", "SLOPE", "notes_on"]

SLOPE = "∂a/∂b, a slope, says how much a changes per unit change of b."
CHAIN_RULE = (
    "A value changes the result through what is computed from it: its slope is the slope of that, "
    "times how much that changes per unit of the value. Where it is used several times, these "
    "products add up."
)
_A, _B, _X, _Y = (leaf(name, None) for name in "ABxy")
_ENTRIES = tuple(leaf(name, np.ones(2)) for name in "xy")
_TURNED = {"col": "column", "row": "row"}
_NOTES = {
    "at": (combined("at", [_X], "i", (2,)), "x at the index i, 0 elsewhere"),
    "total": (total(leaf("x", np.ones(2)), "", ()), "the sum of the entries of x"),
    "ones": (ones((3,)), "repeats the other factor for each entry"),
    "matmul": (
        Formula("matmul", (_A, _B)),
        "the matrix product; a vector is a row or a column, as it fits",
    ),
    "outer": (Formula("outer", (_X, _Y)), "the outer product: in row i and column j x[i] · y[j]"),
    "transpose": (Formula("transpose", (_A,)), "A with rows and columns swapped"),
}


def notes_on(formulas: Iterable[Formula]) -> Iterator[tuple[Formula, str]]:
    """Yield a note on each sign in the formulas: an example of it, and what that means."""
    used = [part for formula in formulas for part in _parts(formula)]
    kinds = {part.kind for part in used}
    for part in used:
        if part.kind == "relation":
            yield relation(part.label, _A, _B, None), "1 where it holds, 0 elsewhere"
            break
    if any(map(_is_by_entry, used)):
        yield Formula("product", _ENTRIES, shape=(2,)), "the product of each entry with its partner"
    yield from (note for kind, note in _NOTES.items() if kind in kinds)
    turns = {
        TURNS[part.identity] for part in used if part.kind == "index" and part.identity in TURNS
    }
    yield from (
        (combined("call", [_X], (turn, ""), ()), f"x as a {_TURNED[turn]}")
        for turn in sorted(turns)
    )
    yield from map(_meaning, dict.fromkeys(part.label for part in used if part.kind == "sign"))


def _is_by_entry(x: Formula) -> bool:
    """Return whether a formula is a product of arrays, entry by entry."""
    return x.kind == "product" and sum(bool(np.prod(part.shape) > 1) for part in x.parts) > 1


def _meaning(sign: Sign) -> tuple[Formula, str]:
    """Return the sign of a function of SciPy, and its name."""
    letters = tuple(leaf(letter, None) for letter in "abcd"[: sign.arity])
    return Formula("sign", letters, sign), sign.name


def _parts(x: Formula) -> Iterator[Formula]:
    yield x
    for part in x.parts:
        yield from _parts(part)
