"""Dropout: during training, some inputs are set to zero at random (Srivastava et al. 2014)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from nn import random
from nn.layers.base import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.arguments import Shape
    from nn.layers.weight import Array


class Dropout(Layer):
    """Zero a share of the inputs and scale up the rest, so that the expected sum stays.

    Outside training the inputs pass as they are.

    Args:
        rate: the share that is zeroed, from 0 to 1.
        noise_shape: the shape of the random mask; an axis of 1 shares it along that axis, None
            stands for the length of the inputs.
        seed: fixes the sequence of masks.
        options: what every `Layer` takes.

    >>> layer = Dropout(0.5, seed=1)
    >>> layer(np.ones((1, 4)))
    array([[1., 1., 1., 1.]], dtype=float32)
    >>> sorted(set(layer(np.ones((10, 10)), training=True).ravel().tolist()))
    [0.0, 2.0]
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if not 0 <= rate <= 1:
            raise ValueError(
                f"Dropout expects a rate between 0 and 1, got {rate!r}. "
                "Write the share of the inputs to zero, such as 0.2."
            )
        self.rate = float(rate)
        self.noise_shape = noise_shape
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
        """The shape of the inputs."""
        return input_shape

    def _scale(self) -> float:
        return 1 / (1 - self.rate) if self.rate < 1 else 0.0

    def _mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.noise_shape is None:
            return shape
        if len(self.noise_shape) != len(shape):
            raise ValueError(
                f"layer {self.name!r} expects a noise_shape with as many axes as its inputs, which "
                f"have the shape {shape}, got {tuple(self.noise_shape)}. Write None for an axis "
                "that is like the inputs', 1 for one that shares the mask."
            )
        return tuple(n if m is None else m for n, m in zip(shape, self.noise_shape, strict=True))
