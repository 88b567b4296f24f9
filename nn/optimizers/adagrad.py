"""Adagrad: gradients divided by the root of the sum of all their squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.numbers import at_least_zero
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class Adagrad(Optimizer):
    """Gradients over the root of the sum of their squares so far (Duchi et al. 2011, section 1.1).

    ::

        a ← a + g²
        w ← w − rate · g / √(a + ε)

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        initial_accumulator_value: the initial ``a``; at least 0.
        epsilon: at least 0; inside the root.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> Adagrad(0.1).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)
    array([0.9012, 2.0988], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = at_least_zero(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.epsilon = at_least_zero("epsilon", epsilon)

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the sum of squares."""
        return {"accumulator": self.initial_accumulator_value}

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        accumulator, root = self.slots["accumulator"], self.scratch
        accumulator += np.square(gradients, out=root)
        np.add(accumulator, self.epsilon, out=root)
        np.sqrt(root, out=root)
        gradients *= rate
        gradients /= root
        parameters -= gradients
