"""Adamax: Adam with a decaying maximum of the gradients instead of the mean square."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.optimizers.moments import MomentOptimizer

if TYPE_CHECKING:
    from nn.optimizers.base import Buffer


class Adamax(MomentOptimizer):
    """Adam with the infinity norm (Kingma and Ba 2015, algorithm 2).

    With ``t`` the number of this step::

        m ← β₁ · m + (1 − β₁) · g
        u ← max(β₂ · u, |g|)
        w ← w − rate / (1 − β₁ᵗ) · m / (u + ε)

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_1: at least 0 and below 1: the decay rate of the mean of the gradients.
        beta_2: at least 0 and below 1: the decay rate of the maximum of the gradients.
        epsilon: at least 0; added to ``u``.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> Adamax(0.1).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)
    array([0.9, 2.1], dtype=float32)
    """

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the mean of the gradients, and their maximum."""
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
