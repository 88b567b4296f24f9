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

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.window_loops import max_pool_loops, overlap_add_loops, patches_loops, unpool_loops

__all__ = ["Window", "average_pool", "max_pool", "overlap_add", "patches", "places_along"]

Padding: TypeAlias = Literal["valid", "same", "causal"] | tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Window:
    """The places of a kernel on an image (or a sequence, or a volume).

    Attributes:
        shape: the lengths of the image's axes, without those of the batch and the channels.
        size: the lengths of the kernel's axes.
        strides: the steps between places; 1 by default.
        dilations: the steps between the kernel's entries; 1 by default.
        padding: ``'valid'`` for places inside of the image, ``'same'`` for as many places as
            entries (with strides of 1), ``'causal'`` for padding before the first entry only; or
            the numbers of zeros before and after each axis, which are cut off where negative.
    """

    shape: tuple[int, ...]
    size: tuple[int, ...]
    strides: tuple[int, ...] = ()
    dilations: tuple[int, ...] = ()
    padding: Padding = "valid"

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """The strides, one for each axis."""
        return self.strides or (1,) * len(self.size)

    @cached_property
    def spacings(self) -> tuple[int, ...]:
        """The dilations, one for each axis."""
        return self.dilations or (1,) * len(self.size)

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The number of places along each axis."""
        return tuple(
            places_along(n, k, s, d, p)
            for n, k, s, d, p in zip(
                self.shape, self.size, self.steps, self.spacings, self.paddings, strict=True
            )
        )

    @cached_property
    def paddings(self) -> tuple[str | tuple[int, int], ...]:
        """The padding, one for each axis."""
        return (self.padding,) * len(self.size) if isinstance(self.padding, str) else self.padding

    @cached_property
    def before(self) -> tuple[int, ...]:
        """The zeros in front of each axis."""
        return tuple(
            _before(*along)
            for along in zip(
                self.shape,
                self.size,
                self.steps,
                self.spacings,
                self.places,
                self.paddings,
                strict=True,
            )
        )

    @cached_property
    def is_tiled(self) -> bool:
        """Whether the places don't overlap, and all see whole parts of the image."""
        is_apart = all(
            s >= d * (k - 1) + 1
            for s, k, d in zip(self.steps, self.size, self.spacings, strict=True)
        )
        return is_apart and all(
            (s.stop - s.start) == n
            for places, _ in self.offsets
            for s, n in zip(places, self.places, strict=True)
        )

    @property
    def count(self) -> int:
        """The number of entries of the kernel."""
        return math.prod(self.size)

    @cached_property
    def offsets(self) -> list[tuple[tuple[slice, ...], tuple[slice, ...]]]:
        """For each entry of the kernel, the places that see the image there, and what they see."""
        found = []
        for offset in itertools.product(*map(range, self.size)):
            pairs = [self._along(axis, entry) for axis, entry in enumerate(offset)]
            found.append((tuple(a for a, _ in pairs), tuple(b for _, b in pairs)))
        return found

    def _along(self, axis: int, offset: int) -> tuple[slice, slice]:
        start = offset * self.spacings[axis] - self.before[axis]
        step, length = self.steps[axis], self.shape[axis]
        first = max(0, -(start // step))  # the first place that sees the image
        last = min(self.places[axis], (length - 1 - start) // step + 1)
        last = max(first, last)
        if last == first:
            return slice(first, first), slice(0, 0)
        begin = start + first * step
        return slice(first, last), slice(begin, begin + (last - first - 1) * step + 1, step)


def places_along(
    length: int, size: int, step: int, spacing: int, padding: str | tuple[int, int]
) -> int:
    """Return the number of places of a kernel along an axis.

    >>> [places_along(5, 3, 1, 1, padding) for padding in ("valid", "same", "causal", (1, 0))]
    [3, 5, 5, 4]
    """
    whole = spacing * (size - 1) + 1
    if isinstance(padding, tuple):
        length, padding = length + sum(padding), "valid"
    if padding == "valid":
        return max(0, (length - whole) // step + 1)
    return -(-length // step)


def _before(
    length: int, size: int, step: int, spacing: int, places: int, padding: str | tuple[int, int]
) -> int:
    if isinstance(padding, tuple):
        return padding[0]
    if padding == "valid":
        return 0
    whole = spacing * (size - 1) + 1
    if padding == "causal":
        return whole - 1
    return max(0, (places - 1) * step + whole - length) // 2


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
ad.derivative(patches,     emit="{function}({x}, window={window}, out={out})", loops=patches_loops,
                           x=lambda g, z, x, *, window: overlap_add(g, window=window))
ad.derivative(overlap_add, emit="{function}({rows}, window={window}, out={out})",
                           loops=overlap_add_loops,
                           rows=lambda g, z, rows, *, window: patches(g, window=window))
ad.derivative(max_pool,    emit="{function}({x}, window={window}, out={out})",
                           loops=max_pool_loops,
                           x=lambda g, z, x, *, window: unpool(g, x, z, window=window))
ad.derivative(unpool,
              emit="{function}({cotangent}, {x}, {largest}, window={window}, out={out})",
              loops=unpool_loops,
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
    seen = patches(np.ones((1, *window.shape, 1), np.float32), window=window).sum(axis=-2)
    return patches(x, window=window).sum(axis=-2) * (1 / seen)
