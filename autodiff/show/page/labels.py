"""What the values of a page are called, and how each was computed, in symbols."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from autodiff.graph import Node
from autodiff.show.formula import Formula, leaf
from autodiff.show.reading import constant, read_step
from autodiff.show.working import Working
from autodiff.show.writing import text

__all__ = ["Label", "labels_of"]

_LONGEST_NAME, _LONGEST = 18, 40
_SMALL_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclasses.dataclass(frozen=True)
class Label:
    """The words for one value.

    Attributes:
        name: what it is called: by the user, else by a short expression, else ``v₃``.
        expression: how it was computed from named values; empty for a start.
        template: the same with ``⟦0⟧`` in the place of the first input, and so on.
    """

    name: str
    expression: str = ""
    template: str = ""


def labels_of(working: Working) -> dict[Node, Label]:
    """Name every value of a computation, the user's names first."""
    labels: dict[Node, Label] = {}
    formulas: dict[Node, Formula] = {}
    names = _result_names(working) | working.names
    count = 0
    for node in working.nodes:
        name = names.get(node)
        if node in working.starts or node.primitive is None:
            count += name is None
            labels[node] = Label(name or _numbered(count))
        else:
            operands = [_operand(x, formulas, working) for x in node.inputs]
            formula = read_step(node, operands)
            expression = text(formula)
            if name is None and len(expression) <= _LONGEST_NAME:
                labels[node] = Label(expression, "", _template(node))
                formulas[node] = formula
                continue
            count += name is None
            labels[node] = Label(name or _numbered(count), _shortened(expression), _template(node))
        formulas[node] = leaf(labels[node].name, node.value)
    return labels


def _result_names(working: Working) -> dict[Node, str]:
    if len(working.results) == 1:
        return {working.results[0]: working.subject}
    return {node: f"{working.subject} {i}" for i, node in enumerate(working.results)}


def _operand(x: Any, formulas: dict[Node, Formula], working: Working) -> Formula:
    return formulas[x] if type(x) is Node else constant(x, working.constant_name(x))


def _template(node: Node) -> str:
    """Write an operation with places for its inputs; numbers of the code stand in it as such."""
    return text(
        read_step(
            node,
            [
                leaf(f"⟦{i}⟧", x.value if type(x) is Node else x)
                if type(x) is Node or np.ndim(x)
                else constant(x)
                for i, x in enumerate(node.inputs)
            ],
        )
    )


def _numbered(count: int) -> str:
    return f"v{count}".translate(_SMALL_DIGITS)


def _shortened(expression: str) -> str:
    return expression if len(expression) <= _LONGEST else expression[: _LONGEST - 1] + "…"
