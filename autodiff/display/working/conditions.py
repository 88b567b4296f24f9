"""The choices that a computation made, as conditions under which its formulas hold: ``x > 0``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from autodiff.core.graph import Node, ancestors
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.formula import Formula
from autodiff.display.mathematics.idioms import WINNERS
from autodiff.display.mathematics.notation import TEXT
from autodiff.display.mathematics.reading import read
from autodiff.display.mathematics.symbols import node_of
from autodiff.display.mathematics.writing import statement
from autodiff.display.working.references import References
from autodiff.display.working.working import Decision, Working
from autodiff.rules.selecting import where

__all__ = ["Choice", "choices_of", "conditions_of", "conditions_text"]

_MOST = 4  # conditions that are listed


class Choice(NamedTuple):
    """A choice between two ways to go on.

    Attributes:
        relation: what held, ``x > 0``; of arrays, the condition itself, which holds for some
            entries.
        condition: True or False for each entry; a Node if it was computed from the arguments.
    """

    relation: Formula
    condition: Node | Array


def conditions_text(working: Working, references: References) -> str:
    """Write the conditions as text, the first few: ``while x > 0 and y ≤ 1``; "" for none."""
    found = [statement(condition, TEXT) for condition in conditions_of(working, references)]
    more = [f"{len(found) - _MOST} more choices"] if len(found) > _MOST else []
    return f"while {' and '.join([*found[:_MOST], *more])}" if found else ""


def conditions_of(working: Working, references: References) -> list[Formula]:
    """List the conditions that decided what was computed, as relations that hold.

    They are those of Python's ``if`` and ``max``, of ``np.where`` and of ``np.maximum``, for single
    numbers; of arrays, the condition is part of the formulas.
    """
    choices = choices_of(working, references)
    return [choice.relation for choice in choices if choice.relation.shape == ()]


def choices_of(working: Working, references: References) -> list[Choice]:
    """List the choices that decided what was computed, of arrays too; each condition once."""
    found: dict[Formula, Choice] = {}
    for choice in (*_decided(working, references), *_chosen(working, references)):
        found.setdefault(choice.relation, choice)
    return list(found.values())


def _decided(working: Working, references: References) -> Iterator[Choice]:
    """Yield Python's choices."""
    by_order = {node.order: node for node in working.nodes}
    for decision in working.decisions:
        if decision.how != "__bool__":
            continue
        known = {
            node: _formula(by_order[node.order], decision, working, references)
            for node in ancestors([decision.node])
            if node.order in by_order
        }
        condition = read(decision.node, known, references.of)
        yield Choice(_as_relation(condition, decision.node.value), decision.node)


def _formula(node: Node, decision: Decision, working: Working, references: References) -> Formula:
    """Return what refers to a value; its definition if it was computed in the line of a choice.

    In ``hidden = max(0, w * x)``, the name stands for what was chosen.
    """
    line = working.lines.get(node)
    if node in references.definitions and line is not None and str(line) == decision.place:
        return references.definitions[node]
    return references.by_node[node]


def _chosen(working: Working, references: References) -> Iterator[Choice]:
    """Yield NumPy's choices between two numbers, or for each entry of arrays."""
    for node in working.nodes:
        if isinstance(node.value, tuple) or references.is_start(node):
            continue
        if node.primitive is where:
            condition = node.inputs[0]
            value = condition.value if isinstance(condition, Node) else condition
            relation = references.of(condition)
            yield Choice(
                _as_relation(relation, value) if np.ndim(value) == 0 else relation, condition
            )
        elif node.primitive.name in WINNERS:
            x, y = node.inputs if isinstance(node.inputs[0], Node) else node.inputs[::-1]
            a, b = (z.value if isinstance(z, Node) else z for z in (x, y))
            if np.any(a != b):
                is_more = a > b if np.ndim(node.value) == 0 else True
                sign, compare = (">", np.greater) if is_more else ("<", np.less)
                condition = node_of(compare(*map(_operand, (x, y))))
                holds = condition.value if isinstance(condition, Node) else condition
                relation = algebra.relation(sign, references.of(x), references.of(y), holds)
                yield Choice(relation, condition)


def _operand(x: Node | Array) -> Array:
    return Tensor(x) if isinstance(x, Node) else x


def _as_relation(x: Formula, value: Array) -> Formula:
    """Return a condition as a relation that holds."""
    if x.kind == "relation" and x.label not in ("and", "or"):
        return x if np.all(value) else algebra.opposite(x)
    return algebra.relation("≠" if np.all(value) else "=", x, algebra.ZERO, np.True_)
