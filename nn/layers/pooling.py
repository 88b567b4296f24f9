"""Pooling layers: the largest or the mean entry of each part of an image, channel by channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_data_format
from nn.layers.attention_weights import as_bools
from nn.layers.base import Layer
from nn.layers.shapes import check_axes
from nn.layers.sliding import Sliding
from nn.windows.primitives import average_pool, max_pool

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class _Pooling(Sliding):
    """The base class of pooling layers.

    Args:
        pool_size: the lengths of the window's axes; one number for all.
        strides: the steps between places; ``pool_size`` by default.
        padding: ``'valid'``, or ``'same'`` to pool the rest of the image too.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        options: those of every `Layer`.
    """

    size_name = "pool_size"

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        strides = pool_size if strides is None else strides
        super().__init__(**options)
        self.set_window(pool_size, strides, padding, data_format)
        self.built = True

    def pool(self, x: Array) -> Array:
        """Pool images with the channels in the last axis."""
        raise NotImplementedError

    def call(self, inputs: Array) -> Array:
        """Pool each channel."""
        return self.as_given(self.pool(self.channels_last(inputs)))

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the right number of axes."""
        if len(shape) != self.rank + 2:
            self.channels_of(shape)  # which raises the error

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        axis = -1 if self.data_format == "channels_last" else 1
        return self.output_shape_for(input_shape, input_shape[axis])


class _MaxPooling(_Pooling):
    def pool(self, x: Array) -> Array:
        """Return the largest entry at each place."""
        return max_pool(x, window=self.window(x.shape[1:-1]))


class _AveragePooling(_Pooling):
    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **options)

    def pool(self, x: Array) -> Array:
        """Return the mean at each place; the padding doesn't count."""
        return average_pool(x, window=self.window(x.shape[1:-1]))


class MaxPooling1D(_MaxPooling):
    """The largest of every ``pool_size`` steps of sequences, (rows, steps, channels).

    >>> MaxPooling1D(2)([[[1], [3], [2], [0]]]).ravel()
    array([3., 2.], dtype=float32)
    """

    rank = 1


class MaxPooling2D(_MaxPooling):
    """The largest entry of each part of images, (rows, height, width, channels).

    >>> MaxPooling2D()(np.zeros((1, 28, 28, 3))).shape
    (1, 14, 14, 3)
    """

    rank = 2


class MaxPooling3D(_MaxPooling):
    """The largest entry of each part of volumes, (rows, depth, height, width, channels).

    >>> MaxPooling3D(2)(np.zeros((1, 8, 8, 8, 3))).shape
    (1, 4, 4, 4, 3)
    """

    rank = 3


class AveragePooling1D(_AveragePooling):
    """The mean of every ``pool_size`` steps of sequences, (rows, steps, channels).

    >>> AveragePooling1D(2)([[[1], [3], [2], [0]]]).ravel()
    array([2., 1.], dtype=float32)
    """

    rank = 1


class AveragePooling2D(_AveragePooling):
    """The mean of each part of images, (rows, height, width, channels).

    >>> AveragePooling2D(2)(np.arange(4.0).reshape(1, 2, 2, 1)).ravel()
    array([1.5], dtype=float32)
    """

    rank = 2


class AveragePooling3D(_AveragePooling):
    """The mean of each part of volumes, (rows, depth, height, width, channels).

    >>> AveragePooling3D(2)(np.zeros((1, 8, 8, 8, 3))).shape
    (1, 4, 4, 4, 3)
    """

    rank = 3


class _GlobalPooling(Layer):
    """The base class of pooling layers over whole images.

    Args:
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        keepdims: whether the pooled axes stay, with length 1.
        options: those of every `Layer`.
    """

    casts_integers = True
    rank: int

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.built = True
        self.data_format = as_data_format(data_format)
        self.keepdims = keepdims

    @property
    def axes(self) -> tuple[int, ...]:
        """The pooled axes."""
        first = 1 if self.data_format == "channels_last" else 2
        return tuple(range(first, first + self.rank))

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the right number of axes."""
        check_axes(self.name, shape, self.rank)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        if self.keepdims:
            return tuple(1 if i in self.axes else n for i, n in enumerate(input_shape))
        return tuple(n for i, n in enumerate(input_shape) if i not in self.axes)


class _GlobalMax(_GlobalPooling):
    def call(self, inputs: Array) -> Array:
        """Return the largest entry of each channel."""
        return np.max(inputs, axis=self.axes, keepdims=self.keepdims)


class _GlobalAverage(_GlobalPooling):
    def call(self, inputs: Array) -> Array:
        """Return the mean of each channel."""
        return np.mean(inputs, axis=self.axes, keepdims=self.keepdims)


class GlobalMaxPooling1D(_GlobalMax):
    """The largest entry of each channel of sequences, (rows, steps, channels).

    >>> GlobalMaxPooling1D()([[[1, 5], [3, 2]]])
    array([[3., 5.]], dtype=float32)
    """

    rank = 1


class GlobalMaxPooling2D(_GlobalMax):
    """The largest entry of each channel of images.

    >>> GlobalMaxPooling2D()(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[6., 7.]], dtype=float32)
    """

    rank = 2


class GlobalMaxPooling3D(_GlobalMax):
    """The largest entry of each channel of volumes.

    >>> GlobalMaxPooling3D()(np.zeros((1, 4, 4, 4, 3))).shape
    (1, 3)
    """

    rank = 3


class GlobalAveragePooling1D(_GlobalAverage):
    """The mean of each channel of sequences, (rows, steps, channels), over the unmasked steps.

    >>> GlobalAveragePooling1D()([[[1, 5], [3, 2]]])
    array([[2. , 3.5]], dtype=float32)
    """

    rank = 1
    masks_steps = True

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **options: Any
    ) -> None:
        super().__init__(data_format, keepdims, **options)
        self.supports_masking = True

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        """Return the mean of each channel over the steps that count."""
        if mask is None:
            return super().call(inputs)
        (axis,) = self.axes
        counts = np.expand_dims(as_bools(mask), 3 - axis)
        total = np.sum(np.where(counts, inputs, 0.0), axis=axis, keepdims=self.keepdims)
        steps = np.sum(counts.astype(total.dtype), axis=axis, keepdims=self.keepdims)
        return total / steps

    def compute_mask(self, inputs: Array, previous_mask: Array | None) -> None:
        """Return None: there are no steps left."""


class GlobalAveragePooling2D(_GlobalAverage):
    """The mean of each channel of images.

    >>> GlobalAveragePooling2D()(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[3., 4.]], dtype=float32)
    """

    rank = 2


class GlobalAveragePooling3D(_GlobalAverage):
    """The mean of each channel of volumes.

    >>> GlobalAveragePooling3D()(np.zeros((1, 4, 4, 4, 3))).shape
    (1, 3)
    """

    rank = 3


MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
GlobalMaxPool1D, GlobalMaxPool2D = GlobalMaxPooling1D, GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
