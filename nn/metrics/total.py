"""The sum of values over all batches."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.conversion import as_real
from nn.losses.reduction import align_weight
from nn.metrics.base import Metric


class Sum(Metric):
    """The sum of values, each times its weight.

    >>> total = Sum()
    >>> total.update_state([1.0, 3.0, 5.0])
    >>> float(total([7.0, 9.0], sample_weight=[1.0, 0.0]))
    16.0
    """

    def __init__(self, name: str | None = "sum") -> None:
        super().__init__(name)
        self.total = self.add_weight(name="total")

    def update_state(self, values: Array, sample_weight: Array = None) -> None:
        """Add the values of one batch.

        Args:
            values: any shape.
            sample_weight: a number for each row, or for each value; None for equal weights.
        """
        values = as_real("values", values).astype(np.float64)
        if sample_weight is not None:
            values = values * align_weight(sample_weight, values.shape, values.dtype)
        self.total.assign_add(np.sum(values))

    def result(self) -> Array:
        """Return the sum."""
        return self.total.value[()]
