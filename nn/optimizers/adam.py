"""Adam: steps of about the learning rate for every parameter, whatever its gradient's size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from nn.buffers import single
from nn.optimizers.moments import MomentOptimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class Adam(MomentOptimizer):
    """Adaptive moments (Kingma and Ba 2015, algorithm 1, in the form of its section 2's end).

    With ``t`` the number of this step::

        m ← β₁ · m + (1 − β₁) · g
        v ← β₂ · v + (1 − β₂) · g²
        w ← w − rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)

    ``ε`` is added to the uncorrected ``√v`` (the paper's "epsilon hat"). With ``amsgrad``, ``v`` is
    replaced by its maximum so far (Reddi et al. 2018, algorithm 2).

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_1: at least 0 and below 1: the decay rate of the mean of the gradients.
        beta_2: at least 0 and below 1: the decay rate of the mean of their squares.
        epsilon: at least 0; avoids division by 0.
        amsgrad: whether the maximum of ``v`` is used.
        **options: those of `Optimizer`.

    The slots hold ``m / (1 − β₁)`` and ``v / (1 − β₂)``, which saves two passes over memory.

    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> Adam(0.1).apply([np.array([2.0, -200.0])], [weight])
    >>> weight.numpy().round(4)  # the first step is the rate, whatever the size of the slope
    array([0.9, 2.1], dtype=float32)
    """

    apart = ("velocity_hat",)

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **options)
        self.amsgrad = amsgrad

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: ``m``, ``v``, and with ``amsgrad`` the maximum of ``v``."""
        return super().initial_slots() | ({"velocity_hat": 0.0} if self.amsgrad else {})

    def slot_units(self) -> dict[str, float]:
        """Return the factors from the slots to ``m`` and ``v``."""
        of_squares = 1 - self.beta_2
        units = {"momentum": 1 - self.beta_1, "velocity": of_squares, "velocity_hat": of_squares}
        return {slot: units[slot] for slot in self.initial_slots()}

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        momentum, velocity, *hats = self.slots.values()
        momentum *= single(self.beta_1)
        momentum += gradients
        velocity *= single(self.beta_2)
        velocity += np.square(gradients, out=gradients)
        if hats:
            velocity = np.maximum(hats[0], velocity, out=hats[0])
        scale, epsilon = self._scales(rate)
        change = np.sqrt(velocity, out=self.scratch)
        change += single(epsilon)
        np.divide(momentum, change, out=change)
        change *= scale
        parameters -= change

    def _scales(self, rate: float) -> tuple[float, float]:
        """Return the factor and the epsilon of this step, in the units of the slots."""
        step = self.iterations + 1
        corrected = rate * (1 - self.beta_2**step) ** 0.5 / (1 - self.beta_1**step)
        unit = math.sqrt(1 - self.beta_2)
        return corrected * (1 - self.beta_1) / unit, self.epsilon / unit
