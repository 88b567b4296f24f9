"""The base of Adam's relatives: running means of the gradients and of their squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.numbers import at_least_zero, below_one
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class MomentOptimizer(Optimizer):
    """An optimizer with the decay rates of two running means, and an epsilon.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_1: at least 0 and below 1: the decay rate of the mean of the gradients.
        beta_2: at least 0 and below 1: the decay rate of the mean of their squares.
        epsilon: at least 0.
        **options: those of `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = below_one("beta_1", beta_1)
        self.beta_2 = below_one("beta_2", beta_2)
        self.epsilon = at_least_zero("epsilon", epsilon)

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the means of the gradients and of their squares."""
        return {"momentum": 0.0, "velocity": 0.0}

    def update_means(self, gradients: Buffer) -> None:
        """Update ``m ← β₁ · m + (1 − β₁) · g`` and ``v ← β₂ · v + (1 − β₂) · g²`` in place."""
        (momentum, velocity), scratch = self.slots.values(), self.scratch
        momentum *= self.beta_1
        momentum += np.multiply(gradients, 1 - self.beta_1, out=scratch)
        np.square(gradients, out=scratch)
        scratch *= 1 - self.beta_2
        velocity *= self.beta_2
        velocity += scratch

    def corrected_root(self) -> Buffer:
        """Return ``√(v / (1 − β₂ᵗ)) + ε`` for the number ``t`` of this step, in ``scratch``."""
        velocity, scratch = self.slots["velocity"], self.scratch
        np.divide(velocity, 1 - self.beta_2 ** (self.iterations + 1), out=scratch)
        np.sqrt(scratch, out=scratch)
        scratch += self.epsilon
        return scratch
