"""SGD: gradient descent, with or without momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.numbers import fraction
from nn.optimizers.base import Optimizer

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import Options, Rate


class SGD(Optimizer):
    """Gradient descent: ``w ← w − rate · g``, or with momentum ``v ← momentum · v − rate · g``.

    With momentum the step is ``w ← w + v`` (Polyak 1964), and with ``nesterov`` too it is
    ``w ← w + momentum · v − rate · g`` with the new ``v`` (Sutskever et al. 2013, equations 3
    and 4, rewritten for the look-ahead weights). The velocity includes the rate.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        momentum: from 0 to 1: the fraction of the last step that is kept.
        nesterov: whether Nesterov momentum is used.
        **options: those of `Optimizer`.

    >>> SGD(lr=1, momentum=0.9)
    SGD(learning_rate=1.0, momentum=0.9)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = fraction("momentum", momentum)
        self.nesterov = nesterov

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the velocity, if there is momentum."""
        return {"velocity": 0.0} if self.momentum else {}

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Apply the equations above in place."""
        gradients *= rate
        if not self.momentum:
            parameters -= gradients
            return
        velocity = self.slots["velocity"]
        velocity *= self.momentum
        velocity -= gradients
        if self.nesterov:
            parameters += np.multiply(velocity, self.momentum, out=self.scratch)
            parameters -= gradients
        else:
            parameters += velocity
