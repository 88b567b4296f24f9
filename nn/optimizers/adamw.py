"""AdamW: Adam with weight decay that is separate from the gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.numbers import at_least_zero
from nn.optimizers.adam import Adam

if TYPE_CHECKING:
    from typing import Unpack

    from nn.optimizers.options import OptionsButDecay, Rate


class AdamW(Adam):
    """Adam after ``w ← w − rate · weight_decay · w`` (Loshchilov and Hutter 2019, algorithm 2).

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        weight_decay: at least 0.
        beta_1: see `Adam`.
        beta_2: see `Adam`.
        epsilon: see `Adam`.
        amsgrad: see `Adam`.
        **options: those of `Optimizer`.

    >>> import numpy as np
    >>> from nn.layers import Weight
    >>> weight = Weight([1.0, 2.0], name="w")
    >>> AdamW(0.1, weight_decay=0.5).apply([np.array([2.0, -2.0])], [weight])
    >>> weight.numpy().round(4)  # 5 % smaller, then a step of the rate
    array([0.85, 2.  ], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[OptionsButDecay],
    ) -> None:
        decay = at_least_zero("weight_decay", weight_decay)
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=decay, **options
        )
