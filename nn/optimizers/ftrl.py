"""Ftrl: follow the regularized leader, which keeps the weights of rare features at exactly 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.numbers import at_least_zero, finite
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class Ftrl(Optimizer):
    """Follow the regularized leader (McMahan et al. 2013, algorithm 1), with shrinkage.

    With ``p = −learning_rate_power`` and ``ĝ = g + 2 · shrinkage · w``::

        n' = n + g²
        z ← z + ĝ − (n'ᵖ − nᵖ) / rate · w
        w ← (clip(z, −l1, l1) − z) / (n'ᵖ / rate + 2 · (l2 + beta / (2 · rate)))
        n ← n'

    The first step doesn't depend on the initial weights: without gradients, the leader is at 0.

    Args:
        learning_rate: above 0; a number, a schedule, or a function without arguments.
        learning_rate_power: at most 0; 0 keeps the rate as it is.
        initial_accumulator_value: the initial ``n``; at least 0.
        l1_regularization_strength: at least 0; sets weights to exactly 0.
        l2_regularization_strength: at least 0; keeps steps small.
        l2_shrinkage_regularization_strength: at least 0; a penalty on large weights.
        beta: at least 0; β in the paper.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight([0.0, 0.0], name="w")
    >>> Ftrl(0.1).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)
    array([-0.0988,  0.0988], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.learning_rate_power = finite("learning_rate_power", learning_rate_power)
        if self.learning_rate_power > 0:
            raise ValueError(
                f"expected learning_rate_power to be at most 0, got {learning_rate_power}. "
                "-0.5 is usual: the rate falls with the root of the sum of squares."
            )
        self.initial_accumulator_value = at_least_zero(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.l1_regularization_strength = at_least_zero(
            "l1_regularization_strength", l1_regularization_strength
        )
        self.l2_regularization_strength = at_least_zero(
            "l2_regularization_strength", l2_regularization_strength
        )
        self.l2_shrinkage_regularization_strength = at_least_zero(
            "l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength
        )
        self.beta = at_least_zero("beta", beta)

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the sum of squares ``n``, and the linear coefficients ``z``."""
        return {"accumulator": self.initial_accumulator_value, "linear": 0.0}

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place; a rate of 0 changes nothing."""
        if rate == 0:
            return
        (accumulator, linear), scratch = self.slots.values(), self.scratch
        power, l1 = -self.learning_rate_power, self.l1_regularization_strength
        linear += gradients
        np.power(accumulator, power, out=scratch)
        accumulator += np.square(gradients, out=gradients)
        root = np.power(accumulator, power, out=gradients)
        np.subtract(root, scratch, out=scratch)
        scratch *= parameters
        scratch /= rate
        linear -= scratch
        if self.l2_shrinkage_regularization_strength:
            shrinkage = 2 * self.l2_shrinkage_regularization_strength
            linear += np.multiply(parameters, shrinkage, out=scratch)
        root /= rate
        root += 2 * self.l2_regularization_strength + self.beta / rate
        np.clip(linear, -l1, l1, out=parameters)
        parameters -= linear
        parameters /= root
