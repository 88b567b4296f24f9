"""Which values of a model are images: the inputs and outputs of convolutions, and their filters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from autodiff import Array
    from nn.layers.container import Container

    Images = Callable[[Array], Array | None]

__all__ = ["images_of"]

_FILTERS = ("kernel", "depthwise_kernel")


def images_of(model: Container) -> dict[str, Images]:
    """Return how to show values as images, by their names, for `autodiff.draw`.

    In a model with convolutions or pooling of images, every value of the shape of an image is
    shown so, channel by channel; sequences in front of or behind those of sequences as one image.

    >>> from nn.layers import Conv2D, Flatten
    >>> from nn.models import Sequential
    >>> model = Sequential([Conv2D(4, 3, input_shape=(8, 8, 1), name="c"), Flatten(name="f")])
    >>> shown = images_of(model)
    >>> list(shown), shown["c/kernel"](np.zeros((3, 3, 1, 4))).shape
    (['x', 'c', 'f', 'c/kernel'], (4, 3, 3))
    """
    layers = model.flat_layers()
    sliding = [layer for layer in layers if getattr(layer, "rank", 0) in (1, 2)]
    if not sliding:
        return {}
    rank = max(layer.rank for layer in sliding)
    first = any(getattr(layer, "data_format", "") == "channels_first" for layer in sliding)
    channels = partial(_channels, rank=rank, first=first)
    names = ["x", *(layer.name for layer in layers if layer is not model)]
    shown: dict[str, Any] = dict.fromkeys(names, channels)
    for layer in sliding:
        for weight in layer._own_weights:
            if weight.name in _FILTERS and max(weight.shape[:-2]) > 1:
                shown[weight.path] = _filters
    return shown


def _channels(value: Array, rank: int, first: bool) -> Array | None:
    """Return the channels of one image; one image of time and channels for a sequence."""
    if value.ndim != rank + 2 or len(value) != 1 or not value.size:
        return None
    channels = value[0] if first else np.moveaxis(value[0], -1, 0)
    return channels if rank == 2 else channels[np.newaxis]


def _filters(kernel: Array) -> Array | None:
    """Return an image for each filter and input channel; for sequences, one for each filter."""
    if kernel.ndim == 3:
        return kernel.T
    return np.moveaxis(kernel, (0, 1), (-2, -1)).swapaxes(0, 1).reshape(-1, *kernel.shape[:2])
