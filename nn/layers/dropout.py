"""Dropout: during training, some inputs are set to zero at random (Srivastava et al. 2014)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import random
from nn.layers.base import Layer
from nn.layers.noise_shape import NoiseShape, checked_noise_shape, mask_shape
from nn.numbers import fraction

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class Dropout(Layer):
    """Set a fraction of the inputs to 0 and scale the others by ``1 / (1 - rate)``.

    So the expected sum stays the same. Outside training the inputs are returned unchanged.

    Args:
        rate: the fraction that is set to 0, from 0 to 1.
        noise_shape: the shape of the random mask; with 1 an axis shares the mask, None stands for
            the length of the inputs.
        seed: makes the sequence of masks repeatable.
        options: those of every `Layer`.

    >>> layer = Dropout(0.5, seed=1)
    >>> layer(np.ones((1, 4)))
    array([[1., 1., 1., 1.]], dtype=float32)
    >>> sorted(set(layer(np.ones((10, 10)), training=True).ravel().tolist()))
    [0.0, 2.0]
    """

    casts_integers = True

    def __init__(
        self,
        rate: float,
        noise_shape: NoiseShape = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.built = True
        self.supports_masking = True
        self.rate = fraction("rate", rate)
        self.noise_shape = checked_noise_shape(type(self), noise_shape)
        self.seed = seed
        self._generator = random.generator(seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Multiply by a mask of zeros and ``1 / (1 - rate)`` during training."""
        if not training or self.rate == 0:
            return inputs
        shape = self._mask_shape(inputs.shape)
        kept = ad.sample(self._generator.random, shape, dtype=np.float32) >= self.rate
        return inputs * (kept.astype(np.float32) * self._scale())

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def _scale(self) -> float:
        return 1 / (1 - self.rate) if self.rate < 1 else 0.0

    def _mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return mask_shape(self.name, self.noise_shape, shape)
