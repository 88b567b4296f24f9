"""The zeta functions of Riemann and Hurwitz (DLMF chapter 25)."""

from __future__ import annotations

import math

import numpy as np
from numpy.polynomial import polynomial

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.polygammas import BERNOULLI

_TERMS = 20


@primitive
def hurwitz(x: Array, q: Array) -> Array:
    """Return Σ 1 / (k + q)^x over k ≥ 0."""
    return special.zeta(x, q)


@primitive
def riemann(x: Array) -> Array:
    """Return the zeta function of Riemann."""
    return special.zeta(x)


@primitive
def hurwitz_slope(x: Array, q: Array, *, order: int) -> Array:
    """Return a derivative of the Hurwitz zeta function in x, by Euler and Maclaurin (25.2.9)."""
    dtype = np.result_type(x, q)
    x, q = np.asarray(x, np.result_type(x, float)), np.asarray(q, float)
    terms = _TERMS + int(np.max(np.abs(x.imag), initial=0))
    with np.errstate(all="ignore"):
        total = sum(_power(x, q + k, order) for k in range(terms))
        far = q + float(terms)
        total = total + 0.5 * _power(x, far, order) + _integral(x, far, order)
        for k, bernoulli in enumerate(BERNOULLI, 1):
            rising = (
                bernoulli
                / math.factorial(2 * k)
                * polynomial.polyfromroots(-np.arange(2 * k - 1.0))
            )
            total = total + _polynomial_power(rising, x, far, order) * far ** (1.0 - 2 * k)
    return total.astype(dtype if dtype.kind in "fc" else float)[()]


def _power(x: Array, base: Array, order: int) -> Array:
    """Return a derivative of base^-x."""
    return (-np.log(base)) ** order * base**-x


def _integral(x: Array, base: Array, order: int) -> Array:
    """Return a derivative of base^(1-x) / (x - 1)."""
    return base * sum(
        math.comb(order, i) * (-1) ** i * math.factorial(i) / (x - 1) ** (i + 1)
        * _power(x, base, order - i)
        for i in range(order + 1)
    )  # fmt: skip


def _polynomial_power(coefficients: Array, x: Array, base: Array, order: int) -> Array:
    """Return a derivative of p(x) base^-x for a polynomial p."""
    return sum(
        math.comb(order, i) * polynomial.polyval(x, polynomial.polyder(coefficients, i))
        * _power(x, base, order - i)
        for i in range(order + 1)
    )  # fmt: skip


def _riemann_slope(x: Array) -> Array:
    """Return the slope of Riemann's zeta; for Re x < 0 by its functional equation (25.4.2)."""
    is_left = np.real(x) < 0
    left, right = np.where(is_left, 1 - x, 2.0), np.where(is_left, 2.0, x)
    sine, cosine = np.sin(0.5 * math.pi * left), np.cos(0.5 * math.pi * left)
    gamma, zeta = special.gamma(left), riemann(left)
    scale = 2 * (2 * math.pi) ** -left
    by_scale = (math.log(2 * math.pi) - special.psi(left)) * gamma * zeta * cosine
    rest = gamma * (0.5 * math.pi * sine * zeta - cosine * hurwitz_slope(left, 1.0, order=1))
    return np.where(is_left, scale * (by_scale + rest), hurwitz_slope(right, 1.0, order=1))


def _both_slope(x: Array, q: Array, order: int) -> Array:
    """Return a derivative in x and q: ∂ζ/∂q is -x ζ(x + 1, q) (25.11.17)."""
    lower = hurwitz(x + 1.0, q) if order == 1 else hurwitz_slope(x + 1.0, q, order=order - 1)
    return -x * hurwitz_slope(x + 1.0, q, order=order) - order * lower


# fmt: off
derivative(hurwitz_slope, x=lambda g, z, x, q, *, order: g * hurwitz_slope(x, q, order=order + 1),
                          q=lambda g, z, x, q, *, order: g * _both_slope(x, q, order))
derivative(hurwitz,       x=lambda g, z, x, q: g * hurwitz_slope(x, q, order=1),
                          q=lambda g, z, x, q: -g * x * hurwitz(x + 1.0, q))
derivative(riemann,       x=lambda g, z, x: g * _riemann_slope(x))
derivative(special.zetac, x=lambda g, z, x: g * _riemann_slope(x))
# fmt: on


@composite(special.zeta)
def zeta(x: Array, q: Array | None = None) -> Array:
    """Return the zeta function of Riemann, or that of Hurwitz."""
    return riemann(x) if q is None else hurwitz(x, q)
