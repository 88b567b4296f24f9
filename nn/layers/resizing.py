"""Layers that give images another height and width: by interpolation, or by cutting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_data_format, one_of
from nn.layers.base import Layer
from nn.layers.spec import Spec
from nn.numbers import finite, whole
from nn.resampling import METHODS, along, cast_back, matrix

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class _OfImages(Layer):
    """The base class: images (..., height, width, channels), one or a batch, get another size."""

    def __init__(
        self, height: int, width: int, data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.built = True
        self.height, self.width = whole("height", height), whole("width", width)
        self.data_format = as_data_format(data_format)

    @property
    def axes(self) -> tuple[int, int]:
        """The axes of the height and of the width, counted from the end."""
        return (-3, -2) if self.data_format == "channels_last" else (-2, -1)

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs are an image or a batch of images."""
        if len(shape) not in (3, 4):
            raise ValueError(
                f"layer {self.name!r} expects images of shape (rows, height, width, channels), "
                f"got {shape}. Add an axis for the channels: x[..., np.newaxis]."
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        shape = list(input_shape)
        for axis, n in zip(self.axes, (self.height, self.width), strict=True):
            shape[axis] = n
        return tuple(shape)

    def cut(self, x: Array, height: int, width: int) -> Array:
        """Return the middle of images."""
        for axis, n in zip(self.axes, (height, width), strict=True):
            start = (x.shape[axis] - n) // 2
            part = [slice(None)] * x.ndim
            part[axis] = slice(start, start + n)
            x = x[tuple(part)]
        return x

    def cut_to_ratio(self, x: Array) -> Array:
        """Return the largest middle part of images with the ratio of the new height and width."""
        height, width = (x.shape[axis] for axis in self.axes)
        new_height = max(1, min(height, width * self.height // self.width))
        return self.cut(x, new_height, max(1, min(width, height * self.width // self.height)))

    def resized(self, x: Array, method: str, antialias: bool = False) -> Array:
        """Return images of the new height and width."""
        for axis, n in zip(self.axes, (self.height, self.width), strict=True):
            if x.shape[axis] != n:
                x = along(x, matrix(method, x.shape[axis], n, antialias), x.ndim + axis)
        return x


class Resizing(_OfImages):
    """Resize images to another height and width; integers keep their dtype.

    Args:
        height: the new height.
        width: the new width.
        interpolation: ``'bilinear'``, ``'bicubic'``, ``'lanczos3'`` or ``'lanczos5'`` between the
            centers of pixels, or ``'nearest'``.
        crop_to_aspect_ratio: whether images are cut to the new ratio first.
        pad_to_aspect_ratio: whether images are extended to the new ratio first.
        fill_mode: ``'constant'``, the only one.
        fill_value: of the pixels that extend an image.
        antialias: whether an image that becomes smaller is averaged over all of its pixels.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        options: those of every `Layer`.

    >>> Resizing(1, 4)(np.array([[[[0.0], [4.0]]]])).ravel()
    array([0., 1., 3., 4.], dtype=float32)
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(height, width, data_format, **options)
        self.interpolation = one_of("interpolation", interpolation, METHODS)
        self.fill_mode = one_of("fill_mode", fill_mode, ("constant",))
        self.antialias = bool(antialias)
        self.fill_value = finite("fill_value", fill_value)
        self.crop_to_aspect_ratio = bool(crop_to_aspect_ratio)
        self.pad_to_aspect_ratio = bool(pad_to_aspect_ratio)
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ValueError(
                f"layer {self.name!r} expects crop_to_aspect_ratio or pad_to_aspect_ratio, got "
                "both. Choose one of them."
            )

    def call(self, inputs: Array, training: bool = False) -> Array:  # noqa: ARG002 - as in Keras
        """Resize the images."""
        kind = inputs.dtype
        x = inputs.astype(np.float32) if kind.kind in "iub" else inputs
        if self.crop_to_aspect_ratio:
            x = self.cut_to_ratio(x)
        if self.pad_to_aspect_ratio:
            x = self._padded(x)
        return cast_back(self.resized(x, self.interpolation, self.antialias), kind)

    def compute_output_spec(self, inputs: Spec, training: bool = False) -> Any:  # noqa: ARG002
        """Return the shape and the dtype of the outputs."""
        return Spec(self.compute_output_shape(inputs.shape), inputs.dtype)

    def _padded(self, x: Array) -> Array:
        height, width = (x.shape[axis] for axis in self.axes)
        tall = max(height, width * self.height // self.width)
        wide = max(width, height * self.width // self.height)
        pads = [(0, 0)] * x.ndim
        for axis, n in zip(self.axes, ((tall - height) // 2, (wide - width) // 2), strict=True):
            pads[axis] = (n, n)
        return np.pad(x, pads, constant_values=self.fill_value)


class CenterCrop(_OfImages):
    """The middle of images, of a given height and width.

    Images that are smaller are cut to the ratio of height and width, and enlarged, as in Keras.

    >>> CenterCrop(1, 2)(np.arange(12.0).reshape(1, 3, 4, 1)).ravel()
    array([5., 6.], dtype=float32)
    """

    casts_integers = True

    def call(self, inputs: Array, training: bool = False) -> Array:  # noqa: ARG002 - as in Keras
        """Cut the images."""
        height, width = (inputs.shape[axis] for axis in self.axes)
        if height >= self.height and width >= self.width:
            return self.cut(inputs, self.height, self.width)
        return self.resized(self.cut_to_ratio(inputs), "bilinear")
