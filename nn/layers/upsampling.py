"""Layers that enlarge images by whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_data_format, one_of
from nn.layers.spatial import Spatial
from nn.numbers import whole
from nn.resampling import METHODS, along, cast_back, matrix


class _UpSampling(Spatial):
    """The base class of layers that repeat the entries of images."""

    size: Any

    def _all(self) -> Any:
        return (self.size,) if self.rank == 1 else self.size

    def call(self, inputs: Array) -> Array:
        """Repeat along each axis."""
        for axis, times in enumerate(self._all()):
            if times > 1:
                inputs = np.repeat(inputs, times, axis=self.first + axis)
        return inputs

    def length(self, axis: int, length: int) -> int:
        """Return the new length of an axis."""
        times: int = self._all()[axis]
        return length * times


class UpSampling1D(_UpSampling):
    """Repeat each step of sequences, (rows, steps, channels), ``size`` times.

    >>> UpSampling1D(2)([[[5], [6]]]).ravel()
    array([5., 5., 6., 6.], dtype=float32)
    """

    rank = 1

    def __init__(self, size: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.size = whole("size", size)


class UpSampling2D(_UpSampling):
    """Enlarge images, (rows, height, width, channels), by repeating pixels or between them.

    Args:
        size: how many times as long each axis becomes; one number for both.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        interpolation: ``'nearest'`` to repeat pixels; ``'bilinear'``, ``'bicubic'``,
            ``'lanczos3'`` or ``'lanczos5'`` to interpolate between them.
        options: those of every `Layer`.

    >>> UpSampling2D(2)(np.zeros((1, 3, 4, 1))).shape
    (1, 6, 8, 1)
    """

    rank = 2

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.built = True
        self.data_format = as_data_format(data_format)
        self.size = _times("size", size, 2)
        self.interpolation = one_of("interpolation", interpolation, METHODS)

    def call(self, inputs: Array) -> Array:
        """Enlarge the images."""
        if self.interpolation == "nearest":
            return super().call(inputs)
        x = inputs
        for axis, times in enumerate(self.size):
            at = self.first + axis
            length = x.shape[at]
            x = along(x, matrix(self.interpolation, length, length * times), at)
        return cast_back(x, inputs.dtype)


class UpSampling3D(_UpSampling):
    """Repeat the entries of volumes, (rows, depth, height, width, channels).

    >>> UpSampling3D(2)(np.zeros((1, 2, 3, 4, 1))).shape
    (1, 4, 6, 8, 1)
    """

    rank = 3

    def __init__(
        self, size: Any = (2, 2, 2), data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.built = True
        self.data_format = as_data_format(data_format)
        self.size = _times("size", size, 3)


def _times(name: str, value: Any, rank: int) -> tuple[int, ...]:
    values = [value] * rank if hasattr(value, "__index__") else list(value)
    if len(values) != rank:
        raise ValueError(
            f"expected {name} to be one number or {rank} of them, got {value!r}. Write {name}=2, "
            f"for example."
        )
    return tuple(whole(name, n) for n in values)
