"""Nadam: Adam with Nesterov's look ahead."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from nn.optimizers.arguments import at_least_zero, below_one
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Unpack

    from numpy.typing import NDArray

    from nn.optimizers.base import Buffer, Options, Rate


class Nadam(Optimizer):
    """Adam with Nesterov momentum (Dozat 2016, algorithm 2, with its schedule of momentum).

    With ``t`` the number of this step, ``μₜ = β₁ · (1 − 0.5 · 0.96ᵗ)`` and ``Πₜ = μ₁ · … · μₜ``::

        m ← β₁ · m + (1 − β₁) · g
        v ← β₂ · v + (1 − β₂) · g²
        m̂ = μₜ₊₁ · m / (1 − Πₜ₊₁) + (1 − μₜ) · g / (1 − Πₜ)
        w ← w − rate · m̂ / (√(v / (1 − β₂ᵗ)) + ε)

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_1: at least 0 and below 1: how slowly the mean of the gradients changes.
        beta_2: at least 0 and below 1: how slowly the mean of their squares changes.
        epsilon: at least 0; added to the corrected root.
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
        self._product = 1.0  # Π of the last step

    def initial_slots(self) -> dict[str, float]:
        """The means of the gradients and of their squares."""
        return {"momentum": 0.0, "velocity": 0.0}

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        (momentum, velocity), scratch = self.slots.values(), self.scratch
        momentum *= self.beta_1
        momentum += np.multiply(gradients, 1 - self.beta_1, out=scratch)
        np.square(gradients, out=scratch)
        scratch *= 1 - self.beta_2
        velocity *= self.beta_2
        velocity += scratch
        ahead, now = self._shares(rate)
        gradients *= now
        gradients += np.multiply(momentum, ahead, out=scratch)
        np.divide(velocity, 1 - self.beta_2 ** (self.iterations + 1), out=scratch)
        np.sqrt(scratch, out=scratch)
        scratch += self.epsilon
        gradients /= scratch
        parameters -= gradients

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `get_state` answered."""
        super().set_state(state)
        self._product = math.prod(self._mu(step) for step in range(1, self.iterations + 1))

    def _shares(self, rate: float) -> tuple[float, float]:
        """Answer the factors of ``m`` and of ``g`` in the step, the rate included."""
        mu, next_mu = self._mu(self.iterations + 1), self._mu(self.iterations + 2)
        self._product *= mu
        ahead = rate * next_mu / (1 - self._product * next_mu)
        return ahead, rate * (1 - mu) / (1 - self._product)

    def _mu(self, step: int) -> float:
        return self.beta_1 * (1 - 0.5 * 0.96**step)
