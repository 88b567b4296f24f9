"""A solution and its change along a random direction, solved together to choose the steps.

Steps that are chosen for the solution alone may be far too long for its slopes: from a state of
rest the solution stays there, whatever the steps, but its slope in the first state doesn't. Here
the change ``d`` of the solution, when the first state and all parameters move in a random
direction, is part of the state: ``y' = f(y)`` and ``d' = ∂f/∂y d + ∂f/∂θ dθ``, measured by central
differences. The solver controls the errors of both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, as_array
from autodiff.transforms.closures import recomputed
from autodiff.transforms.opaque import is_smooth

__all__ = ["Tangent"]

_STEP = 6e-6  # balances the rounding and the curvature of central differences
_ACCURACY = 1e-7  # of what they measure


class Tangent:
    """The right side of the equation of both, for ``solve_ivp``.

    Args:
        function: the user's, of t, y and further arguments.
        called: the same, with its arguments and what it closes over.
        args_of: returns the further arguments, from values for the traced ones.
        y: the first state.
        rtol: the relative tolerance of the solution.
        atol: its absolute tolerance.

    Attributes:
        start: the first state of both.
        rtol: the relative tolerance of both.
        atol: the absolute tolerance of both.
    """

    def __init__(
        self,
        function: Function,
        called: Called,
        args_of: Callable[[list[Array]], tuple[Any, ...]],
        y: Array,
        rtol: Any,
        atol: Any,
    ) -> None:
        self.function = function
        self.args_of = args_of
        self.values = list(map(peek, called.traced))
        self._random = np.random.default_rng(0)
        self.directions = [self._direction(value) for value in self.values]
        self.closed = {node: self._direction(node.value) for node in called.closed}
        atol = np.broadcast_to(atol, y.shape)
        self.scale = np.abs(y) + atol / np.maximum(rtol, 1e-15)
        self.start = np.concatenate([y, self.scale * self._random.uniform(-1, 1, y.shape)])
        self.rtol = np.tile(rtol, 2) if np.ndim(rtol) else rtol
        self.atol = np.concatenate([atol, np.maximum(atol, _ACCURACY * self.scale)])

    def _direction(self, value: Array) -> Array:
        """Return a random change of a parameter, of its size."""
        if not is_smooth(value):
            return np.zeros_like(value)
        largest = np.max(np.abs(value), initial=0.0) or 1.0
        sizes = np.where(value == 0, largest, np.abs(value))
        return self._random.uniform(-1, 1, np.shape(value)) * sizes

    def __call__(self, t: float, both: Array) -> Array:
        """Return the slopes of both."""
        y, change = np.split(both, 2)
        sizes = float(np.linalg.norm(self.scale)), float(np.linalg.norm(change))
        step = _STEP * min(1.0, sizes[0] / (sizes[1] or 1.0))
        with np.errstate(all="ignore"):  # beside a border of f's domain
            up, down = (self._moved(t, y, change, sign * step) for sign in (1, -1))
        moved = (up - down) / (2 * step)
        return np.concatenate(
            [self._moved(t, y, change, 0.0), np.where(np.isfinite(moved), moved, 0.0)]
        )

    def _moved(self, t: float, y: Array, change: Array, step: float) -> Array:
        """Return the function's value, after a step in the direction."""
        pairs = zip(self.values, self.directions, strict=True)
        values = [value + step * direction if step else value for value, direction in pairs]
        out = as_array(self.function(t, y + step * change, *self.args_of(values)))
        if isinstance(out, Tensor):
            moved = {node: node.value + step * d for node, d in self.closed.items()}
            out = recomputed(out.node, moved if step else {})
        return np.reshape(out, y.shape)
