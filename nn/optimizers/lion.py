"""Lion: steps of one size, in the direction of the sign of momentum and gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.numbers import below_one, fraction
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class Lion(Optimizer):
    """Evolved sign momentum (Chen et al. 2023, algorithm 2).

    ::

        w ← w − rate · sign(β₁ · m + (1 − β₁) · g)
        m ← β₂ · m + (1 − β₂) · g

    The steps are larger than Adam's: a rate 3 to 10 times smaller is usual.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_1: from 0 to 1: the share of the momentum in the direction.
        beta_2: at least 0 and below 1: the decay rate of the momentum.
        **options: those of `Optimizer`.

    >>> optimizer, weights = Lion(0.5), np.array([1.0, 1.0, 1.0], np.float32)
    >>> optimizer.build_slots(3, [slice(0, 3)])
    >>> optimizer.step(weights, np.array([100.0, 0.0, -0.1], np.float32))
    >>> weights
    array([0.5, 1. , 1.5], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = fraction("beta_1", beta_1)
        self.beta_2 = below_one("beta_2", beta_2)

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the mean of the gradients."""
        return {"momentum": 0.0}

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        momentum, change = self.slots["momentum"], self.scratch
        np.subtract(momentum, gradients, out=change)  # β₁ · m + (1 − β₁) · g, with one buffer
        change *= self.beta_1
        change += gradients
        np.sign(change, out=change)
        change *= rate
        parameters -= change
        gradients *= 1 - self.beta_2
        momentum *= self.beta_2
        momentum += gradients
