"""Idioms: what a rule computes in NumPy's way, written in that of mathematics.

``g[:, None] * x`` is the outer product ``g ⊗ x``; ``maximum(z, 0) == z`` is ``z > 0``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.evaluation import evaluated
from autodiff.display.mathematics.formula import Formula, identity_of
from autodiff.display.mathematics.substitution import rebuilt

__all__ = ["WINNERS", "with_idioms"]

_COLUMN, _ROW = identity_of((slice(None), None)), identity_of((None, slice(None)))  # of vectors
WINNERS = {"maximum": (">", np.greater), "minimum": ("<", np.less)}


def with_idioms(x: Formula, definitions: Mapping[Formula, Formula]) -> Formula:
    """Return a formula with outer products and comparisons written as such.

    Args:
        x: the formula.
        definitions: of names in it, the formulas that they were computed by.
    """
    if not x.parts:
        return x
    parts = [with_idioms(part, definitions) for part in x.parts]
    if any(new is not old for new, old in zip(parts, x.parts, strict=True)):
        x = rebuilt(x, parts)
    if x.kind == "product" and len(x.shape) == 2:
        return _outer(x) or x
    if x.kind == "relation" and x.label == "=":
        return _comparison(x, definitions) or x
    return x


def _outer(x: Formula) -> Formula | None:
    """Return a product of columns and rows as the outer product of two vectors."""
    scalars, columns, rows = [], [], []
    for factor in x.parts:
        if factor.shape == ():
            scalars.append(factor)
        elif factor.kind != "ones" and (column := _vector(factor, _is_column)) is not None:
            columns.append(column)
        elif factor.kind != "ones" and (row := _vector(factor, _is_row)) is not None:
            rows.append(row)
        else:
            return None
    if not columns or not rows:
        return None
    u, v = algebra.product(*columns), algebra.product(*rows)
    if x.shape != u.shape + v.shape:
        return None
    return algebra.product(*scalars, algebra.outer(u, v, x.shape))


def _vector(x: Formula, is_turned: Callable[[Formula], bool]) -> Formula | None:
    """Return the vector that a column or row was made of; None if it isn't one."""
    if x.kind == "index" and is_turned(x):
        return x.parts[0]
    if is_turned is _is_row and len(x.shape) == 1:
        return x
    if x.kind not in ("sum", "product", "power"):
        return None
    parts = [part if part.shape == () else _vector(part, is_turned) for part in x.parts]
    known = [part for part in parts if part is not None]
    return rebuilt(x, known) if len(known) == len(parts) else None


def _is_column(x: Formula) -> bool:
    return x.kind == "index" and len(x.parts[0].shape) == 1 and x.identity == _COLUMN


def _is_row(x: Formula) -> bool:
    return x.kind == "index" and len(x.parts[0].shape) == 1 and x.identity == _ROW


def _comparison(x: Formula, definitions: Mapping[Formula, Formula]) -> Formula | None:
    """Return the comparison by which an operand is the larger one, or the smaller one."""
    for whole, one in (x.parts, x.parts[::-1]):
        found = definitions.get(whole, whole)
        if found.kind != "call" or found.label not in [(name, "") for name in WINNERS]:
            continue
        if one not in found.parts or len(found.parts) != 2:
            continue
        other = found.parts[found.parts[0] == one]
        sign, compare = WINNERS[found.label[0]]
        if np.array_equal(compare(evaluated(one), evaluated(other)), x.value):
            return algebra.relation(sign, one, other, x.value)
    return None
