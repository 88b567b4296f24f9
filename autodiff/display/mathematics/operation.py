"""The operation of a box in a picture, as in formulas: ``· 2``, ``a − b``, ``a²``, ``Σ``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.typing import Array
from autodiff.display.mathematics.formula import Formula, leaf
from autodiff.display.mathematics.reading import as_call, constant, read_step
from autodiff.display.mathematics.words import index_text, shortened
from autodiff.display.mathematics.writing import label_text

__all__ = ["is_symmetric", "operation"]

_TOO_SMALL = re.compile("[·ᵀ⁰¹²³⁴⁵⁶⁷⁸⁹]+")  # to be read on its own: a · b, a²
_BLANK = "□"  # an operand that only its arrow shows
_SYMMETRIC = {
    "add", "multiply", "maximum", "minimum", "fmax", "fmin", "logaddexp", "hypot", "equal",
    "not_equal", "logical_and", "logical_or", "bitwise_and", "bitwise_or", "scatter",
}  # fmt: skip
_LONGEST, _MOST_OPERANDS = 28, 6


def operation(node: Node, letters: Mapping[int, str]) -> str:
    """Write the operation of a Node as its formula: ``· 2``, ``a − b``, ``Σ(·, axis 0)``.

    Args:
        node: a Node with a primitive.
        letters: the names of its inputs, by position, if their order is relevant. An input without
            a name is left out, since its arrow shows it; numbers are always written.
    """
    primitive: Any = node.primitive
    if len(node.inputs) > _MOST_OPERANDS:
        return f"{primitive.name} of {len(node.inputs)}"
    if primitive.name == "argument":
        return ""
    if primitive.name in ("getitem", "setitem"):  # traced positions are among the operands
        verb = letters.get(0, "") if primitive.name == "getitem" else "write "
        return shortened(f"{verb}[{index_text(node.options['index'])}]", _LONGEST)
    if primitive.name == "part":
        return f"{letters.get(0, '')}[{node.options['number']}]"
    operands = [_operand(x, letters.get(i, _BLANK), i) for i, x in enumerate(node.inputs)]
    formula = read_step(node, operands, as_written=True)
    written = label_text(formula)
    if formula in operands or not all(map(written.count, _names(operands))):
        written = label_text(as_call(node, operands))  # there is no mathematical notation for it
    return shortened(_remove_blanks(written), _LONGEST)


def is_symmetric(node: Node) -> bool:
    """Return whether the order of the inputs is irrelevant, so that arrows need no labels."""
    return node.primitive.name in _SYMMETRIC


def _operand(x: Node | Array, letter: str, position: int) -> Formula:
    """Return an operand of unknown value; its position distinguishes it from other blanks."""
    if type(x) is Node:
        shape = () if isinstance(x.value, tuple) else np.shape(x.value)
        return Formula("leaf", (), letter, shape, position)
    return leaf(letter, x, identity=position) if x is None or np.ndim(x) else constant(x)


def _names(operands: list[Formula]) -> set[str]:
    return {x.label for x in operands if x.kind == "leaf"}


def _remove_blanks(written: str) -> str:
    """Remove blanks at the ends and parentheses around a blank: ``exp(□)`` becomes ``exp``."""
    if written.startswith("(") and written.endswith(")") and written.count("(") == 1:
        written = written[1:-1]  # a relation
    if written.endswith(f"({_BLANK})"):
        written = written.removesuffix(f"({_BLANK})")
    short = written.removeprefix(_BLANK).removesuffix(_BLANK).strip()
    if not _TOO_SMALL.fullmatch(short):
        return short.replace(_BLANK, "·")
    for letter in "ab":
        written = written.replace(_BLANK, letter, 1)
    return written
