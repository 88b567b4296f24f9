"""Adaptive pooling: to a given number of parts along each axis, whatever its length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from autodiff import Array
from nn.argument_checks import as_data_format
from nn.layers.base import Layer
from nn.layers.shapes import check_axes
from nn.numbers import whole
from nn.resampling import largest, means

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class _AdaptivePooling(Layer):
    """The base class of adaptive pooling layers.

    Where a length isn't a multiple of the number of parts, neighboring parts overlap by an entry.

    Args:
        output_size: the number of parts along each axis; one number for all.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        options: those of every `Layer`.
    """

    casts_integers = True
    rank: ClassVar[int]

    def __init__(self, output_size: Any, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        sizes = output_size if isinstance(output_size, list | tuple) else [output_size] * self.rank
        if len(sizes) != self.rank:
            raise ValueError(
                f"{type(self).__name__} expects output_size to be one number or {self.rank} of "
                f"them, got {output_size!r}. Write output_size=2, for example."
            )
        self.output_size = tuple(whole("output_size", n) for n in sizes)
        self.data_format = as_data_format(data_format)

    @property
    def _first(self) -> int:
        return 1 if self.data_format == "channels_last" else 2

    def pool(self, x: Array, parts: int, axis: int) -> Array:
        """Pool the parts of one axis."""
        raise NotImplementedError

    def call(self, inputs: Array) -> Array:
        """Pool axis by axis."""
        for axis, parts in enumerate(self.output_size, self._first):
            inputs = self.pool(inputs, parts, axis)
        return inputs

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the right number of axes."""
        check_axes(self.name, shape, self.rank)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        last = self._first + self.rank
        return (*input_shape[: self._first], *self.output_size, *input_shape[last:])


class _Average(_AdaptivePooling):
    def pool(self, x: Array, parts: int, axis: int) -> Array:
        return means(x, parts, axis)


class _Max(_AdaptivePooling):
    def pool(self, x: Array, parts: int, axis: int) -> Array:
        return largest(x, parts, axis)


class AdaptiveAveragePooling1D(_Average):
    """The mean of each of ``output_size`` parts of sequences, (rows, steps, channels).

    >>> AdaptiveAveragePooling1D(2)([[[1.0], [2.0], [6.0]]]).ravel()
    array([1.5, 4. ], dtype=float32)
    """

    rank = 1


class AdaptiveAveragePooling2D(_Average):
    """The mean of each of ``output_size`` parts of images, (rows, height, width, channels).

    >>> AdaptiveAveragePooling2D((2, 3)).compute_output_shape((None, 7, 8, 5))
    (None, 2, 3, 5)
    """

    rank = 2


class AdaptiveAveragePooling3D(_Average):
    """The mean of each of ``output_size`` parts of volumes.

    >>> import numpy as np
    >>> AdaptiveAveragePooling3D(2)(np.zeros((1, 5, 6, 7, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3


class AdaptiveMaxPooling1D(_Max):
    """The largest entry of each of ``output_size`` parts of sequences, (rows, steps, channels).

    >>> AdaptiveMaxPooling1D(2)([[[1.0], [2.0], [6.0]]]).ravel()
    array([2., 6.], dtype=float32)
    """

    rank = 1


class AdaptiveMaxPooling2D(_Max):
    """The largest entry of each of ``output_size`` parts of images.

    >>> import numpy as np
    >>> AdaptiveMaxPooling2D(2)(np.arange(16.0).reshape(1, 4, 4, 1)).ravel()
    array([ 5.,  7., 13., 15.], dtype=float32)
    """

    rank = 2


class AdaptiveMaxPooling3D(_Max):
    """The largest entry of each of ``output_size`` parts of volumes.

    >>> import numpy as np
    >>> AdaptiveMaxPooling3D(2)(np.zeros((1, 5, 6, 7, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3
