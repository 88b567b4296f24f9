"""Flatten: each row becomes one axis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nn.layers.base import Layer

if TYPE_CHECKING:
    from nn.layers.arguments import Shape
    from nn.layers.weight import Array


class Flatten(Layer):
    """Lay out all numbers of a row along one axis: ``(rows, 28, 28)`` becomes ``(rows, 784)``.

    >>> Flatten()([[[1, 2], [3, 4]]])
    array([[1., 2., 3., 4.]], dtype=float32)
    """

    def call(self, inputs: Array) -> Array:
        """Reshape, keeping the rows."""
        rows, *axes = inputs.shape
        return inputs.reshape(rows, math.prod(axes))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """One axis beside the rows; None where a length is unknown."""
        lengths: list[Any] = list(input_shape[1:])
        return (None, None if None in lengths else math.prod(lengths))
