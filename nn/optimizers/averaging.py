"""The moving average of the parameters (Polyak and Juditsky 1992), kept with ``use_ema``.

After each step ``average ← momentum · average + (1 − momentum) · parameters``. The average often
generalizes better than the last parameters; so it replaces them at the end of ``fit``, and with a
frequency also every so many steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.buffers import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class MovingAverage:
    """An exponential moving average over a flat buffer.

    Args:
        size: the number of parameters.
        momentum: from 0 to 1: the decay rate of the average.
        frequency: the number of steps after which the average replaces the parameters, each time;
            None means never.

    >>> average, parameters = MovingAverage(1, 0.5), np.array([2.0], np.float32)
    >>> average.update(parameters, 0)
    >>> parameters[:] = 4.0
    >>> average.update(parameters, 1)
    >>> average.values
    array([3.], dtype=float32)
    """

    def __init__(self, size: int, momentum: float, frequency: int | None = None) -> None:
        self.values = aligned(size)
        self.momentum = momentum
        self.frequency = frequency
        self.is_empty = True
        self._scratch = aligned(size)

    def update(self, parameters: NDArray[np.float32], steps: int) -> None:
        """Update the average after a step; ``steps`` is the number of earlier steps."""
        self.is_empty = False
        if steps == 0:
            self.values[:] = parameters
        else:
            self.values *= self.momentum
            self.values += np.multiply(parameters, 1 - self.momentum, out=self._scratch)
        if self.frequency and (steps + 1) % self.frequency == 0:
            parameters[:] = self.values

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Return a copy of the average."""
        return {"average": self.values.copy(), "average_is_empty": np.array(self.is_empty)}

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Restore the result of `get_state`."""
        self.values[:] = state["average"]
        self.is_empty = bool(state["average_is_empty"])
