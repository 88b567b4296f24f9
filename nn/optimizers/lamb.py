"""Lamb: Adam with steps proportional to the norm of the weights, for large batches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from nn.optimizers.moments import MomentOptimizer

if TYPE_CHECKING:
    from nn.optimizers.base import Buffer


class Lamb(MomentOptimizer):
    """Layer-wise adaptive moments (You et al. 2020, algorithm 2, without its decay in the ratio).

    With ``t`` the number of this step, and norms of one variable::

        m ← β₁ · m + (1 − β₁) · g
        v ← β₂ · v + (1 − β₂) · g²
        u = m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
        w ← w − rate · ‖w‖ / ‖u‖ · u

    Where a norm is 0, the ratio of the norms is 1.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_1: at least 0 and below 1: the decay rate of the mean of the gradients.
        beta_2: at least 0 and below 1: the decay rate of the mean of their squares.
        epsilon: at least 0; added to the corrected root.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> Lamb(0.1).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)
    array([0.8419, 2.1581], dtype=float32)
    """

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        self.update_means(gradients)
        change = np.divide(self.slots["momentum"], self.corrected_root(), out=gradients)
        change /= 1 - self.beta_1 ** (self.iterations + 1)
        for segment in self.segments:
            change[segment] *= rate * _ratio(parameters[segment], change[segment])
        parameters -= change


def _ratio(weight: Buffer, change: Buffer) -> float:
    """Return the norm of a weight divided by that of its change, or 1 if one of them is 0."""
    norm, length = math.sqrt(np.dot(weight, weight)), math.sqrt(np.dot(change, change))
    return norm / length if norm > 0 and length > 0 else 1.0
