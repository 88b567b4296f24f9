"""Formulas: mathematical expressions as trees, to be simplified and written.

A Formula describes what was computed from what: a tree of a few kinds of nodes, most of them a
neutral form of a NumPy operation. ``algebra.py`` builds and simplifies them, ``reading.py`` makes
them from a graph, ``writing.py`` writes them as text and as LaTeX.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.core.typing import Array

__all__ = ["TURNS", "Formula", "identity_of", "leaf", "number", "ones"]


@dataclasses.dataclass(frozen=True)
class Formula:
    """A mathematical expression.

    Attributes:
        kind: ``leaf``, ``number``, ``ones``, ``slope``, ``sum``, ``product``, ``power``,
            ``raised``, ``matmul``, ``transpose``, ``total``, ``index``, ``at``, ``where``,
            ``relation``, ``stack``, ``sign`` or ``call``.
        parts: the operands.
        label: of a number the number, of a leaf its name, of a power its exponent, of a total its
            axis, of an index its text, of a relation its sign, of a call its name and options, of
            a sign its notation, of a slope the name of the result and the formula of the value.
        shape: the shape of its value.
        identity: distinguishes formulas that have the same text.
        value: its value, where known; always for leaves, slopes and relations.
        key: of an index, the index itself.
        order: its position in a product: data first, then arguments, then computed values.
    """

    kind: str
    parts: tuple[Formula, ...] = ()
    label: Any = ""
    shape: tuple[int, ...] = ()
    identity: Any = None
    value: Array = dataclasses.field(default=None, compare=False)
    key: Any = dataclasses.field(default=None, compare=False)
    order: float = dataclasses.field(default=0, compare=False)

    def __hash__(self) -> int:
        """Hash what is compared; once, since formulas are large and hashed often."""
        found: int | None = self.__dict__.get("_hash")
        if found is None:
            found = hash((self.kind, self.parts, self.label, self.shape, self.identity))
            object.__setattr__(self, "_hash", found)
        return found

    def leaves(self) -> Iterator[Formula]:
        """Yield its leaves from left to right, each as often as it occurs."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def size(self) -> int:
        """Return the number of leaves."""
        return sum(1 for _ in self.leaves())


def leaf(name: str, value: Array, order: float = 0, identity: Any = None) -> Formula:
    """Create a leaf for a named value; ``identity`` distinguishes values that share a name."""
    shape = () if isinstance(value, tuple) else np.shape(value)  # several results
    return Formula("leaf", (), name, shape, identity, value, order=order)


def number(value: Array) -> Formula:
    """Create a formula for a number from the code or from a simplification."""
    return Formula("number", label=value, value=value)


def ones(shape: tuple[int, ...]) -> Formula:
    """Create an array of ones, which broadcasts the other factors."""
    if shape == ():
        return number(1)
    return Formula("ones", shape=shape, value=np.ones(shape), order=float("inf"))


def identity_of(x: Any) -> Any:
    """Return a hashable key that is equal for two values if and only if they are the same."""
    if isinstance(x, np.ndarray):
        return x.shape, x.dtype.str, x.tobytes()
    if isinstance(x, (list, tuple)):
        return tuple(map(identity_of, x))
    return repr(x)


# The indices that make a column or a row of a vector, by their identities.
TURNS = {
    identity_of((slice(None), None)): "col",
    identity_of((None, slice(None))): "row",
}
