"""Spectral normalization: a layer's kernel is divided by its largest singular value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.initializers import TruncatedNormal
from nn.layers.unit_vectors import of_unit_length
from nn.layers.weight import Weight
from nn.layers.wrappers import Wrapper
from nn.numbers import whole

if TYPE_CHECKING:
    from nn.layers.base import Layer
    from nn.layers.spec import Spec


class SpectralNormalization(Wrapper):
    """Divide a layer's kernel by its largest singular value, in each training step.

    This bounds how fast outputs change with inputs, as the critic of a GAN needs it (Miyato et al.
    2018, algorithm 1). The singular value is approximated by power iterations, which continue
    from step to step. The kernel itself is overwritten, as in Keras.

    Args:
        layer: has a ``kernel``, or ``embeddings``.
        power_iterations: their number in each step.
        options: those of every `Layer`.

    >>> from nn.layers import Dense
    >>> layer = SpectralNormalization(Dense(2, kernel_initializer="ones"), power_iterations=9)
    >>> _ = layer(np.ones((1, 2)), training=True)
    >>> np.linalg.norm(layer.kernel.numpy(), 2).round(5)
    np.float32(1.0)
    """

    kernel: Weight
    vector_u: Weight

    def __init__(self, layer: Layer, power_iterations: int = 1, **options: Any) -> None:
        super().__init__(layer, **options)
        self.power_iterations = whole("power_iterations", power_iterations)

    def build(self, input_shape: Any) -> None:
        """Build the inner layer, and create the vector that power iterations start from."""
        super().build(input_shape)
        kernel = getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))
        if not isinstance(kernel, Weight):
            raise ValueError(
                f"layer {self.name!r} expects a layer with a kernel or embeddings, got "
                f"{self.layer!r}. Wrap a Dense layer or a convolution, for example."
            )
        self.kernel = kernel
        self._own_weights.append(kernel)  # it comes first, as in Keras
        start = TruncatedNormal(stddev=0.02)
        shape = (1, kernel.shape[-1])
        self.vector_u = self.add_weight(shape, start, trainable=False, name="vector_u")

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Normalize the kernel if training, and call the layer."""
        if training:
            self._normalize()
        return self.layer(inputs)

    def compute_output_spec(self, inputs: Spec, **options: Any) -> Any:
        """Return what the layer returns for the inputs."""
        return self.layer.compute_output_spec(inputs, **options)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the layer's outputs."""
        return self.layer.compute_output_shape(input_shape)

    def _normalize(self) -> None:
        """Divide the kernel by u · W · v, with unit vectors u and v; a kernel of zeros stays."""
        kernel, u = ad.stop_gradient(self.kernel.value), self.vector_u.value
        matrix = kernel.reshape(-1, kernel.shape[-1])
        for _ in range(self.power_iterations):
            v = of_unit_length(u @ matrix.T)
            u = of_unit_length(v @ matrix)
        sigma = (v @ matrix @ u.T)[0, 0]
        is_zero = np.all(kernel == 0)
        self.vector_u.assign(np.where(is_zero, self.vector_u.value, u))
        self.kernel.assign(kernel / np.where(is_zero, np.float32(1), sigma))
