"""The store: weights in flat float32 buffers, with a view for each weight.

The trainable weights are in one buffer, their gradients in a second one of the same layout, and the
other weights in a third. An optimizer then updates a whole model by a handful of calls.

Each weight is in one store. In another store, that of a second model with the same layer, it is a
guest: its memory doesn't move, because recorded programs read it there, and its value is copied to
the flat buffer before an update and back afterwards.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING
from weakref import WeakSet

import numpy as np

from autodiff import Array
from nn.buffers import aligned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nn.layers.weight import Weight

_stores: WeakSet[Store] = WeakSet()  # all existing stores


class Store:
    """Moves weights to flat buffers, keeping their values; those of other stores aren't moved.

    Args:
        trainable: the weights that training updates.
        other: the other weights.
        instead_of: the store that this one replaces, whose weights are moved.

    Attributes:
        parameters: float32, the values of the trainable weights, one after the other.
        gradients: of the same layout.
        views: views of ``gradients``, one for each trainable weight.
        state: float32, the values of the other weights, except guests.
        segments: a slice of ``parameters`` for each trainable weight.
    """

    def __init__(
        self, trainable: Sequence[Weight], other: Sequence[Weight], instead_of: Store | None = None
    ) -> None:
        others = _memory_of(store for store in _stores if store is not instead_of)
        self.trainable = list(trainable)
        self.other = list(other)
        self.segments = _segments(self.trainable)
        size = self.segments[-1].stop if self.segments else 0
        self.parameters, self.gradients = aligned(size), aligned(size)
        self.views = self._split(self.gradients)
        self._guests: list[tuple[np.ndarray, np.ndarray]] = []
        for weight, view in zip(self.trainable, self._split(self.parameters), strict=True):
            if id(weight.value.base) in others:
                self._guests.append((weight.value, view))
            else:
                _move(weight, view)
        moved = [weight for weight in self.other if id(weight.value.base) not in others]
        self.state = _pack(moved)
        self._values = [weight.value for weight in (*self.trainable, *self.other)]
        _stores.add(self)

    def _split(self, buffer: np.ndarray) -> list[np.ndarray]:
        """Return a view of a buffer for each trainable weight."""
        pairs = zip(self.trainable, self.segments, strict=True)
        return [buffer[segment].reshape(weight.shape) for weight, segment in pairs]

    def holds(self, trainable: Sequence[Weight], other: Sequence[Weight]) -> bool:
        """Return whether the store has exactly these weights, and their values haven't moved."""
        weights = [*trainable, *other]
        return (
            len(trainable) == len(self.trainable)
            and len(weights) == len(self._values)
            and all(map(operator.is_, weights, (*self.trainable, *self.other)))
            and all(map(operator.is_, (weight.value for weight in weights), self._values))
        )

    def update(self, step: Callable[[np.ndarray, np.ndarray], None]) -> None:
        """Call ``step``, an optimizer's, which updates the parameters from the gradients."""
        for value, view in self._guests:
            view[...] = value
        step(self.parameters, self.gradients)
        for value, view in self._guests:
            value[...] = view

    def collect(self, slopes: Sequence[Array]) -> None:
        """Copy the slope of each trainable weight to `gradients`."""
        for view, slope in zip(self.views, slopes, strict=True):
            view[...] = slope


def _segments(weights: Sequence[Weight]) -> list[slice]:
    ends = np.cumsum([weight.size for weight in weights], dtype=int).tolist()
    return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _pack(weights: Sequence[Weight]) -> np.ndarray:
    """Move the values of weights to a new buffer, of which they become views."""
    segments = _segments(weights)
    buffer = aligned(segments[-1].stop if segments else 0)
    for weight, segment in zip(weights, segments, strict=True):
        _move(weight, buffer[segment].reshape(weight.shape))
    return buffer


def _move(weight: Weight, view: np.ndarray) -> None:
    view[...] = weight.value
    weight.value = view


def _memory_of(stores: Iterable[Store]) -> set[int]:
    """Return the ids of the arrays that own the memory of stores."""
    buffers = [buffer for store in stores for buffer in (store.parameters, store.state)]
    return {id(buffer.base) for buffer in buffers if buffer.base is not None}
