"""Activation functions: what a layer does to the sum that it has computed.

Each is plain NumPy, takes an array of any shape and answers one of the same shape and dtype.
Values and slopes stay finite for inputs as large as ±1e4 in float32, at which the textbook formulas
overflow. `get` finds one by its name.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nn import scores, special
from nn.naming import lookup
from nn.special import erf

if TYPE_CHECKING:
    from collections.abc import Callable

Array: TypeAlias = Any  # a NumPy array, or the engine's stand-in for one while it is traced


def linear(x: Array) -> Array:
    """The input itself."""
    return x


def relu(
    x: Array,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> Array:
    """The input where it is positive, 0 elsewhere; its slope at 0 is 0.

    Args:
        x: any shape.
        negative_slope: the slope below ``threshold``.
        max_value: the result is cut off here; None: it isn't.
        threshold: inputs up to this one count as negative.

    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    >>> relu(np.array([-2.0, 1.0, 9.0]), negative_slope=0.5, max_value=6.0)
    array([-1.,  1.,  6.])
    """
    above = special.relu(x) if threshold == 0 else np.where(x <= threshold, 0.0, x)
    if max_value is not None:
        above = np.clip(above, 0.0, max_value)
    if negative_slope == 0:
        return above
    return above - negative_slope * special.relu(threshold - x)


def relu6(x: Array) -> Array:
    """`relu` cut off at 6."""
    return relu(x, max_value=6.0)


def leaky_relu(x: Array, negative_slope: float = 0.2) -> Array:
    """The input where it is positive, ``negative_slope`` times the input elsewhere."""
    return np.where(x > 0, x, negative_slope * x)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """The input where it is positive, α (eˣ − 1) elsewhere (Clevert et al. 2016, equation 15)."""
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x)))


def celu(x: Array, alpha: float = 1.0) -> Array:
    """The input where it is positive, α (e^(x/α) − 1) elsewhere (Barron 2017, equation 2)."""
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x) / alpha))


def selu(x: Array) -> Array:
    """`elu` scaled so that mean 0 and variance 1 are kept (Klambauer et al. 2017, equation 2)."""
    return 1.0507009873554805 * elu(x, alpha=1.6732632423543772)


def exponential(x: Array) -> Array:
    """The exponential eˣ."""
    return np.exp(x)


def softplus(x: Array) -> Array:
    """A smooth `relu`: log(1 + eˣ)."""
    return np.logaddexp(x, 0.0)


def softsign(x: Array) -> Array:
    """The input squeezed into (−1, 1): x / (1 + |x|)."""
    return x / (1.0 + np.abs(x))


def tanh(x: Array) -> Array:
    """The hyperbolic tangent, in (−1, 1)."""
    return np.tanh(x)


def hard_tanh(x: Array) -> Array:
    """The input, cut off at −1 and 1."""
    return np.clip(x, -1.0, 1.0)


def sigmoid(x: Array) -> Array:
    """The logistic function 1 / (1 + e⁻ˣ): the probability whose log-odds are ``x``.

    >>> sigmoid(np.array([-10000.0, 0.0, 10000.0])).round(6)
    array([0. , 0.5, 1. ])
    """
    return scores.remember("sigmoid", x, special.sigmoid(x))


def log_sigmoid(x: Array) -> Array:
    """The logarithm of `sigmoid`, without its rounding."""
    return -softplus(-x)


def hard_sigmoid(x: Array) -> Array:
    """`sigmoid` in three straight pieces: x / 6 + 1/2, cut off at 0 and 1."""
    return np.clip(x / 6.0 + 0.5, 0.0, 1.0)


def silu(x: Array) -> Array:
    """The input times its `sigmoid`; also called swish (Ramachandran et al. 2017)."""
    return x * sigmoid(x)


def hard_silu(x: Array) -> Array:
    """The input times its `hard_sigmoid` (Howard et al. 2019, section 5.2)."""
    return x * hard_sigmoid(x)


def gelu(x: Array, approximate: bool = False) -> Array:
    """The input times the chance that a standard normal number is below it.

    Hendrycks and Gimpel 2016; the exact form, or with ``approximate`` their formula with tanh.
    """
    if approximate:
        inner = math.sqrt(2 / math.pi) * x * (1.0 + 0.044715 * (x * x))
        return 0.5 * x * (1.0 + np.tanh(inner))
    return 0.5 * x * (1.0 + erf(x * math.sqrt(0.5)))


def mish(x: Array) -> Array:
    """The input times tanh(`softplus`) of it (Misra 2019, equation 1)."""
    return x * np.tanh(softplus(x))


def softmax(x: Array, axis: int = -1) -> Array:
    """Turn scores into probabilities that add up to 1 along ``axis``: eˣ / Σ eˣ.

    >>> softmax(np.array([[0.0, 0.0], [10000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    return scores.remember("softmax", x, special.softmax(x, axis=axis), axis)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """The logarithm of `softmax`, without its rounding."""
    return special.log_softmax(x, axis=axis)


def get(identifier: str | Callable[[Array], Array] | None) -> Callable[[Array], Array]:
    """Answer the activation function that ``identifier`` stands for.

    Args:
        identifier: a name, a function of one array (answered as it is), or None for `linear`.

    Raises:
        TypeError: it is neither a name nor something that can be called on an array.
        ValueError: no activation has this name; the message lists the nearest ones.

    >>> get("relu")(np.array([-1.0, 1.0]))
    array([0., 1.])
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        return lookup("activation", identifier, ACTIVATIONS)
    if isinstance(identifier, type) or not callable(identifier):
        raise TypeError(
            f"expected an activation as a name or a function, got {identifier!r}. "
            f"Write a name such as 'relu', or a function of one array."
        )
    return identifier


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    function.__name__: function
    for function in (
        linear, relu, relu6, leaky_relu, elu, celu, selu, exponential, softplus, softsign, tanh,
        hard_tanh, sigmoid, log_sigmoid, hard_sigmoid, silu, hard_silu, gelu, mish, softmax,
        log_softmax,
    )
}  # fmt: skip
ACTIVATIONS |= {"swish": silu, "hard_swish": hard_silu}
swish, hard_swish = silu, hard_silu
