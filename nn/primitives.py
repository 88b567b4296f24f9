"""Functions that NumPy lacks: activations, and the cross-entropies of scores.

Each is a primitive with its own derivative rule, so that a graph shows it as one node, and so that
the slope of a cross-entropy has the form derived by hand: ``p - y``.

>>> relu(np.array([-1.0, 0.0, 2.0]))
array([0., 0., 2.])
>>> ad.elementwise_grad(relu)(np.array([-1.0, 0.0, 2.0]))
array([0., 0., 1.])
>>> erf(np.array([0.0, 0.5, 1.0])).round(6)
array([0.      , 0.5205  , 0.842701])
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

import autodiff as ad
from autodiff import Array

if TYPE_CHECKING:
    from collections.abc import Sequence


@ad.primitive(inline=True)
def relu(x: Array) -> Array:
    """Return max(x, 0); the slope at 0 is 0, and NaN stays NaN."""
    return np.maximum(x, 0.0)


def lowest_logit(x: Array) -> int:
    """Return the logit below which the sigmoid would be a subnormal number in the dtype of x."""
    largest = np.finfo(np.result_type(x, np.float16)).max
    return -math.floor(float(np.log(largest)) - 1)


@ad.primitive(inline=True)
def sigmoid(x: Array) -> Array:
    """Compute the logistic function 1 / (1 + e⁻ˣ), down to where it is a subnormal number."""
    return 1.0 / (1.0 + np.exp(-np.maximum(x, lowest_logit(x))))


@ad.primitive(inline=True)
def softmax(x: Array, *, axis: int | tuple[int, ...]) -> Array:
    """Convert scores to probabilities: eˣ / Σ eˣ."""
    if not np.size(x):  # no scores, and no largest one
        return x + 0.0
    powers = np.exp(_below_zero(x, axis))
    return powers / np.sum(powers, axis=axis, keepdims=True)


@ad.primitive(inline=True)
def log_softmax(x: Array, *, axis: int) -> Array:
    """Compute the logarithm of `softmax`, without its rounding error."""
    if not np.size(x):
        return x + 0.0
    shifted = _below_zero(x, axis)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


@ad.primitive(inline=True)
def crossentropy(y: Array, x: Array, *, axis: int, adds_up: bool = False) -> Array:  # noqa: ARG001
    """Compute the cross-entropy of targets y and the softmax of x along an axis.

    With ``adds_up``, the targets add up to 1, and the slope is faster to compute.
    """
    return -np.sum(y * log_softmax(x, axis=axis), axis=axis)


@ad.primitive(inline=True)
def sparse_crossentropy(labels: Array, x: Array, *, axis: int) -> Array:
    """Compute the cross-entropy of class numbers; ``axis`` has length 1 in ``labels``."""
    return -np.take_along_axis(log_softmax(x, axis=axis), labels, axis)


@ad.primitive(inline=True)
def binary_crossentropy(y: Array, x: Array) -> Array:
    """Compute the cross-entropy of targets from 0 to 1 and the sigmoid of x, entry by entry."""
    return np.maximum(x, 0.0) - x * y + np.log1p(np.exp(-np.abs(x)))


@ad.primitive(inline=True)
def within(x: Array, *, low: float, high: float) -> Array:
    """Return x clipped to a range; the slope at its ends is 1, as in Keras."""
    return np.clip(x, low, high)


@ad.primitive
def erf(x: Array) -> Array:
    """Compute the error function 2/√π ∫₀ˣ exp(−t²) dt, to 5e-15 in float64 and 4e-7 in float32.

    erf(x) / x is even, hence a function of x². It is computed as a quotient of two polynomials in
    x², with minimal maximum relative error up to the x from which erf rounds to 1.
    """
    double = np.result_type(x).itemsize > 4
    limit, numerator, denominator = DOUBLE if double else SINGLE
    bounded = np.clip(x, -limit, limit)
    square = bounded * bounded
    quotient = bounded * _polynomial(numerator, square) / _polynomial(denominator, square)
    return np.clip(quotient, -1.0, 1.0)


def _below_zero(x: Array, axis: int | tuple[int, ...]) -> Array:
    """Shift scores so that the largest is 0 and no exponential overflows."""
    return x - np.max(x, axis=axis, keepdims=True)


def _is_label(labels: Array, x: Array, axis: int) -> Array:
    """Return True at the classes of the labels, False elsewhere."""
    shape = [1] * np.ndim(x)
    shape[axis] = np.shape(x)[axis]
    return labels == np.arange(np.shape(x)[axis]).reshape(shape)


# fmt: off
ad.derivative(relu,     x=lambda g, z, x: g * (z > 0))
ad.derivative(within,   x=lambda g, z, x, *, low, high: g * ((x >= low) & (x <= high)))
ad.derivative(erf,         elementwise=True,
                           x=lambda g, z, x: g * (2 / math.sqrt(math.pi)) * np.exp(-x * x))
ad.derivative(sigmoid,     x=lambda g, z, x: g * (z * (1.0 - z)))
ad.derivative(softmax,     x=lambda g, z, x, *, axis:
                               z * (g - np.sum(g * z, axis=axis, keepdims=True)))
ad.derivative(log_softmax, x=lambda g, z, x, *, axis:
                               g - softmax(x, axis=axis) * np.sum(g, axis=axis, keepdims=True))
ad.derivative(crossentropy,
              x=lambda g, z, y, x, *, axis, adds_up=False: np.expand_dims(g, axis) * (
                  softmax(x, axis=axis) * (1.0 if adds_up else np.sum(y, axis=axis, keepdims=True))
                  - y),
              y=lambda g, z, y, x, *, axis, adds_up=False:
                  -np.expand_dims(g, axis) * log_softmax(x, axis=axis))
ad.derivative(sparse_crossentropy, labels=None,
              x=lambda g, z, labels, x, *, axis:
                  g * (softmax(x, axis=axis) - _is_label(labels, x, axis)))
ad.derivative(binary_crossentropy,
              x=lambda g, z, y, x: g * (sigmoid(x) - y),
              y=lambda g, z, y, x: -g * x)
# fmt: on


def _polynomial(coefficients: Sequence[float], x: Array) -> Array:
    """Evaluate Σ cₖ xᵏ by Horner's rule."""
    total = coefficients[-1] * x
    for coefficient in reversed(coefficients[1:-1]):
        total = (total + coefficient) * x
    return total + coefficients[0]


# The largest |x| of the fit, then the coefficients of the numerator and of the denominator.
# fmt: off
SINGLE = (3.95, (
    1.1283791440600147, 0.19153325901160153, 0.052872822200239188, 0.0038072678197317298,
    0.00028464321113212014, 2.0257669301766339e-6,
), (
    1.0, 0.5030746148820055, 0.11455223023238094, 0.015053395682981384, 0.0011704584484334757,
    0.000037827898990680162,
))
DOUBLE = (5.9, (
    1.128379167095512545, 0.21966799400079349, 0.066033675169160546, 0.0068623188395288962,
    0.00085325184009790312, 0.000056640918384690791, 3.8846050263225383e-6,
    1.6845139491332398e-7, 6.7324353613734298e-9, 1.7114437457547582e-10, 3.3444059738595225e-12,
    2.2521183619249311e-14, 1.5996886735345881e-17,
), (
    1.0, 0.52800902427702936, 0.13452382901388210, 0.021931469446267725, 0.0025562954748666088,
    0.00022518609717650835, 0.000015426696283060086, 8.3078943514193308e-7,
    3.4974612862183874e-8, 1.1195300084323681e-9, 2.5434354535877650e-11, 3.3430036742951473e-13,
    8.9828688167528583e-16,
))
# fmt: on
