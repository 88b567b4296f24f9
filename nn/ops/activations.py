"""The activations of `nn.activations` as operations; integers become float32."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn import activations
from nn.ops.arrays import as_array, floats, promoted
from nn.ops.operation import named, operation

if TYPE_CHECKING:
    from collections.abc import Callable


def _activation(function: Callable[[Array], Array], name: str | None = None) -> Any:
    def call(x: Array) -> Array:
        return function(floats(x))

    meaning = (function.__doc__ or "").split("\n")[0]
    return named(name or function.__name__, call, meaning)


(
    hard_sigmoid, hard_silu, hard_tanh, log_sigmoid, relu6, selu, sigmoid, silu, softplus, softsign,
    sparse_plus, sparse_sigmoid, tanh_shrink,
) = map(_activation, (
    activations.hard_sigmoid, activations.hard_silu, activations.hard_tanh,
    activations.log_sigmoid, activations.relu6, activations.selu, activations.sigmoid,
    activations.silu, activations.softplus, activations.softsign, activations.sparse_plus,
    activations.sparse_sigmoid, activations.tanh_shrink,
))  # fmt: skip
swish = _activation(activations.silu, "swish")
hard_swish = _activation(activations.hard_silu, "hard_swish")


@operation
def relu(x: Array) -> Array:
    """Return the input where it is positive, 0 elsewhere; integers stay integers."""
    x = as_array(x)
    return activations.relu(x) if x.dtype.kind == "f" else np.maximum(x, 0)


@operation
def leaky_relu(x: Array, negative_slope: float = 0.2) -> Array:
    """Return the input where it is positive, ``negative_slope`` times the input elsewhere."""
    return activations.leaky_relu(*promoted(x, negative_slope, as_float=True))


@operation
def elu(x: Array, alpha: float = 1.0) -> Array:
    """Return x where it is positive, α (eˣ − 1) elsewhere."""
    return activations.elu(*promoted(x, alpha, as_float=True))


@operation
def celu(x: Array, alpha: float = 1.0) -> Array:
    """Return x where it is positive, α (e^(x/α) − 1) elsewhere."""
    return activations.celu(*promoted(x, alpha, as_float=True))


@operation
def gelu(x: Array, approximate: bool = True) -> Array:
    """Multiply by the probability that a standard normal variable is below; by tanh by default."""
    return activations.gelu(floats(x), approximate)


@operation
def glu(x: Array, axis: int = -1) -> Array:
    """Multiply the first half by the sigmoid of the second."""
    return activations.glu(floats(x), axis)


@operation
def hard_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Return the input where its absolute value is above ``threshold``, 0 elsewhere."""
    return activations.hard_shrink(floats(x), threshold)


@operation
def soft_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Move the input towards 0 by ``threshold``, at most to 0."""
    return activations.soft_shrink(*promoted(x, threshold, as_float=True))


@operation
def threshold(x: Array, threshold: float, default_value: float) -> Array:
    """Return the input where it is above ``threshold``, ``default_value`` elsewhere."""
    return activations.threshold(floats(x), threshold, default_value)


@operation
def squareplus(x: Array, b: float = 4) -> Array:
    """Compute a smooth relu: (x + √(x² + b)) / 2."""
    return activations.squareplus(*promoted(x, b, as_float=True))


@operation
def sparsemax(x: Array, axis: int = -1) -> Array:
    """Return the nearest probabilities, many of which are 0."""
    return activations.sparsemax(floats(x), axis)


@operation
def softmax(x: Array, axis: Any = -1) -> Array:
    """Convert scores to probabilities that add up to 1 along an axis; several, or all for None."""
    return _along(activations.softmax, floats(x), axis)


@operation
def log_softmax(x: Array, axis: Any = -1) -> Array:
    """Compute the logarithm of `softmax`, without its rounding error."""
    return _along(activations.log_softmax, floats(x), axis)


def _along(function: Callable[[Array, int], Array], x: Array, axis: Any) -> Array:
    """Apply a function along one axis, or along several as if they were one."""
    if isinstance(axis, int):
        return function(x, axis)
    axes = tuple(range(x.ndim)) if axis is None else tuple(axis)
    last = tuple(range(-len(axes), 0))
    moved = np.moveaxis(x, axes, last)
    kept = x.ndim - len(axes)
    flat = moved.reshape(*moved.shape[:kept], math.prod(moved.shape[kept:]))
    return np.moveaxis(function(flat, -1).reshape(moved.shape), last, axes)
