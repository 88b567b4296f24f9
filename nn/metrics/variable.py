"""The state of a user-defined metric: a number or an array that batches are added to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.layers.weight import Weight, store

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


class MetricVariable(Weight):
    """A named array of a metric, which code that is recorded reads and updates at each call.

    Args:
        value: the initial value.
        dtype: float64 for float32, so that long sums stay exact, or a dtype of whole numbers.
        name: its name within the metric.
        metric: the name of the metric.

    >>> total = MetricVariable(np.zeros(()), np.float64, name="total", metric="error")
    >>> total.assign_add(2.0)
    >>> float(total / 4)
    0.5
    """

    def __init__(self, value: Array, dtype: DTypeLike, *, name: str, metric: str) -> None:
        self._array = np.array(value, dtype)
        super().__init__(self._array, name=name, layer=metric, trainable=False)

    @property
    def value(self) -> Array:
        """The array; a Tensor while a step is recorded."""
        return ad.live(self._array, self.path)

    @value.setter
    def value(self, value: Array) -> None:
        self._array[...] = value

    def assign(self, value: Array) -> None:
        """Overwrite the value in place; a recorded step does so at each call."""
        self.check_shape(value)
        store(self._array, value.value if isinstance(value, Weight) else value, self.path)
