"""The learning rate of the next step, as a number that can be assigned to."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

__all__ = ["CurrentRate"]


class CurrentRate(float):
    """The rate of an optimizer: a float with the methods of Keras's variable.

    >>> from nn.optimizers import SGD
    >>> optimizer = SGD(0.5)
    >>> optimizer.learning_rate.assign(optimizer.learning_rate / 2)
    >>> optimizer.learning_rate
    0.25
    """

    _optimizer: Any  # whose file imports this one

    def __new__(cls, value: float, optimizer: Any) -> Self:
        """Return a rate of this value."""
        rate = super().__new__(cls, value)
        rate._optimizer = optimizer
        return rate

    def assign(self, value: Any) -> None:
        """Set the rate of the steps that follow: ``optimizer.learning_rate = value``."""
        self._optimizer.learning_rate = float(value)

    def numpy(self) -> np.float32:
        """Return the rate as NumPy's number."""
        return np.float32(self)

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        return float, (float(self),)  # a copy is a plain number
