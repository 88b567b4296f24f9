"""The derivatives of digamma (DLMF 5.15): SciPy's for real arguments, and here for complex ones."""

from __future__ import annotations

import math

import numpy as np
from numpy.polynomial import polynomial

from autodiff.core.primitive import Primitive, derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special

__all__ = ["BERNOULLI", "polygamma", "polygamma_everywhere"]

BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798,
    -174611 / 330,
)  # fmt: skip
"""The Bernoulli numbers B₂, B₄, … (DLMF 24.2.1)."""
_SHIFT = 20  # terms before the asymptotic series, which is then exact to rounding

polygamma: Primitive = derivative(
    special.polygamma,
    n=None,  # an integer
    x=lambda g, z, n, x: g * polygamma(n + 1, x),
)


def polygamma_everywhere(n: int, x: Array) -> Array:
    """Return the n-th derivative of digamma, n ≥ 1; SciPy's polygamma takes real numbers only."""
    return complex_polygamma(x, n=n) if np.iscomplexobj(x) else polygamma(n, x)


@primitive
def complex_polygamma(x: Array, *, n: int) -> Array:
    """Return the n-th derivative of digamma; on the left of 0 by reflection (DLMF 5.15.6)."""
    is_left = x.real < 0
    right = _asymptotic(np.where(is_left, 1 - x, x), n)
    with np.errstate(divide="ignore", invalid="ignore"):
        reflected = (-1) ** n * right - _cotangent_derivative(np.where(is_left, x, 0.25), n)
    return np.where(is_left, reflected, right).astype(x.dtype)[()]


derivative(complex_polygamma, x=lambda g, z, x, *, n: g * complex_polygamma(x, n=n + 1))


def _asymptotic(x: Array, n: int) -> Array:
    """Return the n-th derivative for Re x ≥ 0, by recurrence (5.15.5) and series (5.15.8)."""
    factorial, near = math.factorial(n), np.zeros_like(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        for shift in range(_SHIFT):
            near = near + factorial / (x + shift) ** (n + 1)
    y = x + _SHIFT
    far = math.factorial(n - 1) / y**n + factorial / (2 * y ** (n + 1))
    for k, bernoulli in enumerate(BERNOULLI, 1):
        far = far + bernoulli * math.factorial(2 * k + n - 1) / math.factorial(2 * k) / y ** (
            2 * k + n
        )
    return (-1) ** (n + 1) * (near + far)


def _cotangent_derivative(x: Array, n: int) -> Array:
    """Return the n-th derivative of π cot(πx), a polynomial in the cotangent."""
    coefficients: Array = np.array([0.0, math.pi])
    for _ in range(n):
        coefficients = -math.pi * polynomial.polymul(
            polynomial.polyder(coefficients), [1.0, 0.0, 1.0]
        )
    return polynomial.polyval(1 / np.tan(math.pi * (x - np.rint(x.real))), coefficients)
