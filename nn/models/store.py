"""The store: all weights of a model in flat float32 buffers, with a view for each weight.

What is learned lies in one buffer, its gradients in a second one of the same layout, and the state
that isn't learned in a third. An optimizer then updates the whole model by a handful of calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.buffers import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.weight import Array, Weight


class Store:
    """Moves weights into flat buffers, keeping their numbers.

    Args:
        trainable: the weights that training learns.
        other: the weights that it leaves alone.

    Attributes:
        parameters: float32, the learned numbers, weight after weight.
        gradients: the same layout.
        views: of ``gradients``, one for each trainable weight.
        state: float32, the numbers of the other weights.
        segments: a slice of ``parameters`` for each trainable weight.
    """

    def __init__(self, trainable: Sequence[Weight], other: Sequence[Weight]) -> None:
        self.trainable = list(trainable)
        self.other = list(other)
        self.segments = _segments(self.trainable)
        self.parameters = _pack(self.trainable, self.segments)
        self.state = _pack(self.other, _segments(self.other))
        self.gradients = aligned(self.parameters.size)
        self.views = [
            self.gradients[segment].reshape(weight.shape)
            for weight, segment in zip(self.trainable, self.segments, strict=True)
        ]

    def holds(self, trainable: Sequence[Weight], other: Sequence[Weight]) -> bool:
        """Whether exactly these weights still live in these buffers."""
        return _live_in(self.parameters, self.trainable, trainable) and _live_in(
            self.state, self.other, other
        )

    def collect(self, slopes: Sequence[Array]) -> None:
        """Write the slope for each trainable weight into `gradients`."""
        for view, slope in zip(self.views, slopes, strict=True):
            view[...] = slope


def _segments(weights: Sequence[Weight]) -> list[slice]:
    ends = np.cumsum([weight.size for weight in weights], dtype=int).tolist()
    return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _pack(weights: Sequence[Weight], segments: Sequence[slice]) -> np.ndarray:
    """Move the weights' numbers into a new buffer, and make their values views of it."""
    buffer = aligned(segments[-1].stop if segments else 0)
    for weight, segment in zip(weights, segments, strict=True):
        view = buffer[segment].reshape(weight.shape)
        view[...] = weight.value
        weight.value = view
    return buffer


def _live_in(buffer: np.ndarray, held: Sequence[Weight], weights: Sequence[Weight]) -> bool:
    memory = buffer.base  # None where this is a copy, whose numbers live apart
    return len(held) == len(weights) and all(
        mine is theirs and mine.value.base is memory is not None
        for mine, theirs in zip(held, weights, strict=True)
    )
