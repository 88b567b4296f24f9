"""Operations on images, shape (rows, height, width, channels), or one image without the rows.

>>> resize(np.array([[[0.0], [2.0]]]), (1, 4))[0, :, 0]
array([0. , 0.5, 1.5, 2. ])
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_data_format, one_of
from nn.layers.resizing import Resizing
from nn.ops.arrays import as_array, floats
from nn.ops.operation import operation
from nn.windows.primitives import patches
from nn.windows.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["crop_images", "extract_patches", "pad_images", "resize", "rgb_to_grayscale"]

_LUMINANCE = (0.2989, 0.5870, 0.1140)  # of red, green and blue (ITU-R BT.601)


@operation
def resize(
    images: Array,
    size: tuple[int, int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Array:
    """Return images of another size.

    Args:
        images: see above; or with channels first.
        size: the new height and width.
        interpolation: ``'bilinear'``, ``'nearest'``, ``'bicubic'``, ``'lanczos3'``, ``'lanczos5'``.
        antialias: whether images that become smaller are averaged over all of their pixels.
        crop_to_aspect_ratio: whether images are first cut, around their center, to the proportions
            of the new size.
        pad_to_aspect_ratio: whether they are first padded to these proportions.
        fill_mode: ``'constant'``.
        fill_value: what images are padded with.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.

    Raises:
        ValueError: an argument has an unsupported value, or images are to be both cut and padded.
    """
    layer = Resizing(
        *size, interpolation, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_mode, fill_value,
        antialias, data_format, name="resize",
    )  # fmt: skip
    x = as_array(images)
    layer.check_input(x.shape)
    return layer.call(x)


@operation
def pad_images(
    images: Array,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Array:
    """Return images with zeros around them; two of the numbers for an axis determine the third.

    Args:
        images: see above; or with channels first.
        top_padding: rows of pixels above.
        left_padding: columns at the left.
        bottom_padding: rows of pixels below.
        right_padding: columns at the right.
        target_height: the new height.
        target_width: the new width.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.

    Raises:
        ValueError: one or three of the numbers for an axis are given, or an image is too large.
    """

    def padded(x: Array) -> Array:
        rows = _ends("padding", x.shape[1], top_padding, bottom_padding, target_height, 1)
        columns = _ends("padding", x.shape[2], left_padding, right_padding, target_width, 1)
        return np.pad(x, ((0, 0), rows, columns, (0, 0)))

    return _each(images, data_format, padded)


@operation
def crop_images(
    images: Array,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Array:
    """Return parts of images; two of the numbers for an axis determine the third.

    The arguments are those of `pad_images`, with what is cut off at each side.
    """

    def cropped(x: Array) -> Array:
        height, width = x.shape[1:3]
        top, bottom = _ends("cropping", height, top_cropping, bottom_cropping, target_height, -1)
        left, right = _ends("cropping", width, left_cropping, right_cropping, target_width, -1)
        return x[:, top : height - bottom, left : width - right]

    return _each(images, data_format, cropped)


@operation
def extract_patches(
    images: Array,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Return the parts of images that a window sees, each in a row of numbers.

    Args:
        images: see above; or with channels first.
        size: the height and width of the window; one number for both.
        strides: the steps between places; ``size`` by default.
        dilation_rate: the steps between the pixels that are seen.
        padding: ``'valid'`` or ``'same'``.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.

    Returns:
        Shape (rows, places, places, pixels of the window · channels).
    """

    def extracted(x: Array) -> Array:
        lengths = _pair(size), _pair(size if strides is None else strides), _pair(dilation_rate)
        word: Any = one_of("padding", padding, ("valid", "same"))
        window = Window(tuple(x.shape[1:3]), *lengths, word).fitting()
        seen = patches(x, window=window)
        return seen.reshape(*seen.shape[:3], math.prod(seen.shape[3:]))

    return _each(images, data_format, extracted)


@operation
def rgb_to_grayscale(images: Array, data_format: str | None = None) -> Array:
    """Return the brightness of red, green and blue: one channel; images of one channel unchanged.

    Raises:
        ValueError: there are neither three channels nor one.
    """

    def gray(x: Array) -> Array:
        if x.shape[-1] == 1:
            return x
        if x.shape[-1] != 3:
            raise ValueError(
                f"rgb_to_grayscale expects 3 channels, red, green and blue, or 1, got "
                f"{x.shape[-1]} in images of shape {np.shape(images)}. Select these channels, or "
                "pass data_format='channels_first' if they come first."
            )
        return np.sum(x * np.array(_LUMINANCE, x.dtype), axis=-1, keepdims=True)

    return _each(images, data_format, gray)


def _each(images: Array, data_format: str | None, change: Callable[[Array], Array]) -> Array:
    """Change images with rows in front and the channels last; integers are rounded afterwards."""
    given = as_array(images)
    if given.ndim not in (3, 4):
        raise ValueError(
            f"expected images of shape (rows, height, width, channels), or one image, got "
            f"{given.shape}. Add the axis of the channels: images[..., np.newaxis]."
        )
    x = floats(given)
    x = x[np.newaxis] if x.ndim == 3 else x
    is_first = as_data_format(data_format) == "channels_first"
    x = change(np.moveaxis(x, 1, -1) if is_first else x)
    x = np.moveaxis(x, -1, 1) if is_first else x
    x = x[0] if given.ndim == 3 else x
    return x if given.dtype.kind == "f" else np.round(x).astype(given.dtype)


def _ends(
    name: str, length: int, first: int | None, last: int | None, target: int | None, sign: int
) -> tuple[int, int]:
    """Return how much is added to, or cut off from, both ends of an axis."""
    if sum(number is None for number in (first, last, target)) != 1:
        raise ValueError(
            f"expected two of the {name} at both ends and the new length, got {first}, {last} and "
            f"{target}. Leave out one of them."
        )
    change = 0 if target is None else sign * (target - length)
    first = change - (last or 0) if first is None else first
    last = change - first if last is None else last
    if min(first, last) < 0 or (sign < 0 and first + last >= length):
        raise ValueError(
            f"expected a {name} of at least 0 that leaves some pixels, got {first} and {last} for "
            f"an axis of length {length}. Crop less."
        )
    return first, last


def _pair(value: Any) -> tuple[int, int]:
    return tuple(value) if isinstance(value, list | tuple) else (value, value)
