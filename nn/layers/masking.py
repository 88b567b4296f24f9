"""Masking: steps whose entries all have one value don't count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.layers.base import Layer
from nn.numbers import finite

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class Masking(Layer):
    """Mask the steps of sequences, (rows, steps, features), that equal ``mask_value`` throughout.

    Their entries become 0, and the layers that follow skip them.

    >>> Masking(mask_value=-1.0)([[[1, -1], [-1, -1]]])
    array([[[ 1., -1.],
            [ 0.,  0.]]], dtype=float32)
    """

    casts_integers = True

    def __init__(self, mask_value: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.mask_value = finite("mask_value", mask_value)
        self.supports_masking = True

    def call(self, inputs: Array) -> Array:
        """Set the masked steps to 0."""
        counts = np.any(inputs != self.mask_value, axis=-1, keepdims=True)
        return np.where(counts, inputs, 0.0)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array:  # noqa: ARG002
        """Return the steps that count."""
        return np.any(inputs != self.mask_value, axis=-1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape
