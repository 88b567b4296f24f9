"""Flatten: the axes of each row become one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_data_format
from nn.layers.base import Layer

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class Flatten(Layer):
    """Flatten each row to one axis: ``(rows, 28, 28)`` becomes ``(rows, 784)``.

    Args:
        data_format: with ``'channels_first'``, the channels come last in the result, as they do
            by default.
        options: those of every `Layer`.

    >>> Flatten()([[[1, 2], [3, 4]]])
    array([[1., 2., 3., 4.]], dtype=float32)
    """

    def __init__(self, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.data_format = as_data_format(data_format)

    def call(self, inputs: Array) -> Array:
        """Reshape, keeping the rows."""
        rows, *axes = inputs.shape
        if self.data_format == "channels_first" and len(axes) > 1:
            inputs = np.moveaxis(inputs, 1, -1)
        return inputs.reshape(rows, math.prod(axes))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return two axes: the rows, and all others as one; None where a length is unknown."""
        lengths: list[Any] = list(input_shape[1:])
        return (input_shape[0], None if None in lengths else math.prod(lengths))
