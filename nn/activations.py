"""Activation functions, which a layer applies to its weighted sums.

Each is plain NumPy, takes an array of any shape and returns one of the same shape and dtype;
integers and bools become float32. What isn't real numbers is refused by name.
Values and slopes are finite for inputs as large as ±1e4 in float32, where the textbook formulas
overflow. `get` returns one by its name.
"""

from __future__ import annotations

import math
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn import logits, primitives
from nn.configs.deserialization import deserialize_keras_object
from nn.configs.registered import custom_object_scope, get_registered_object
from nn.configs.serialization import serialize_keras_object
from nn.configs.tables import publish
from nn.conversion import as_real
from nn.naming import lookup
from nn.primitives import erf
from nn.shrinkage import glu as glu
from nn.shrinkage import hard_shrink as hard_shrink
from nn.shrinkage import soft_shrink as soft_shrink
from nn.shrinkage import sparse_plus as sparse_plus
from nn.shrinkage import sparse_sigmoid as sparse_sigmoid
from nn.shrinkage import sparsemax as sparsemax
from nn.shrinkage import squareplus as squareplus
from nn.shrinkage import tanh_shrink as tanh_shrink
from nn.shrinkage import threshold as threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# fmt: off
__all__ = [
    "celu", "deserialize", "elu", "exponential", "gelu", "get", "glu", "hard_shrink",
    "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid",
    "log_softmax", "mish", "relu", "relu6", "selu", "serialize", "sigmoid", "silu", "soft_shrink",
    "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus",
    "swish", "tanh", "tanh_shrink", "threshold",
]
# fmt: on


def _floats(x: Any) -> Array:
    """Return real numbers in a float dtype."""
    x = as_real("x", x)
    return x.astype(np.float32) if x.dtype.kind in "biu" else x


def _checked(function: Callable[..., Array]) -> Callable[..., Array]:
    """Return an activation that checks its input; a Symbol becomes part of a functional model."""

    @wraps(function)
    def call(x: Array, *args: Any, **options: Any) -> Array:
        apply_later = getattr(x, "apply_later", None)
        return (
            function(_floats(x), *args, **options)
            if apply_later is None
            else apply_later(call, x, *args, **options)
        )

    call.__module__ = __name__  # where it is found when a model is unpickled
    return call


def linear(x: Array) -> Array:
    """Return the input.

    >>> linear(np.array([-2.0, 3.0]))
    array([-2.,  3.])
    """
    return x


def relu(
    x: Array,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> Array:
    """Return the input where it is positive, 0 elsewhere; the slope at 0 is 0.

    Args:
        x: any shape.
        negative_slope: the slope below ``threshold``.
        max_value: the maximum of the result, or None.
        threshold: inputs up to this one count as negative.

    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    >>> relu(np.array([-2.0, 1.0, 9.0]), negative_slope=0.5, max_value=6.0)
    array([-1.,  1.,  6.])
    """
    above = primitives.relu(x) if threshold == 0 else np.where(x <= threshold, 0.0, x)
    if max_value is not None:
        above = np.clip(above, 0.0, max_value)
    if negative_slope == 0:
        return above
    return above - negative_slope * primitives.relu(threshold - x)


def relu6(x: Array) -> Array:
    """Return min(max(x, 0), 6).

    >>> relu6(np.array([-2.0, 3.0, 9.0]))
    array([0., 3., 6.])
    """
    return relu(x, max_value=6.0)


def leaky_relu(x: Array, negative_slope: float = 0.2) -> Array:
    """Return the input where it is positive, ``negative_slope`` times the input elsewhere.

    >>> leaky_relu(np.array([-2.0, 3.0]))
    array([-0.4,  3. ])
    """
    return np.where(x > 0, x, negative_slope * x)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """Return x where it is positive, α (eˣ − 1) elsewhere (Clevert et al. 2016, equation 15).

    >>> elu(np.array([-100.0, 0.0, 3.0]))
    array([-1.,  0.,  3.])
    """
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x)))


def celu(x: Array, alpha: float = 1.0) -> Array:
    """Return x where it is positive, α (e^(x/α) − 1) elsewhere (Barron 2017, equation 2).

    >>> celu(np.array([-100.0, 0.0, 3.0]), alpha=2.0)
    array([-2.,  0.,  3.])
    """
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x) / alpha))


def selu(x: Array) -> Array:
    """Scale `elu` so that mean 0 and variance 1 are kept (Klambauer et al. 2017, equation 2).

    >>> selu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-1.1113,  0.    ,  1.0507])
    """
    return 1.0507009873554805 * elu(x, alpha=1.6732632423543772)


def exponential(x: Array) -> Array:
    """Compute the exponential eˣ.

    >>> exponential(np.array([0.0, 1.0])).round(4)
    array([1.    , 2.7183])
    """
    return np.exp(x)


def softplus(x: Array) -> Array:
    """Compute a smooth `relu`: log(1 + eˣ).

    >>> softplus(np.array([-1000.0, 0.0, 3.0])).round(4)
    array([0.    , 0.6931, 3.0486])
    """
    return np.logaddexp(x, 0.0)


def softsign(x: Array) -> Array:
    """Compute x / (1 + |x|), in (−1, 1).

    >>> softsign(np.array([-1.0, 0.0, 3.0]))
    array([-0.5 ,  0.  ,  0.75])
    """
    return x / (1.0 + np.abs(x))


def tanh(x: Array) -> Array:
    """Compute the hyperbolic tangent, in (−1, 1).

    >>> tanh(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.7616,  0.    ,  0.7616])
    """
    return np.tanh(x)


def hard_tanh(x: Array) -> Array:
    """Clip the input to [−1, 1].

    >>> hard_tanh(np.array([-3.0, 0.5, 3.0]))
    array([-1. ,  0.5,  1. ])
    """
    return np.clip(x, -1.0, 1.0)


def sigmoid(x: Array) -> Array:
    """Compute the logistic function 1 / (1 + e⁻ˣ): the probability with log-odds ``x``.

    >>> sigmoid(np.array([-10000.0, 0.0, 10000.0])).round(6)
    array([0. , 0.5, 1. ])
    """
    return logits.remember("sigmoid", x, primitives.sigmoid(x))


def log_sigmoid(x: Array) -> Array:
    """Compute the logarithm of `sigmoid`, without its rounding error.

    >>> log_sigmoid(np.array([-1000.0, -1.0, 0.0])).round(3)
    array([-1.000e+03, -1.313e+00, -6.930e-01])
    """
    return -softplus(-x)


def hard_sigmoid(x: Array) -> Array:
    """Compute a piecewise linear `sigmoid`: x / 6 + 1/2, clipped to [0, 1].

    >>> hard_sigmoid(np.array([-4.0, 0.0, 1.5, 4.0]))
    array([0.  , 0.5 , 0.75, 1.  ])
    """
    return np.clip(x / 6.0 + 0.5, 0.0, 1.0)


def silu(x: Array) -> Array:
    """Compute x · sigmoid(x), also called swish (Ramachandran et al. 2017).

    >>> silu(np.array([-np.inf, -1.0, 0.0, 1.0])).round(4)
    array([-0.    , -0.2689,  0.    ,  0.7311])
    """
    return np.maximum(x, primitives.lowest_logit(x)) * sigmoid(x)


def hard_silu(x: Array) -> Array:
    """Multiply the input by its `hard_sigmoid` (Howard et al. 2019, section 5.2).

    >>> hard_silu(np.array([-1.5, 0.0, 1.5, 4.0]))
    array([-0.375,  0.   ,  1.125,  4.   ])
    """
    return x * hard_sigmoid(x)


def gelu(x: Array, approximate: bool = False) -> Array:
    """Multiply the input by the probability that a standard normal variable is below it.

    Hendrycks and Gimpel 2016; the exact form, or with ``approximate`` their formula with tanh.

    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1587,  0.    ,  0.8413])
    >>> gelu(np.array([1.0]), approximate=True).round(4)
    array([0.8412])
    """
    if approximate:
        inner = math.sqrt(2 / math.pi) * x * (1.0 + 0.044715 * (x * x))
        return 0.5 * x * (1.0 + np.tanh(inner))
    return 0.5 * x * (1.0 + erf(x * math.sqrt(0.5)))


def mish(x: Array) -> Array:
    """Compute x · tanh(log(1 + eˣ)) (Misra 2019, equation 1).

    >>> mish(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.3034,  0.    ,  0.8651])
    """
    return x * np.tanh(softplus(x))


def softmax(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Convert scores to probabilities that add up to 1 along ``axis``, or several: eˣ / Σ eˣ.

    >>> softmax(np.array([[0.0, 0.0], [10000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    return logits.remember("softmax", x, primitives.softmax(x, axis=axis), axis)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """Compute the logarithm of `softmax`, without its rounding error.

    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    return primitives.log_softmax(x, axis=axis)


def get(
    identifier: str | Mapping[str, Any] | Callable[[Array], Array] | None,
) -> Callable[[Array], Array]:
    """Return the activation function that ``identifier`` stands for.

    Args:
        identifier: a name, a config, a function of one array (returned as it is), or None for
            `linear`.

    Raises:
        TypeError: it is neither a name nor a function.
        ValueError: no activation has this name; the message lists the nearest ones.

    >>> get("relu")(np.array([-1.0, 1.0]))
    array([0., 1.])
    """
    if identifier is None:
        return linear
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        registered = get_registered_object(identifier)
        return registered or lookup("activation", identifier, ACTIVATIONS)
    if isinstance(identifier, type) or not callable(identifier):
        raise TypeError(
            f"expected an activation as a name or a function, got {identifier!r}. "
            f"Write a name such as 'relu', or a function of one array."
        )
    return identifier


def serialize(activation: Callable[[Array], Array]) -> Any:
    """Write an activation as its name, or for one of users as the config of a function.

    >>> serialize(relu)
    'relu'
    """
    name = getattr(activation, "__name__", "")
    return name if ACTIVATIONS.get(name) is activation else serialize_keras_object(activation)


def deserialize(
    config: str | Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Callable[[Array], Array]:
    """Return the activation function of a name, or of the result of `serialize`.

    Args:
        config: the name or the config.
        custom_objects: functions by their names, besides those that are registered.

    Raises:
        ValueError: there is no such function.

    >>> deserialize("relu") is relu
    True
    """
    with custom_object_scope(custom_objects):
        found = deserialize_keras_object(config)
    if isinstance(found, dict):
        raise ValueError(
            f"expected the config of a function, with 'class_name' and 'config', got {config!r}. "
            "Write a name such as 'relu', or a function of one array."
        )
    return get(found)


ACTIVATIONS: dict[str, Callable[..., Array]] = {
    function.__name__: _checked(function)
    for function in (
        linear, relu, relu6, leaky_relu, elu, celu, selu, exponential, softplus, softsign, tanh,
        hard_tanh, sigmoid, log_sigmoid, hard_sigmoid, silu, hard_silu, gelu, mish, softmax,
        log_softmax, glu, hard_shrink, soft_shrink, tanh_shrink, threshold, sparse_plus,
        sparse_sigmoid, sparsemax, squareplus,
    )
}  # fmt: skip
globals().update(ACTIVATIONS)
ACTIVATIONS |= {"swish": silu, "hard_swish": hard_silu}
swish, hard_swish = silu, hard_silu
publish("activations", names=ACTIVATIONS)
