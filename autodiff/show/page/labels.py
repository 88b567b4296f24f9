"""What the values of a page are called, and how each was computed, in symbols."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.graph import Node
from autodiff.show.folding import Block
from autodiff.show.formula import Formula, leaf
from autodiff.show.reading import constant, read_step
from autodiff.show.telling import names_of
from autodiff.show.working import Working
from autodiff.show.writing import text

__all__ = ["Label", "label_of_block", "labels_of"]

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
    names = _told_apart(names_of(working), working)
    count = 0
    for node in working.nodes:
        name = names.get(node)
        if node in working.starts or node.primitive is None:
            count += name is None
            labels[node] = Label(name or f"v{_lowered(count)}")
        else:
            operands = [_operand(x, formulas, working) for x in node.inputs]
            formula = read_step(node, operands)
            expression = text(formula)
            if name is None and len(expression) <= _LONGEST_NAME:
                labels[node] = Label(expression, "", _template(node))
                formulas[node] = formula
                continue
            count += name is None
            labels[node] = Label(
                name or f"v{_lowered(count)}", _shortened(expression), _template(node)
            )
        formulas[node] = leaf(labels[node].name, node.value)
    return labels


def _told_apart(names: Mapping[Node, str], working: Working) -> dict[Node, str]:
    """Number the values that had the same name one after the other: ``h₁``, ``h₂``."""
    named = [node for node in working.nodes if node in names]
    total = Counter(names[node] for node in named)
    met: Counter[str] = Counter()
    found = {}
    for node in named:
        name = names[node]
        met[name] += 1
        is_alone = total[name] == 1 or node in working.starts
        found[node] = name if is_alone else name + _lowered(met[name])
    return found


def label_of_block(block: Block) -> Label:
    """Name several steps that are shown as one: ``Dense 50 relu ×2``."""
    title = " · ".join(block.titles) + (f" ×{block.count}" if block.count > 1 else "")
    return Label(_shortened(title), f"{len(block.nodes):,} steps")


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


def _lowered(count: int) -> str:
    return str(count).translate(_SMALL_DIGITS)


def _shortened(expression: str) -> str:
    return expression if len(expression) <= _LONGEST else expression[: _LONGEST - 1] + "…"
