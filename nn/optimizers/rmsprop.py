"""RMSprop: gradients divided by their recent root mean square."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.numbers import at_least_zero, fraction
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class RMSprop(Optimizer):
    """Gradients over the root of the running mean of their squares (Tieleman and Hinton 2012).

    ::

        v ← ρ · v + (1 − ρ) · g²
        w ← w − rate · g / √(v + ε)

    ``centered`` subtracts the square of the running mean of ``g`` from ``v`` (Graves 2013,
    equations 38 to 40); ``momentum`` adds up steps: ``s ← momentum · s + step``, ``w ← w − s``.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        rho: from 0 to 1: the decay rate of the means.
        momentum: from 0 to 1.
        epsilon: at least 0; inside the root.
        centered: whether the variance replaces the mean square.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> RMSprop(0.1).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)
    array([0.6838, 2.3162], dtype=float32)
    """

    apart = ("velocity", "momentum", "average_gradient")

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = fraction("rho", rho)
        self.momentum = fraction("momentum", momentum)
        self.epsilon = at_least_zero("epsilon", epsilon)
        self.centered = centered

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the mean square, and those of the options."""
        slots = {"velocity": True, "momentum": self.momentum > 0, "average_gradient": self.centered}
        return {name: 0.0 for name, needed in slots.items() if needed}

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        root = self._root_mean_square(gradients)
        gradients *= rate
        gradients /= root
        if self.momentum:
            steps = self.slots["momentum"]
            steps *= self.momentum
            steps += gradients
            parameters -= steps
        else:
            parameters -= gradients

    def _root_mean_square(self, gradients: Buffer) -> Buffer:
        velocity, scratch = self.slots["velocity"], self.scratch
        velocity *= self.rho
        np.square(gradients, out=scratch)
        scratch *= 1 - self.rho
        velocity += scratch
        if self.centered:
            average = self.slots["average_gradient"]
            average *= self.rho
            average += np.multiply(gradients, 1 - self.rho, out=scratch)
            np.square(average, out=scratch)
            np.subtract(velocity, scratch, out=scratch)
            scratch += self.epsilon
        else:
            np.add(velocity, self.epsilon, out=scratch)
        return np.sqrt(scratch, out=scratch)
