"""Constraints: functions applied to a weight after each update.

The norms are 2-norms along `axis`; with axis 0, the default, each column of a Dense kernel, the
weights of one unit, is constrained separately.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from autodiff import Array
from nn.argument_checks import ArgumentsChecked, undefined
from nn.configs.configurable import Configurable
from nn.configs.family import ClassFamily
from nn.configs.serialization import serialize_keras_object
from nn.numbers import EPSILON, at_least_zero, fraction

if TYPE_CHECKING:
    from collections.abc import Callable

# fmt: off
__all__ = [
    "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "deserialize", "get", "max_norm",
    "min_max_norm", "non_neg", "serialize", "unit_norm",
]
# fmt: on

Axes: TypeAlias = int | Sequence[int]


class Constraint(ArgumentsChecked, Configurable):
    """The base class of constraints: functions from a weight's value to an allowed value.

    >>> class Rounded(Constraint):
    ...     def __call__(self, weight):
    ...         return np.round(weight)
    >>> Rounded()(np.array([0.4, 1.7]))
    array([0., 2.])
    """

    def __call__(self, weight: Array) -> Array:
        """Return the constrained value; ``weight`` isn't changed."""
        raise NotImplementedError(
            undefined(self, "__call__(self, weight)", "return the constrained weight")
        )


class NonNeg(Constraint):
    """No negative weights.

    >>> NonNeg()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __call__(self, weight: Array) -> Array:
        """Return the weight, with 0 for negative entries."""
        return np.maximum(weight, 0)


class MaxNorm(Constraint):
    """Norms of at most `max_value` (Srebro et al. 2004; with dropout, Srivastava et al. 2014).

    >>> MaxNorm(1.0)(np.array([[3.0], [4.0]])).round(3)
    array([[0.6], [0.8]])
    """

    def __init__(self, max_value: float = 2, axis: Axes = 0) -> None:
        self.max_value = at_least_zero("max_value", max_value)
        self.axis = axis

    def __call__(self, weight: Array) -> Array:
        """Return the weight, scaled down where its norm is too large."""
        norms = _norms(weight, self.axis)
        return weight * (np.clip(norms, 0, self.max_value) / (EPSILON + norms))


class UnitNorm(Constraint):
    """Norms of exactly 1.

    >>> UnitNorm()(np.array([[0.3], [0.4]])).round(3)
    array([[0.6], [0.8]])
    """

    def __init__(self, axis: Axes = 0) -> None:
        self.axis = axis

    def __call__(self, weight: Array) -> Array:
        """Return the weight, scaled to norm 1."""
        return weight / (EPSILON + _norms(weight, self.axis))


class MinMaxNorm(Constraint):
    """Norms between two bounds, approached by the fraction ``rate`` at each update.

    >>> MinMaxNorm(2.0, 3.0)(np.array([[0.6], [0.8]])).round(3)
    array([[1.2], [1.6]])
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axes = 0
    ) -> None:
        self.min_value = at_least_zero("min_value", min_value)
        self.max_value = at_least_zero("max_value", max_value)
        self.rate = fraction("rate", rate)
        self.axis = axis

    def __call__(self, weight: Array) -> Array:
        """Return the weight, with norms that are moved towards the bounds."""
        norms = _norms(weight, self.axis)
        desired = self.rate * np.clip(norms, self.min_value, self.max_value)
        return weight * ((desired + (1 - self.rate) * norms) / (EPSILON + norms))


# Keras's second spelling of each class.
max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

_NAMES: dict[str, Callable[..., Constraint]] = {
    "max_norm": MaxNorm,
    "min_max_norm": MinMaxNorm,
    "non_neg": NonNeg,
    "unit_norm": UnitNorm,
}
_FAMILY = ClassFamily("constraint", "constraints", Constraint, _NAMES, functions=True)
serialize, deserialize = serialize_keras_object, _FAMILY.deserialize


def get(identifier: object) -> Callable[[Array], Array] | None:
    """Return a constraint by its name; functions and instances are returned unchanged.

    Raises:
        TypeError: ``identifier`` is neither None, nor a name, nor a function.
        ValueError: no constraint has this name; the message lists the nearest ones.

    >>> get("non_neg")(np.array([-1.0]))
    array([0.])
    """
    return None if identifier is None else _FAMILY.get(identifier)


def _norms(weight: Array, axis: Axes) -> Array:
    axes = axis if isinstance(axis, int) else tuple(axis)
    return np.sqrt(np.sum(np.square(weight), axis=axes, keepdims=True))
