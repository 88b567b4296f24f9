"""Convolutions and pooling of sequences, images and volumes, by a window that slides over them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_data_format, one_of
from nn.ops.arrays import floats, promoted
from nn.ops.operation import operation
from nn.resampling import largest, means
from nn.windows.kernels import convolve, convolve_each, convolve_transposed, transposed_window
from nn.windows.primitives import average_pool as _average_pool
from nn.windows.primitives import max_pool as _max_pool
from nn.windows.primitives import overlap_add, patches
from nn.windows.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@operation
def conv(
    inputs: Array,
    kernel: Array,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Array:
    """Return the convolution of images with a kernel.

    Args:
        inputs: shape (rows, *axes, channels), or channels first.
        kernel: shape (*size, channels / groups, filters); it tells the number of groups.
        strides: the steps between places; one number for all axes, or one for each.
        padding: ``'valid'``, ``'same'`` or, for sequences, ``'causal'``.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        dilation_rate: the steps between the kernel's entries.
    """
    x, kernel = promoted(_channels_last(inputs, data_format), floats(kernel))
    _check_kernel("conv", x, kernel, kernel.shape[-2], may_be_grouped=True)
    window = _window(x, kernel.shape[:-2], strides, padding, dilation_rate)
    return _as_given(convolve(x, kernel, window), data_format)


@operation
def depthwise_conv(
    inputs: Array,
    kernel: Array,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Array:
    """Return the convolution of each channel; see `conv`.

    The kernel has the shape (*size, channels, outputs for each channel).
    """
    x, kernel = promoted(_channels_last(inputs, data_format), floats(kernel))
    _check_kernel("depthwise_conv", x, kernel, kernel.shape[-2])
    window = _window(x, kernel.shape[:-2], strides, padding, dilation_rate)
    return _as_given(convolve_each(x, kernel, window), data_format)


@operation
def separable_conv(
    inputs: Array,
    depthwise_kernel: Array,
    pointwise_kernel: Array,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Array:
    """Return a `depthwise_conv`, multiplied by a kernel of a single entry."""
    apart = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(apart, pointwise_kernel, 1, "valid", data_format)


@operation
def conv_transpose(
    inputs: Array,
    kernel: Array,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Array:
    """Return the transposed convolution: the slope of `conv` for its inputs.

    Args:
        inputs: shape (rows, *axes, channels), or channels first.
        kernel: shape (*size, filters, channels).
        strides: the steps between places of the result; one number, or one for each axis.
        padding: ``'valid'`` or ``'same'``.
        output_padding: further entries at the end of each axis.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        dilation_rate: the steps between the kernel's entries.
    """
    x, kernel = promoted(_channels_last(inputs, data_format), floats(kernel))
    _check_kernel("conv_transpose", x, kernel, kernel.shape[-1])
    rank = x.ndim - 2
    window = transposed_window(
        x.shape[1:-1],
        kernel.shape[:-2],
        _each(strides, rank),
        _each(dilation_rate, rank),
        one_of("padding", padding, ("valid", "same")),
        None if output_padding is None else _each(output_padding, rank),
    )
    return _as_given(convolve_transposed(x, kernel, window), data_format)


@operation
def max_pool(
    inputs: Array,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Return the largest entry of each part of images, channel by channel.

    Args:
        inputs: shape (rows, *axes, channels), or channels first.
        pool_size: the lengths of the window's axes; one number for all.
        strides: the steps between places; ``pool_size`` by default.
        padding: ``'valid'`` or ``'same'``.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
    """
    return _pool(_max_pool, inputs, pool_size, strides, padding, data_format)


@operation
def average_pool(
    inputs: Array,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Return the mean of each part of images; see `max_pool`. The padding doesn't count."""
    return _pool(_average_pool, inputs, pool_size, strides, padding, data_format)


@operation
def adaptive_max_pool(inputs: Array, output_size: Any, data_format: str | None = None) -> Array:
    """Return the largest entries of ``output_size`` parts of each axis, as equal as may be."""
    return _adaptive(largest, inputs, output_size, data_format)


@operation
def adaptive_average_pool(inputs: Array, output_size: Any, data_format: str | None = None) -> Array:
    """Return the means of ``output_size`` parts of each axis, as equal as may be."""
    return _adaptive(means, inputs, output_size, data_format)


@operation
def unfold(
    x: Array, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Array:
    """Return what a window sees of images, place by place.

    Args:
        x: shape (rows, channels, height, width).
        kernel_size: the height and width of the window.
        dilation: the steps between its entries.
        padding: zeros around the images.
        stride: the steps between places.

    Returns:
        Shape (rows, channels · entries of the window, places).
    """
    x = np.moveaxis(floats(x), 1, -1)
    window = _unfolding(x.shape[1:-1], kernel_size, dilation, padding, stride)
    seen = patches(x, window=window)
    rows, channels = x.shape[0], x.shape[-1]
    places = math.prod(window.places)
    flat = seen.reshape(rows, places, window.count, channels)
    return np.transpose(flat, (0, 3, 2, 1)).reshape(rows, channels * window.count, places)


@operation
def fold(
    x: Array,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Array:
    """Return images to which parts are added, each at its place: the transpose of `unfold`."""
    x = floats(x)
    window = _unfolding(_each(output_size, 2), kernel_size, dilation, padding, stride)
    parts = x.reshape(len(x), x.shape[1] // window.count, window.count, *window.places)
    image = overlap_add(np.transpose(parts, (0, 3, 4, 2, 1)), window=window)
    return np.moveaxis(image, -1, 1)


def _pool(
    pool: Callable[..., Array],
    inputs: Array,
    pool_size: Any,
    strides: Any,
    padding: str,
    data_format: str | None,
) -> Array:
    x = _channels_last(inputs, data_format)
    size = _each(pool_size, x.ndim - 2)
    window = _window(x, size, pool_size if strides is None else strides, padding, 1)
    return _as_given(pool(x, window=window), data_format)


def _adaptive(
    pool: Callable[[Array, int, int], Array],
    inputs: Array,
    output_size: Any,
    data_format: str | None,
) -> Array:
    x = _channels_last(inputs, data_format)
    for axis, count in enumerate(_each(output_size, x.ndim - 2), 1):
        x = pool(x, count, axis)
    return _as_given(x, data_format)


def _check_kernel(
    name: str, x: Array, kernel: Array, channels: int, may_be_grouped: bool = False
) -> None:
    """Raise a ValueError unless a kernel has as many axes as images, and fits their channels.

    Args:
        name: the operation.
        x: images, channels last.
        kernel: the kernel.
        channels: those that the kernel is for.
        may_be_grouped: whether these may be a part of the images' channels, a group.
    """
    groups, rest = divmod(x.shape[-1], channels) if channels else (0, 0)
    is_whole = not rest and groups and not kernel.shape[-1] % groups
    if x.ndim < 3 or kernel.ndim != x.ndim or not (
        x.shape[-1] == channels or (may_be_grouped and is_whole)
    ):  # fmt: skip
        raise ValueError(
            f"{name} expects a kernel that fits images of shape {x.shape}, channels last, got a "
            f"kernel for {channels} channels, of shape {kernel.shape}. Pass a kernel with as many "
            "axes, and for these channels."
        )


def _window(x: Array, size: Any, strides: Any, padding: Any, dilation_rate: Any) -> Window:
    """Return the places of a window on images.

    Raises:
        ValueError: the window fits nowhere, or the padding has another name.
    """
    rank, word = x.ndim - 2, one_of("padding", padding, ("valid", "same", "causal"))
    steps = _each(strides, rank), _each(dilation_rate, rank)
    return Window(x.shape[1:-1], tuple(size), *steps, word).fitting()


def _unfolding(
    shape: Sequence[int], kernel_size: Any, dilation: Any, padding: Any, stride: Any
) -> Window:
    zeros = tuple((n, n) for n in _each(padding, 2))
    lengths = _each(kernel_size, 2), _each(stride, 2), _each(dilation, 2)
    return Window(tuple(shape), *lengths, zeros).fitting()


def _each(value: Any, rank: int) -> tuple[int, ...]:
    """Return one number for each axis."""
    return tuple(value) if isinstance(value, list | tuple) else (value,) * rank


def _channels_last(inputs: Array, data_format: str | None) -> Array:
    x = floats(inputs)
    return np.moveaxis(x, 1, -1) if _is_first(data_format) else x


def _as_given(outputs: Array, data_format: str | None) -> Array:
    return np.moveaxis(outputs, -1, 1) if _is_first(data_format) else outputs


def _is_first(data_format: str | None) -> bool:
    return as_data_format(data_format) == "channels_first"
