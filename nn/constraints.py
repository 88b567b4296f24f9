"""Constraints: functions applied to a weight after each update.

The norms are 2-norms along `axis`; with axis 0, the default, each column of a Dense kernel, the
weights that lead into one unit, is constrained by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nn import naming

if TYPE_CHECKING:
    from collections.abc import Callable

Array: TypeAlias = Any  # an ndarray of float32

EPSILON = 1e-7  # keeps a norm of zero from dividing by zero, as in Keras


class Constraint(naming.Configurable):
    """A function from a weight's value to the nearest value that is allowed."""

    def __call__(self, weight: Array) -> Array:
        """Answer the constrained value; ``weight`` is left as it is."""
        raise NotImplementedError(
            f"expected {type(self).__name__} to define __call__(self, weight), got none. "
            "Write what it makes of the weight."
        )


class NonNeg(Constraint):
    """No negative weights.

    >>> NonNeg()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __call__(self, weight: Array) -> Array:
        """Answer the weight with 0 for what is negative."""
        return np.maximum(weight, 0)


class MaxNorm(Constraint):
    """Norms of at most `max_value` (Srebro et al. 2004; with dropout, Srivastava et al. 2014).

    >>> MaxNorm(1.0)(np.array([[3.0], [4.0]])).round(3)
    array([[0.6], [0.8]])
    """

    def __init__(self, max_value: float = 2, axis: int = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, weight: Array) -> Array:
        """Answer the weight, shortened where it is too long."""
        norms = _norms(weight, self.axis)
        return weight * (np.clip(norms, 0, self.max_value) / (EPSILON + norms))


class UnitNorm(Constraint):
    """Norms of exactly 1.

    >>> UnitNorm()(np.array([[0.3], [0.4]])).round(3)
    array([[0.6], [0.8]])
    """

    def __init__(self, axis: int = 0) -> None:
        self.axis = axis

    def __call__(self, weight: Array) -> Array:
        """Answer the weight at length 1."""
        return weight / (EPSILON + _norms(weight, self.axis))


class MinMaxNorm(Constraint):
    """Norms between two bounds, approached by the share ``rate`` of the way at each update.

    >>> MinMaxNorm(2.0, 3.0)(np.array([[0.6], [0.8]])).round(3)
    array([[1.2], [1.6]])
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int = 0
    ) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, weight: Array) -> Array:
        """Answer the weight, nearer to the bounds where it is outside them."""
        norms = _norms(weight, self.axis)
        desired = self.rate * np.clip(norms, self.min_value, self.max_value)
        return weight * ((desired + (1 - self.rate) * norms) / (EPSILON + norms))


_CONSTRAINTS: dict[str, Callable[..., Constraint]] = {
    "max_norm": MaxNorm,
    "min_max_norm": MinMaxNorm,
    "non_neg": NonNeg,
    "unit_norm": UnitNorm,
}


def get(identifier: object) -> Callable[[Array], Array] | None:
    """Find a constraint by its name, or take a function or an instance as it is.

    Raises:
        TypeError: ``identifier`` is neither None, nor a name, nor a function.
        ValueError: no constraint has this name; the message lists the nearest ones.

    >>> get("non_neg")(np.array([-1.0]))
    array([0.])
    """
    if isinstance(identifier, type) and issubclass(identifier, Constraint):
        return identifier()
    if identifier is None or callable(identifier):
        return identifier
    return naming.create("constraint", identifier, _CONSTRAINTS)


def _norms(weight: Array, axis: int) -> Array:
    return np.sqrt(np.sum(np.square(weight), axis=axis, keepdims=True))
