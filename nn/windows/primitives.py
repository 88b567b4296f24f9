"""Windows that slide over arrays: the base of convolutions and pooling in 1 to 3 dimensions.

`patches` copies what a kernel sees at each of its places into a row, so that a convolution is one
matrix product. `overlap_add` is its transpose: it adds each row back to where it came from. Each is
the slope of the other.

>>> x = np.arange(4.0).reshape(1, 4, 1)
>>> patches(x, window=Window((4,), (3,)))[0, :, :, 0]
array([[0., 1., 2.],
       [1., 2., 3.]])
"""

from __future__ import annotations

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.windows.loops import max_pool_loops, overlap_add_loops, patches_loops, unpool_loops
from nn.windows.window import Window

__all__ = ["average_pool", "max_pool", "overlap_add", "patches", "unpool"]


@ad.primitive
def patches(x: Array, *, window: Window, out: Array = None) -> Array:
    """Return the patches of an image that a kernel sees.

    Args:
        x: shape (rows, *shape, channels).
        window: the places of the kernel.
        out: receives the result, in generated code.

    Returns:
        Shape (rows, *places, entries of the kernel, channels); 0 outside of the image.
    """
    rows, channels = x.shape[0], x.shape[-1]
    if out is None:
        out = np.empty((rows, *window.places, window.count, channels), x.dtype)
    is_padded = window.padding != "valid"
    for entry, (places, seen) in enumerate(window.offsets):
        column = out[..., entry, :]
        if is_padded and any(
            s.stop - s.start != n for s, n in zip(places, window.places, strict=True)
        ):
            column[...] = 0
        column[(slice(None), *places)] = x[(slice(None), *seen)]
    return out


@ad.primitive
def overlap_add(rows: Array, *, window: Window, out: Array = None) -> Array:
    """Return an image to which patches are added, each at its place: the transpose of `patches`.

    Args:
        rows: shape (rows, *places, entries of the kernel, channels).
        window: the places of the kernel.
        out: receives the result, in generated code.

    Returns:
        Shape (rows, *shape, channels).
    """
    if out is None:
        out = np.empty((rows.shape[0], *window.shape, rows.shape[-1]), rows.dtype)
    out[...] = 0
    for entry, (places, seen) in enumerate(window.offsets):
        target = out[(slice(None), *seen)]
        np.add(target, rows[..., entry, :][(slice(None), *places)], target)
    return out


@ad.primitive
def max_pool(x: Array, *, window: Window, out: Array = None) -> Array:
    """Return the largest entry that the kernel sees at each place.

    The slope goes to the first of equal entries, as in Keras.

    Args:
        x: shape (rows, *shape, channels).
        window: the places of the kernel.
        out: receives the result, in generated code.
    """
    if out is None:
        out = np.empty((x.shape[0], *window.places, x.shape[-1]), x.dtype)
    if window.is_tiled:
        np.copyto(out, x[(slice(None), *window.offsets[0][1])])
    else:
        out[...] = -np.inf
    for places, seen in window.offsets[window.is_tiled :]:
        target = out[(slice(None), *places)]
        np.maximum(target, x[(slice(None), *seen)], out=target)
    return out


@ad.primitive
def unpool(
    cotangent: Array, x: Array, largest: Array, *, window: Window, out: Array = None
) -> Array:
    """Return the slope of `max_pool`: each entry of the cotangent where the largest entry is."""
    if out is None:
        out = np.empty_like(x)
    if not window.is_covering:
        out[...] = 0
    is_open = np.ones(largest.shape, bool)
    for places, seen in window.offsets:
        at, where = (slice(None), *places), (slice(None), *seen)
        is_largest = x[where] == largest[at]
        is_largest &= is_open[at]
        target = out[where]
        if window.is_tiled:
            np.multiply(cotangent[at], is_largest, target)
        else:
            np.add(target, cotangent[at] * is_largest, target)
        is_open[at] ^= is_largest
    return out


@ad.primitive
def pooled_at(y: Array, x: Array, largest: Array, *, window: Window) -> Array:
    """Return the entries of y where x has the largest entries: the transpose of `unpool`."""
    result = np.zeros_like(largest)
    is_open = np.ones(largest.shape, bool)
    for places, seen in window.offsets:
        at, where = (slice(None), *places), (slice(None), *seen)
        is_largest = (x[where] == largest[at]) & is_open[at]
        np.copyto(result[at], y[where], where=is_largest)
        is_open[at] &= ~is_largest
    return result


# fmt: off
ad.derivative(patches,     emit="{function}({x}, window={window}, out={out})",
                           loops=patches_loops, rowwise=True,
                           x=lambda g, z, x, *, window: overlap_add(g, window=window))
ad.derivative(overlap_add, emit="{function}({rows}, window={window}, out={out})",
                           loops=overlap_add_loops, rowwise=True,
                           rows=lambda g, z, rows, *, window: patches(g, window=window))
ad.derivative(max_pool,    emit="{function}({x}, window={window}, out={out})",
                           loops=max_pool_loops, rowwise=True,
                           x=lambda g, z, x, *, window: unpool(g, x, z, window=window))
ad.derivative(unpool,
              emit="{function}({cotangent}, {x}, {largest}, window={window}, out={out})",
              loops=unpool_loops, rowwise=True,
              cotangent=lambda g, z, cotangent, x, largest, *, window:
                  pooled_at(g, x, largest, window=window),
              x=None, largest=None)
ad.derivative(pooled_at,   y=lambda g, z, y, x, largest, *, window:
                               unpool(g, x, largest, window=window),
                           x=None, largest=None)
# fmt: on


def average_pool(x: Array, *, window: Window) -> Array:
    """Return the mean of the entries that the kernel sees at each place, without the padding.

    Args:
        x: shape (rows, *shape, channels).
        window: the places of the kernel.
    """
    seen = patches(np.ones((1, *window.shape, 1), x.dtype), window=window).sum(axis=-2)
    return patches(x, window=window).sum(axis=-2) * (1 / seen)
