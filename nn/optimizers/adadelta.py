"""Adadelta: steps in the units of the parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.numbers import at_least_zero, fraction
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class Adadelta(Optimizer):
    """Gradients scaled by the ratio of the sizes of recent steps and gradients (Zeiler 2012).

    Algorithm 1, with a rate::

        a ← ρ · a + (1 − ρ) · g²
        d = √(b + ε) / √(a + ε) · g
        b ← ρ · b + (1 − ρ) · d²
        w ← w − rate · d

    Args:
        learning_rate: at least 0; 1.0 in the paper.
        rho: from 0 to 1: the decay rate of the means.
        epsilon: at least 0; inside the roots; makes the first steps nonzero.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> Adadelta(1.0).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)
    array([0.9986, 2.0014], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = fraction("rho", rho)
        self.epsilon = at_least_zero("epsilon", epsilon)

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the mean squares of gradients and of steps."""
        return {"squared_gradients": 0.0, "squared_steps": 0.0}

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        squared_gradients, squared_steps = self.slots.values()
        self._average(squared_gradients, gradients)
        self._times_root(gradients, squared_steps, np.multiply)
        self._times_root(gradients, squared_gradients, np.divide)
        self._average(squared_steps, gradients)
        gradients *= rate
        parameters -= gradients

    def _average(self, mean: Buffer, values: Buffer) -> None:
        """Update a running mean with the squares of ``values``."""
        squares = np.square(values, out=self.scratch)
        squares *= 1 - self.rho
        mean *= self.rho
        mean += squares

    def _times_root(self, values: Buffer, mean: Buffer, operation: np.ufunc) -> None:
        """Multiply or divide ``values`` by ``√(mean + ε)``."""
        root = np.add(mean, self.epsilon, out=self.scratch)
        np.sqrt(root, out=root)
        operation(values, root, out=values)
