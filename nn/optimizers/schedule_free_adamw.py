"""Schedule-free AdamW: averages of the parameters in the place of a decreasing rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.numbers import whole
from nn.optimizers.moments import MomentOptimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class ScheduleFreeAdamW(MomentOptimizer):
    """Adam whose steps start from averages (Defazio et al. 2024, algorithm 1).

    With ``t`` the number of this step, ``w`` between the average ``x`` and the point ``z`` that
    gradients move::

        v ← β₂ · v + (1 − β₂) · g²
        x = (w − (1 − β₁) · z) / β₁
        z ← z − rate · g / (√(v / (1 − β₂ᵗ)) + ε)
        x ← x + (z − x) / t
        w ← (1 − β₁) · z + β₁ · x

    Both start at the parameters. As in Keras, these are ``w``, not the average, after training too.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        beta_1: above 0 and below 1: the share of the average.
        beta_2: at least 0 and below 1: the decay rate of the mean of the squares.
        epsilon: at least 0; added to the corrected root.
        warmup_steps: the number of steps in which the rate grows from 0.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> ScheduleFreeAdamW(0.1).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)
    array([0.9, 2.1], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **options)
        if not beta_1:
            raise ValueError("expected beta_1 to be above 0 and below 1, got 0. Write 0.9.")
        self.warmup_steps = whole("warmup_steps", warmup_steps, least=0)

    def step(self, parameters: Buffer, gradients: Buffer) -> None:
        """Update ``parameters`` in place by one step; see `Optimizer.step`."""
        if self.iterations == 0 and "momentum" in self.slots:
            self.slots["momentum"][:] = parameters
        super().step(parameters, gradients)

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        number, (point, velocity), scratch = self.iterations + 1, self.slots.values(), self.scratch
        if self.warmup_steps:
            rate *= min(1.0, number / self.warmup_steps)
        velocity *= self.beta_2
        np.square(gradients, out=scratch)
        velocity += np.multiply(scratch, 1 - self.beta_2, out=scratch)
        average = parameters
        average -= np.multiply(point, 1 - self.beta_1, out=scratch)
        average /= self.beta_1
        gradients /= self.corrected_root()
        point -= np.multiply(gradients, rate, out=gradients)
        average += np.divide(np.subtract(point, average, out=scratch), number, out=scratch)
        average *= self.beta_1
        parameters += np.multiply(point, 1 - self.beta_1, out=scratch)
