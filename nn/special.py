"""The two functions that activations need and NumPy lacks: the rectifier and the error function.

Each is an operation of its own with its own slope, so that a graph shows it as one node.

>>> rectify(np.array([-1.0, 0.0, 2.0]))
array([0., 0., 2.])
>>> ad.elementwise_grad(rectify)(np.array([-1.0, 0.0, 2.0]))
array([0., 0., 1.])
>>> erf(np.array([0.0, 0.5, 1.0])).round(6)
array([0.      , 0.5205  , 0.842701])
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad

if TYPE_CHECKING:
    from collections.abc import Sequence


@ad.primitive
def rectify(x: Any) -> Any:
    """The input where it is positive, 0 elsewhere; the slope at 0 is 0, and NaN stays NaN."""
    return np.maximum(x, 0.0)


@ad.primitive
def erf(x: Any) -> Any:
    """The error function 2/√π ∫₀ˣ exp(−t²) dt, to 5e-15 in float64 and 4e-7 in float32.

    erf(x) / x is even, hence a function of x². It is computed as a quotient of two polynomials in
    x², fitted to the least greatest relative error up to the x from which erf rounds to 1.
    """
    double = np.result_type(x).itemsize > 4
    limit, numerator, denominator = DOUBLE if double else SINGLE
    bounded = np.clip(x, -limit, limit)
    square = bounded * bounded
    quotient = bounded * _polynomial(numerator, square) / _polynomial(denominator, square)
    return np.clip(quotient, -1.0, 1.0)


ad.derivative(rectify, x=lambda g, z, x: g * (x > 0))
ad.derivative(erf, x=lambda g, z, x: g * (2 / math.sqrt(math.pi)) * np.exp(-x * x))


def _polynomial(coefficients: Sequence[float], x: Any) -> Any:
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
