"""The labels of the values of a page: names, and formulas of how they were computed."""

from __future__ import annotations

import dataclasses

import numpy as np

from autodiff.core.graph import Node
from autodiff.display.mathematics.formula import leaf
from autodiff.display.mathematics.reading import constant, read_step
from autodiff.display.mathematics.words import shortened
from autodiff.display.mathematics.writing import text
from autodiff.display.picture.descriptions import block_title
from autodiff.display.picture.folding import Block
from autodiff.display.working.references import References

__all__ = ["LONGEST", "Label", "label_of", "label_of_block"]

LONGEST = 40


@dataclasses.dataclass(frozen=True)
class Label:
    """The label of one value.

    Attributes:
        name: the user's name, else a short expression, else a letter.
        expression: how it was computed; empty for a start, and if it is the name.
        template: the expression with ``⟦0⟧`` in place of the first input, and so on.
    """

    name: str
    expression: str = ""
    template: str = ""


def label_of(node: Node, references: References) -> Label:
    """Return the label of a value, with the name that derivations use."""
    template = _template(node) if node in references.definitions else ""
    return Label(references.name(node), references.expression(node), template)


def label_of_block(block: Block) -> Label:
    """Return the label of a block of steps: ``Dense 50 relu ×2 (dense, dense_1)``."""
    return Label(shortened(block_title(block), LONGEST), f"{len(block.nodes):,} steps")


def _template(node: Node) -> str:
    """Write an operation with placeholders for its inputs; numbers in the code are written out."""
    places = [
        leaf(f"⟦{i}⟧", x.value if type(x) is Node else x)
        if type(x) is Node or np.ndim(x)
        else constant(x)
        for i, x in enumerate(node.inputs)
    ]
    return text(read_step(node, places, as_written=True))
