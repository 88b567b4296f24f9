"""Nadam: Adam with Nesterov momentum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from nn.optimizers.moments import MomentOptimizer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

    from nn.optimizers.base import Buffer


class Nadam(MomentOptimizer):
    """Adam with Nesterov momentum (Dozat 2016, algorithm 2, with its schedule of momentum).

    With ``t`` the number of this step, ``μₜ = β₁ · (1 − 0.5 · 0.96ᵗ)`` and ``Πₜ = μ₁ · … · μₜ``::

        m ← β₁ · m + (1 − β₁) · g
        v ← β₂ · v + (1 − β₂) · g²
        m̂ = μₜ₊₁ · m / (1 − Πₜ₊₁) + (1 − μₜ) · g / (1 − Πₜ)
        w ← w − rate · m̂ / (√(v / (1 − β₂ᵗ)) + ε)

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_1: at least 0 and below 1: the decay rate of the mean of the gradients.
        beta_2: at least 0 and below 1: the decay rate of the mean of their squares.
        epsilon: at least 0; added to the corrected root.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> Nadam(0.1).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)
    array([0.8937, 2.1063], dtype=float32)
    """

    _product = 1.0  # Π of the last step

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        self.update_means(gradients)
        momentum_factor, gradient_factor = self._factors(rate)
        gradients *= gradient_factor
        gradients += np.multiply(self.slots["momentum"], momentum_factor, out=self.scratch)
        gradients /= self.corrected_root()
        parameters -= gradients

    def scalars(self) -> dict[str, float]:
        """Return ``Π`` of the last step."""
        return {"product": self._product}

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Restore the result of `get_state`."""
        super().set_state(state)
        self._product = math.prod(self._mu(step) for step in range(1, self.iterations + 1))

    def _factors(self, rate: float) -> tuple[float, float]:
        """Return the factors of ``m`` and of ``g`` in the step, including the rate."""
        mu, next_mu = self._mu(self.iterations + 1), self._mu(self.iterations + 2)
        self._product *= mu
        momentum_factor = rate * next_mu / (1 - self._product * next_mu)
        return momentum_factor, rate * (1 - mu) / (1 - self._product)

    def _mu(self, step: int) -> float:
        return self.beta_1 * (1 - 0.5 * 0.96**step)
