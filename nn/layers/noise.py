"""Layers of random noise, active during training only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import random
from nn.argument_checks import as_data_format
from nn.layers.base import Layer
from nn.layers.dropout import Dropout
from nn.layers.noise_shape import NoiseShape, checked_noise_shape, mask_shape
from nn.layers.shapes import check_axes
from nn.numbers import at_least_zero, below_one

if TYPE_CHECKING:
    from nn.layers.shapes import Shape

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


class _Noise(Layer):
    """The base class of layers that draw random numbers of the shape of their inputs."""

    casts_integers = True

    def __init__(self, seed: int | None, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.supports_masking = True
        self.seed = seed
        self._generator = random.generator(seed)

    def normal(self, shape: tuple[int, ...]) -> Array:
        """Draw from the standard normal distribution."""
        return ad.sample(self._generator.standard_normal, shape, dtype=np.float32)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape


class GaussianNoise(_Noise):
    """Add normal noise of mean 0 and a standard deviation.

    Args:
        stddev: the standard deviation.
        seed: makes the sequence of draws repeatable.
        options: those of every `Layer`.

    >>> GaussianNoise(0.1)([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.stddev = at_least_zero("stddev", stddev)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Add the noise during training."""
        if not training or self.stddev == 0:
            return inputs
        return inputs + self.stddev * self.normal(inputs.shape)


class GaussianDropout(_Noise):
    """Multiply by normal noise of mean 1 and variance ``rate / (1 - rate)``.

    Srivastava et al. 2014, section 10.

    Args:
        rate: the fraction that `Dropout` would set to 0; from 0 to below 1.
        seed: makes the sequence of draws repeatable.
        options: those of every `Layer`.

    >>> layer = GaussianDropout(0.5, seed=1)
    >>> layer(np.ones((1, 3))), layer(np.ones((1, 3)), training=True).shape
    (array([[1., 1., 1.]], dtype=float32), (1, 3))
    """

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.rate = below_one("rate", rate)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Multiply by the noise during training."""
        if not training or self.rate == 0:
            return inputs
        stddev = float(np.sqrt(self.rate / (1 - self.rate)))
        return inputs * (1.0 + stddev * self.normal(inputs.shape))


class AlphaDropout(_Noise):
    """Dropout that keeps mean and variance of inputs that selu made (Klambauer et al. 2017).

    Args:
        rate: the fraction that is set to the negative limit of selu; from 0 to below 1.
        noise_shape: the shape of the random mask; None stands for the length of the inputs.
        seed: makes the sequence of draws repeatable.
        options: those of every `Layer`.

    >>> layer = AlphaDropout(0.5, seed=1)
    >>> layer(np.ones((1, 3))), layer(np.ones((1, 3)), training=True).shape
    (array([[1., 1., 1.]], dtype=float32), (1, 3))
    """

    def __init__(
        self, rate: float, noise_shape: NoiseShape = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(seed, **options)
        self.rate = below_one("rate", rate)
        self.noise_shape = checked_noise_shape(type(self), noise_shape)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Replace a fraction of the inputs during training."""
        if not training or self.rate == 0:
            return inputs
        shape = mask_shape(self.name, self.noise_shape, inputs.shape)
        limit = -SELU_ALPHA * SELU_SCALE
        kept = ad.sample(self._generator.random, shape, dtype=np.float32) >= self.rate
        a = float(((1 - self.rate) * (1 + self.rate * limit**2)) ** -0.5)
        b = -a * limit * self.rate
        return a * np.where(kept, inputs, np.float32(limit)) + b


class _SpatialDropout(Dropout):
    """The base class of dropouts that drop whole channels.

    Args:
        rate: the fraction of the channels that is set to 0.
        seed: makes the sequence of masks repeatable.
        options: those of every `Layer`.
    """

    left_out_by_keras = ("noise_shape", "trainable")
    rank: ClassVar[int]

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(rate, seed=seed, **options)

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the right number of axes."""
        check_axes(self.name, shape, self.rank)

    def _mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if getattr(self, "data_format", "channels_last") == "channels_first":
            return (*shape[:2], *(1 for _ in range(self.rank)))
        return (shape[0], *(1 for _ in range(self.rank)), shape[-1])


class SpatialDropout1D(_SpatialDropout):
    """Drop whole channels of sequences, (rows, steps, channels) (Tompson et al. 2014).

    >>> dropped = SpatialDropout1D(0.5, seed=1)(np.ones((1, 4, 3)), training=True)
    >>> bool((dropped == dropped[:, :1]).all())  # of a channel, all steps or none
    True
    """

    rank = 1


class SpatialDropout2D(_SpatialDropout):
    """Drop whole channels of images, (rows, height, width, channels) (Tompson et al. 2014).

    >>> dropped = SpatialDropout2D(0.5, seed=1)(np.ones((1, 4, 4, 3)), training=True)
    >>> bool((dropped == dropped[:, :1, :1]).all())  # of a channel, all pixels or none
    True
    """

    rank = 2

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(rate, seed, **options)
        self.data_format = as_data_format(data_format)


class SpatialDropout3D(_SpatialDropout):
    """Drop whole channels of volumes, (rows, depth, height, width, channels).

    >>> dropped = SpatialDropout3D(0.5, seed=1)(np.ones((1, 2, 2, 2, 3)), training=True)
    >>> bool((dropped == dropped[:, :1, :1, :1]).all())  # of a channel, all entries or none
    True
    """

    rank = 3

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(rate, seed, **options)
        self.data_format = as_data_format(data_format)
