"""Formulas: mathematics as a value, to be simplified and written down.

A Formula says what was computed from what, without how: a tree of few kinds, most of them a
neutral form of a NumPy operation. ``algebra.py`` builds and simplifies them, ``reading.py`` makes
them from a graph, ``writing.py`` writes them as text and as LaTeX.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["Formula", "identity_of", "leaf", "number", "ones"]


@dataclasses.dataclass(frozen=True)
class Formula:
    """A piece of mathematics.

    Attributes:
        kind: ``leaf``, ``number``, ``ones``, ``slope``, ``sum``, ``product``, ``power``,
            ``raised``, ``matmul``, ``transpose``, ``total``, ``index``, ``at``, ``where``,
            ``relation``, ``stack`` or ``call``.
        parts: the operands.
        label: of a number the number, of a leaf its name, of a power its exponent, of a total its
            axis, of an index its text, of a relation its sign, of a call its name and options, of
            a slope the name of the result and the formula of what it is a slope of.
        shape: of what it computes.
        identity: what tells it from others that are written alike.
        value: what it is worth, where that is known; always for leaves, slopes and relations.
        key: of an index, the index itself.
        order: where it stands in a product: data first, then arguments, then what was computed.
    """

    kind: str
    parts: tuple[Formula, ...] = ()
    label: Any = ""
    shape: tuple[int, ...] = ()
    identity: Any = None
    value: Any = dataclasses.field(default=None, compare=False)
    key: Any = dataclasses.field(default=None, compare=False)
    order: float = dataclasses.field(default=0, compare=False)

    def leaves(self) -> Iterator[Formula]:
        """List what it is made of, from left to right, as often as each stands in it."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def size(self) -> int:
        """Count its leaves."""
        return sum(1 for _ in self.leaves())


def leaf(name: str, value: Any, order: float = 0, identity: Any = None) -> Formula:
    """Stand for a value under its name; ``identity`` tells values apart that share a name."""
    return Formula("leaf", (), name, np.shape(value), identity, value, order=order)


def number(value: Any) -> Formula:
    """Stand for a number that was written in the code, or that came of simplifying."""
    return Formula("number", label=value, value=value)


def ones(shape: tuple[int, ...]) -> Formula:
    """Stand for an array of ones, which repeats what it is multiplied with."""
    if shape == ():
        return number(1)
    return Formula("ones", shape=shape, value=np.ones(shape), order=float("inf"))


def identity_of(x: Any) -> Any:
    """Give what two values have in common if and only if they are the same; it can be hashed."""
    if isinstance(x, np.ndarray):
        return x.shape, x.dtype.str, x.tobytes()
    if isinstance(x, (list, tuple)):
        return tuple(map(identity_of, x))
    return repr(x)
