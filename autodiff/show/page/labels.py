"""What the values of a page are called, and how each was computed, in symbols."""

from __future__ import annotations

import dataclasses

import numpy as np

from autodiff.graph import Node
from autodiff.show.folding import Block
from autodiff.show.formula import leaf
from autodiff.show.reading import constant, read_step
from autodiff.show.referring import References
from autodiff.show.telling import block_title
from autodiff.show.writing import text

__all__ = ["Label", "label_of", "label_of_block", "shortened"]

_LONGEST = 40


@dataclasses.dataclass(frozen=True)
class Label:
    """The words for one value.

    Attributes:
        name: what it is called: by the user, else by a short expression, else by a letter.
        expression: how it was computed; empty for a start, and where it is the name already.
        template: the same with ``⟦0⟧`` in the place of the first input, and so on.
    """

    name: str
    expression: str = ""
    template: str = ""


def label_of(node: Node, references: References) -> Label:
    """Name a value as derivations do, and say how it was computed."""
    template = _template(node) if node in references.made else ""
    return Label(references.name(node), references.expression(node), template)


def label_of_block(block: Block) -> Label:
    """Name several steps that are shown as one: ``Dense 50 relu ×2 (dense, dense_1)``."""
    return Label(shortened(block_title(block)), f"{len(block.nodes):,} steps")


def _template(node: Node) -> str:
    """Write an operation with places for its inputs; numbers of the code stand in it as such."""
    places = [
        leaf(f"⟦{i}⟧", x.value if type(x) is Node else x)
        if type(x) is Node or np.ndim(x)
        else constant(x)
        for i, x in enumerate(node.inputs)
    ]
    return text(read_step(node, places, as_written=True))


def shortened(expression: str) -> str:
    """Cut what is too long for a box."""
    return expression if len(expression) <= _LONGEST else expression[: _LONGEST - 1] + "…"
