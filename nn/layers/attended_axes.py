"""The axes that attention is over: those of queries and keys become one axis, of steps.

The other axes are like rows: attention is within each of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from autodiff import Array

__all__ = ["AttendedAxes"]


@dataclass(frozen=True)
class AttendedAxes:
    """The attended axes of inputs, shape ``(rows, *axes, features)``.

    Attributes:
        rank: the number of axes of the inputs, with those of the rows and features.
        axes: those that are attended to; all but the first and the last by default.

    >>> axes = AttendedAxes(4, (2,))
    >>> heads = np.zeros((8, 5, 7, 2, 3))  # rows, images, steps, heads, features of a head
    >>> axes.steps(heads).shape
    (8, 5, 2, 7, 3)
    >>> axes.restored(axes.steps(heads), [7]).shape
    (8, 5, 7, 2, 3)
    """

    rank: int
    axes: tuple[int, ...]

    @property
    def others(self) -> tuple[int, ...]:
        """The axes of rows and those like them."""
        return tuple(axis for axis in range(self.rank - 1) if axis not in self.axes)

    def lengths(self, x: Array) -> list[int]:
        """Return the lengths of the attended axes."""
        return [x.shape[axis] for axis in self.axes]

    def steps(self, x: Array) -> Array:
        """Return projected inputs, (rows, *axes, heads, size), as (*others, heads, steps, size)."""
        lengths = self.lengths(x)
        x = np.transpose(x, self._order)
        if len(self.axes) == 1:
            return x
        return x.reshape(*x.shape[: len(self.others) + 1], math.prod(lengths), x.shape[-1])

    def restored(self, x: Array, lengths: list[int]) -> Array:
        """Return what `steps` returned as it was, with attended axes of these lengths."""
        if len(self.axes) > 1:
            x = x.reshape(*x.shape[:-2], *lengths, x.shape[-1])
        return np.transpose(x, np.argsort(self._order).tolist())

    def mask_of_steps(self, mask: Array) -> Array:
        """Return a mask of the inputs, (rows, *axes), as (*others, 1, steps), without heads."""
        missing = self.rank - 1 - mask.ndim  # at the end, where the mask has fewer axes
        mask = mask.reshape(*mask.shape, *[1] * missing)
        lengths = self.lengths(mask)
        mask = np.transpose(mask, (*self.others, *self.axes))
        return mask.reshape(*mask.shape[: len(self.others)], 1, math.prod(lengths))

    def mask_of_pairs(self, mask: Array) -> Array:
        """Return where queries may see keys, (..., *axes, *axes), as (..., heads, steps, steps)."""
        count = len(self.axes)
        lengths = mask.shape[mask.ndim - 2 * count :]
        rest = mask.shape[: mask.ndim - 2 * count]
        mask = mask.reshape(*rest, math.prod(lengths[:count]), math.prod(lengths[count:]))
        missing = len(self.others) + 3 - mask.ndim  # before the steps, as in Keras
        return mask.reshape(*rest, *[1] * missing, *mask.shape[-2:])

    def scores(self, x: Array, queries: list[int], keys: list[int]) -> Array:
        """Return weights, (..., steps, steps), with an axis for each attended one."""
        return x if len(self.axes) == 1 else x.reshape(*x.shape[:-2], *queries, *keys)

    @property
    def _order(self) -> tuple[int, ...]:
        return (*self.others, self.rank - 1, *self.axes, self.rank)
