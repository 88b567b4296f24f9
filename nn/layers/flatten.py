"""Flatten: the axes of each row become one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from autodiff import Array
from nn.layers.base import Layer

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class Flatten(Layer):
    """Flatten each row to one axis: ``(rows, 28, 28)`` becomes ``(rows, 784)``.

    >>> Flatten()([[[1, 2], [3, 4]]])
    array([[1., 2., 3., 4.]], dtype=float32)
    """

    written_by_keras: ClassVar = {"data_format": "channels_last"}

    def call(self, inputs: Array) -> Array:
        """Reshape, keeping the rows."""
        rows, *axes = inputs.shape
        return inputs.reshape(rows, math.prod(axes))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return two axes: the rows, and all others as one; None where a length is unknown."""
        lengths: list[Any] = list(input_shape[1:])
        return (input_shape[0], None if None in lengths else math.prod(lengths))
