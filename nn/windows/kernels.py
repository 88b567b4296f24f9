"""Products of a sliding kernel with images: convolutions, depthwise and transposed ones.

Images have their channels in the last axis: shape (rows, *axes, channels).

>>> x = np.arange(4.0).reshape(1, 4, 1)
>>> convolve(x, np.ones((2, 1, 1)), Window((4,), (2,))).ravel()
array([1., 3., 5.])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autodiff import Array
from nn.windows.primitives import overlap_add, patches
from nn.windows.window import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["convolve", "convolve_each", "convolve_transposed", "transposed_window"]


def convolve(x: Array, kernel: Array, window: Window) -> Array:
    """Return a convolution, in one matrix product.

    Args:
        x: images.
        kernel: shape (*size, channels / groups, filters).
        window: the places of the kernel.
    """
    seen = patches(x, window=window)
    (inputs, filters), channels = kernel.shape[-2:], x.shape[-1]
    places, inner, groups = (len(x), *window.places), window.count * inputs, channels // inputs
    if groups == 1:
        product = seen.reshape(-1, inner) @ kernel.reshape(inner, filters)
        return product.reshape(*places, filters)
    apart = seen.reshape(-1, window.count, groups, inputs)
    grouped = np.moveaxis(apart, 2, 0).reshape(groups, -1, inner)
    kernels = np.moveaxis(kernel.reshape(inner, groups, filters // groups), 1, 0)
    return np.moveaxis(grouped @ kernels, 0, 1).reshape(*places, filters)


def convolve_each(x: Array, kernel: Array, window: Window) -> Array:
    """Return the convolution of each channel with its own part of a kernel.

    Args:
        x: images.
        kernel: shape (*size, channels, outputs for each).
        window: the places of the kernel.
    """
    channels, multiplier = kernel.shape[-2:]
    entries = kernel.reshape(window.count, channels, multiplier)
    seen = patches(x, window=window).reshape(-1, window.count, channels)
    apart = np.moveaxis(seen, 2, 0) @ np.moveaxis(entries, 1, 0)  # channel by channel
    return np.moveaxis(apart, 0, 1).reshape(len(x), *window.places, channels * multiplier)


def convolve_transposed(x: Array, kernel: Array, window: Window) -> Array:
    """Return the image whose places are x, each multiplied by the kernel; overlaps are added up.

    Args:
        x: shape (rows, *places, channels).
        kernel: shape (*size, filters, channels).
        window: the places of the kernel on the result.
    """
    rows, *places, channels = x.shape
    filters = kernel.shape[-2]
    products = x.reshape(-1, channels) @ kernel.reshape(-1, channels).T
    return overlap_add(products.reshape(rows, *places, window.count, filters), window=window)


def transposed_window(
    places: Sequence[int],
    size: tuple[int, ...],
    strides: tuple[int, ...],
    dilations: tuple[int, ...],
    padding: str,
    output_padding: tuple[int, ...] | None,
) -> Window:
    """Return the window over the result of a transposed convolution.

    Args:
        places: the lengths of the axes of its inputs.
        size: the lengths of the kernel's axes.
        strides: the steps between places.
        dilations: the steps between the kernel's entries.
        padding: ``'valid'`` or ``'same'``.
        output_padding: further entries at the end of each axis; as many as needed if None.
    """
    more = output_padding or (None,) * len(size)
    along = [
        _transposed_along(*axis, padding=padding)
        for axis in zip(places, size, strides, dilations, more, strict=True)
    ]
    shape, cut = tuple(n for n, *_ in along), tuple((a, b) for _, a, b in along)
    return Window(shape, size, strides, dilations, cut)


def _transposed_along(
    inputs: int, size: int, step: int, spacing: int, more: int | None, padding: str
) -> tuple[int, int, int]:
    """Return the number of outputs along an axis, and how many are cut off at its ends.

    A number below 0 stands for outputs that no input is added to.
    """
    whole = (size - 1) * spacing + 1
    every = (inputs - 1) * step + whole
    if padding == "valid":
        length = every + (max(0, step - whole) if more is None else more)
        return length, 0, every - length
    length = inputs * step if more is None else (every - whole) + whole % 2 + more
    around = length - (every - whole) + whole - 2
    before = max(0, whole - 1 - (around + 1) // 2)
    return length, before, every - length - before
