"""A window: the places of a kernel on an image, a sequence or a volume."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

__all__ = ["Window", "places_along"]

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

    def fitting(self) -> Window:
        """Return this.

        Raises:
            ValueError: it fits nowhere.
        """
        if min(self.places) < 1:
            cure = "Use padding='same'" if self.padding == "valid" else "Pad the images"
            raise ValueError(
                f"expected images that the window of {self.size} fits into, got axes of "
                f"{self.shape}. {cure}, or use a smaller window."
            )
        return self

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

    @cached_property
    def is_covering(self) -> bool:
        """Whether each entry of the image is seen at exactly one place."""
        return self.is_tiled and self.count * math.prod(self.places) == math.prod(self.shape)

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
