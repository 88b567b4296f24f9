"""Muon: steps by orthogonal matrices, for the kernels of dense layers."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.numbers import at_least_zero, below_one, whole
from nn.optimizers.base import Optimizer
from nn.optimizers.options import optional

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from nn.optimizers.base import Buffer
    from nn.optimizers.options import OptionsButDecay, Rate


class Muon(Optimizer):
    """Momentum, orthogonalized by Newton-Schulz iterations (Jordan et al. 2024).

    For weights of two axes, with ``msign`` the iterations' approximation of ``U Vᵀ``, where
    ``U S Vᵀ`` is the singular value decomposition, and ``n`` the longer axis::

        m ← μ · m + g
        w ← w − rate · √n · rms_rate · msign(g + μ · m)

    All other weights, and embeddings, are updated by Adam; see `nn.optimizers.Adam`.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        adam_beta_1: at least 0 and below 1: the decay rate of Adam's mean of the gradients.
        adam_beta_2: at least 0 and below 1: the decay rate of Adam's mean of their squares.
        adam_weight_decay: the weight decay of the weights that Adam updates.
        epsilon: at least 0; added to Adam's root.
        weight_decay: that of the other weights.
        exclude_layers: regular expressions; weights whose paths they are found in are Adam's.
        exclude_embeddings: whether weights of embeddings are Adam's.
        muon_a: the coefficient of the iteration a · x + b · x xᵀ x + c · (x xᵀ)² x.
        muon_b: likewise.
        muon_c: likewise.
        adam_lr_ratio: Adam's rate is this times the rate.
        momentum: μ.
        ns_steps: the number of iterations.
        nesterov: whether ``g + μ · m`` is orthogonalized, rather than ``m``.
        rms_rate: a factor that gives steps the size of Adam's (Liu et al. 2025); None for
            ``rate · msign`` alone.
        **options: those of `Optimizer`.

    >>> from nn.layers import Weight
    >>> weight = Weight(np.eye(2), name="kernel")
    >>> Muon(0.5, weight_decay=0).apply([np.array([[2.0, 0.0], [0.0, -200.0]])], [weight])
    >>> weight.numpy().round(1)  # singular values count alike
    array([[0.9, 0. ],
           [0. , 1.1]], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        *,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1.0,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **options: Unpack[OptionsButDecay],
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **options)
        self.adam_beta_1 = below_one("adam_beta_1", adam_beta_1)
        self.adam_beta_2 = below_one("adam_beta_2", adam_beta_2)
        self.adam_weight_decay = optional(at_least_zero, "adam_weight_decay", adam_weight_decay)
        self.epsilon = at_least_zero("epsilon", epsilon)
        self.exclude_layers = list(exclude_layers or [])
        self.exclude_embeddings = bool(exclude_embeddings)
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.adam_lr_ratio = at_least_zero("adam_lr_ratio", adam_lr_ratio)
        self.momentum = at_least_zero("momentum", momentum)
        self.ns_steps = whole("ns_steps", ns_steps)
        self.nesterov, self.rms_rate = bool(nesterov), rms_rate

    def initial_slots(self) -> dict[str, float]:
        """Return the slots: the momentum, and Adam's means of the squares."""
        return {"momentum": 0.0, "velocity": 0.0}

    def build_slots(
        self, size: int, segments: Sequence[slice], variables: Sequence[Any] = ()
    ) -> None:
        """Create the slots; Keras's files have means of squares of Adam's weights alone."""
        super().build_slots(size, segments, variables)
        parts = zip(self._parts(), variables, strict=False)
        self.parts = {
            "velocity": [
                (part, weight.shape) if shape is None else None for (part, shape), weight in parts
            ]
        }

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Update each weight in place."""
        if not self.weight_decay:  # or the decay is done
            self._decay(parameters, rate)
        for segment, shape in self._parts():
            w, g = parameters[segment], gradients[segment]
            m, v = self.slots["momentum"][segment], self.slots["velocity"][segment]
            if shape is None:
                self._adam(w, g, m, v, rate * self.adam_lr_ratio)
            else:
                self._muon(w.reshape(shape), g.reshape(shape), m.reshape(shape), rate)

    def _parts(self) -> list[tuple[slice, tuple[int, int] | None]]:
        """Return the segment of each weight, and its shape if Adam doesn't update it."""
        if not self._variables:
            return [(segment, None) for segment in self.segments]
        pairs = zip(self.segments, self._variables, strict=True)
        return [(segment, None if self._is_adams(w) else w.shape) for segment, w in pairs]

    def _is_adams(self, weight: Any) -> bool:
        return (
            weight.ndim != 2
            or (self.exclude_embeddings and "embedding" in weight.path.lower())
            or any(re.search(pattern, weight.path) for pattern in self.exclude_layers)
        )

    def _muon(self, w: Buffer, g: Buffer, m: Buffer, rate: float) -> None:
        m *= self.momentum
        m += g
        change = self._orthogonal(g + self.momentum * m if self.nesterov else m)
        scale = 1.0 if self.rms_rate is None else math.sqrt(max(w.shape)) * self.rms_rate
        w -= rate * scale * change

    def _orthogonal(self, x: Array) -> Array:
        is_tall = x.shape[0] > x.shape[1]
        x = np.array(x.T if is_tall else x)
        x /= np.linalg.norm(x) + 1e-7
        for _ in range(self.ns_steps):
            square = x @ x.T
            x = self.muon_a * x + (self.muon_b * square + self.muon_c * square @ square) @ x
        return x.T if is_tall else x

    def _adam(self, w: Buffer, g: Buffer, m: Buffer, v: Buffer, rate: float) -> None:
        number = self.iterations + 1
        m += (g - m) * (1 - self.adam_beta_1)
        v += (g * g - v) * (1 - self.adam_beta_2)
        rate *= math.sqrt(1 - self.adam_beta_2**number) / (1 - self.adam_beta_1**number)
        w -= rate * m / (np.sqrt(v) + self.epsilon)

    def _decay(self, parameters: Buffer, rate: float) -> None:
        """Decay the weights that Adam updates, and the others, each by their own fraction."""
        change = self.scratch
        for segment, shape in self._parts():
            decay = self.adam_weight_decay if shape is None else self.weight_decay
            np.multiply(parameters[segment], rate * (decay or 0.0), out=change[segment])
        if self._exclusion.factors is not None:
            change *= self._exclusion.factors
        parameters -= change
