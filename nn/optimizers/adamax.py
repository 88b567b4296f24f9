"""Adamax: Adam with the greatest slope in the place of the mean square."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.optimizers.arguments import at_least_zero, below_one
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer, Options, Rate


class Adamax(Optimizer):
    """Adam with the infinity norm (Kingma and Ba 2015, algorithm 2).

    With ``t`` the number of this step::

        m ← β₁ · m + (1 − β₁) · g
        u ← max(β₂ · u, |g|)
        w ← w − rate / (1 − β₁ᵗ) · m / (u + ε)

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_1: at least 0 and below 1: how slowly the mean of the gradients changes.
        beta_2: at least 0 and below 1: how slowly the greatest gradient is forgotten.
        epsilon: at least 0; added to ``u``.
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
        """The mean of the gradients, and the greatest of them."""
        return {"momentum": 0.0, "norm": 0.0}

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        (momentum, norm), scratch = self.slots.values(), self.scratch
        momentum *= self.beta_1
        momentum += np.multiply(gradients, 1 - self.beta_1, out=scratch)
        norm *= self.beta_2
        np.maximum(norm, np.abs(gradients, out=gradients), out=norm)
        np.add(norm, self.epsilon, out=scratch)
        np.divide(momentum, scratch, out=scratch)
        scratch *= rate / (1 - self.beta_1 ** (self.iterations + 1))
        parameters -= scratch
