"""Adafactor: steps relative to the size of the weights, from means by row and by column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.buffers import aligned
from nn.numbers import at_least_zero, finite, positive
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class Adafactor(Optimizer):
    """Factored mean squares and relative steps (Shazeer and Stern 2018, algorithms 4 and 5).

    With ``t`` the number of this step and ``b = 1 − t ^ beta_2_decay``, for weights of two or more
    axes, where ``r`` has a mean for each row and ``c`` for each column of the last two axes::

        r ← b · r + (1 − b) · mean(g² + ε₁, axis=-1)
        c ← b · c + (1 − b) · mean(g² + ε₁, axis=-2)
        v = r · c / mean(r)

    and for weights of fewer axes ``v ← b · v + (1 − b) · (g² + ε₁)``. Then, for all::

        u = g / √v
        w ← w − min(rate, 1/√t) · max(ε₂, rms(w)) · u / max(1, rms(u) / clip_threshold)

    There is no moment of the gradients, as in Keras.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_2_decay: the exponent; negative, so that ``b`` rises to 1.
        epsilon_1: at least 0; keeps the roots above 0.
        epsilon_2: at least 0; the size below which weights don't make steps smaller.
        clip_threshold: above 0: the root mean square of ``u`` above which it is scaled down.
        relative_step: changes nothing, as in Keras 3: the rate is at most ``1/√t`` in any case.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> Adafactor(0.1).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)
    array([0.8419, 2.1581], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 0.001,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_2_decay = finite("beta_2_decay", beta_2_decay)
        self.epsilon_1 = at_least_zero("epsilon_1", epsilon_1)
        self.epsilon_2 = at_least_zero("epsilon_2", epsilon_2)
        self.clip_threshold = positive("clip_threshold", clip_threshold)
        self.relative_step = bool(relative_step)

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the means of the squares, by row, by column, and of each entry."""
        return {"rows": 0.0, "columns": 0.0, "velocity": 0.0}

    def build_slots(
        self, size: int, segments: Sequence[slice], variables: Sequence[Any] = ()
    ) -> None:
        """Create the slots; those by row and by column are smaller than the parameters."""
        is_first = self._layout is None
        super().build_slots(size, segments, variables)
        if is_first:
            shapes = [weight.shape for weight in variables] or [()] * len(segments)
            self.parts = self._smaller = {
                "rows": _parts(shapes, -1),
                "columns": _parts(shapes, -2),
            }
            for slot, parts in self._smaller.items():
                self.slots[slot] = aligned(parts[-1][0].stop if parts else 0)

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above to each weight, in place."""
        number = self.iterations + 1
        rate, fresh = min(rate, 1 / math.sqrt(number)), number**self.beta_2_decay
        for index, segment in enumerate(self.segments):
            w, g, v = parameters[segment], gradients[segment], self.slots["velocity"][segment]
            squares = np.square(g, out=self.scratch[segment])
            squares += self.epsilon_1
            r, c = (self._part(slot, index) for slot in self._smaller)
            if r.shape:
                self._factored(r, c, squares, v, fresh)
            else:
                _average(v, squares, fresh)
            g /= np.sqrt(v, out=squares)
            excess = max(1.0, _rms(g) / self.clip_threshold)
            g *= rate * max(self.epsilon_2, _rms(w)) / excess
            w -= g

    def _part(self, slot: str, index: int) -> Buffer:
        """Return the view of a slot for one weight; its shape is () for those not factored."""
        segment, shape = self._smaller[slot][index]
        return self.slots[slot][segment].reshape(shape)

    @staticmethod
    def _factored(r: Buffer, c: Buffer, squares: Buffer, v: Buffer, fresh: float) -> None:
        """Update the means of rows and columns, and write their product to ``v``."""
        shape = (*r.shape, c.shape[-1])
        squares = squares.reshape(shape)
        _average(r, squares.mean(axis=-1), fresh)
        _average(c, squares.mean(axis=-2), fresh)
        relative = r / r.mean(axis=-1, keepdims=True)
        np.multiply(relative[..., None], c[..., None, :], out=v.reshape(shape))


def _parts(shapes: Sequence[tuple[int, ...]], axis: int) -> list[tuple[slice, tuple[int, ...]]]:
    """Return the segment of each weight in a slot without an axis, and its shape there.

    Weights that aren't factored have one number there, which is unused, as in Keras's files.
    """
    parts, end = [], 0
    for shape in shapes:
        left = shape[:axis] + shape[len(shape) + axis + 1 :] if len(shape) >= 2 else ()
        start, end = end, end + math.prod(left)
        parts.append((slice(start, end), left))
    return parts


def _average(mean: Buffer, values: Buffer, fresh: float) -> None:
    """Update a running mean, in which the new values count ``fresh``, and overwrite these."""
    mean *= 1 - fresh
    values *= fresh
    mean += values


def _rms(x: Buffer) -> float:
    """Return the root of the mean of the squares."""
    return math.sqrt(np.dot(x, x) / max(x.size, 1))
