"""Gradient accumulation: one update from the mean gradient of several batches.

This simulates a large batch that wouldn't fit into memory at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.buffers import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class Accumulator:
    """Accumulate the gradients of a number of steps in a flat buffer.

    Args:
        size: the number of parameters.
        steps: the number of gradients per update.

    >>> gradients, accumulator = np.ones(1, np.float32), Accumulator(1, 2)
    >>> accumulator.completes(gradients)
    False
    >>> gradients[:] = 3.0
    >>> accumulator.completes(gradients), gradients
    (True, array([2.], dtype=float32))
    """

    def __init__(self, size: int, steps: int) -> None:
        self.sum = aligned(size)
        self.steps = steps
        self.count = 0

    def completes(self, gradients: NDArray[np.float32]) -> bool:
        """Add ``gradients``; after `steps` calls, overwrite them by the mean and return True."""
        self.count += 1
        if self.count < self.steps:
            self.sum += gradients
            return False
        gradients += self.sum
        gradients /= self.steps
        self.sum.fill(0.0)
        self.count = 0
        return True

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Return a copy of the sum and the count."""
        return {"gathered": self.sum.copy(), "gathered_steps": np.array(self.count)}

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Restore the result of `get_state`."""
        self.sum[:] = state["gathered"]
        self.count = int(state["gathered_steps"])
