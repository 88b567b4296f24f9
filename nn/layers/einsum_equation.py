"""Equations of Einstein sums of inputs with a kernel, such as ``"abc,cd->abd"``."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from autodiff import Array

if TYPE_CHECKING:
    from nn.layers.shapes import Shape

_FORMS = (
    r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)",
    r"\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)",
    r"([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.",
)


@dataclass(frozen=True)
class EinsumEquation:
    """An equation for inputs of a known rank; each axis has a letter, those of an ellipsis too.

    Attributes:
        inputs: the letters of the inputs.
        kernel: those of the kernel.
        outputs: those of the outputs.
        given: the places in the outputs of axes whose lengths the user gives.

    >>> EinsumEquation.of("...x,xy->...y", 3)
    EinsumEquation(inputs='ABx', kernel='xy', outputs='ABy', given=range(2, 3))
    """

    inputs: str
    kernel: str
    outputs: str
    given: range

    @classmethod
    def of(cls, equation: str, rank: int) -> EinsumEquation:
        """Read an equation for inputs of this rank.

        Raises:
            ValueError: it has another form, or doesn't fit the rank.
        """
        matches = [re.fullmatch(form, equation) for form in _FORMS]
        found = next(filter(None, matches), None)
        if found is None:
            raise ValueError(
                "expected an equation such as 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...', "
                f"got {equation!r}. Write one letter for each axis: of the inputs, of the kernel, "
                "and of the outputs."
            )
        inputs, kernel, outputs = found.groups()
        more = rank - len(inputs)
        if more < 0 or (more and matches[0]):
            raise ValueError(
                f"expected inputs of {len(inputs)} axes for the equation {equation!r}, got {rank}. "
                "Write one letter for each axis, or '...' for any number of them."
            )
        free = (letter for letter in string.ascii_uppercase if letter not in equation)
        elided = "".join(letter for letter, _ in zip(free, range(more), strict=False))
        if matches[2]:
            return cls(inputs + elided, kernel, outputs + elided, range(1, len(outputs)))
        given = range(more or 1, more + len(outputs))
        return cls(elided + inputs, kernel, elided + outputs, given)

    def input_axes(self) -> list[int]:
        """Return the axes of the kernel that are summed over."""
        return [i for i, letter in enumerate(self.kernel) if letter not in self.outputs]

    def output_axes(self) -> list[int]:
        """Return the axes of the kernel that the outputs have."""
        return [i for i, letter in enumerate(self.kernel) if letter in self.outputs]

    def output_shape(self, input_shape: Shape, given: Shape) -> Shape:
        """Return the shape of the outputs, from that of the inputs and the given lengths.

        Raises:
            ValueError: the number of these, or one of them, doesn't fit the inputs.
        """
        lengths = dict(zip(self.inputs, input_shape, strict=True))
        found = [lengths.get(letter) for letter in self.outputs]
        places = range(self.given.start, len(self.outputs))  # with those of '...' at the end
        pairs = list(zip(places, given, strict=False))
        differ = any(None not in (n, found[i]) and n != found[i] for i, n in pairs)
        if len(given) not in (len(self.given), len(places)) or differ:
            letters = "".join(self.outputs[i] for i in self.given)
            raise ValueError(
                f"expected output_shape to have the lengths of the axes {letters!r}, the same as "
                f"in the inputs, got {given} for inputs of shape {input_shape} and axes "
                f"{self.inputs!r}. Write None for a length that is that of the inputs."
            )
        for i, n in pairs:
            found[i] = n
        return tuple(found)

    def apply(self, inputs: Array, kernel: Array) -> Array:
        """Return the sum: one matrix product where each letter is in two of the three."""
        kept = [letter for letter in self.inputs if letter in self.outputs]
        new = [letter for letter in self.kernel if letter in self.outputs]
        summed = [letter for letter in self.inputs if letter not in kept]
        is_product = sorted(kept + new) == sorted(self.outputs) and all(
            letter in self.kernel for letter in summed
        )
        if not is_product or len(set(self.inputs + self.kernel)) < len(kept + new + summed):
            return np.einsum(f"{self.inputs},{self.kernel}->{self.outputs}", inputs, kernel)
        axes = ([self.inputs.index(x) for x in summed], [self.kernel.index(x) for x in summed])
        product = np.tensordot(inputs, kernel, axes)
        order = [(kept + new).index(letter) for letter in self.outputs]
        return product if order == sorted(order) else np.transpose(product, order)
