"""Struve functions (DLMF chapter 11), and integrals over Bessel and Struve functions."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.several import contribution

_TERMS = 14


def _power(v: Array, x: Array) -> Array:
    """Return the inhomogeneity of DLMF 11.4.23 and 11.4.25."""
    return (0.5 * x) ** v * special.rgamma(v + 1.5) / math.sqrt(math.pi)


def _less_one(f: Array, x: Array, sign: float) -> Array:
    """Return (f(x) - 1) / x, where f is J₀ (sign -1) or I₀ (sign 1); near 0 by its power series."""
    is_small = np.abs(x) < 2
    small: Array = np.where(is_small, x, 0.0)
    quarter: Array = 0.0
    for k in range(_TERMS, 0, -1):
        quarter = sign * (1 + quarter * small * small) / (4 * k * k)
    large = np.where(is_small, 2.0, x)
    return np.where(is_small, quarter * small, (f(large) - 1) / large)


def _struve_slope(v: Array, x: Array) -> Array:
    """Return the slope of struve(v, x) in x, without a pole at 0."""
    return 0.5 * (special.struve(v - 1.0, x) - special.struve(v + 1.0, x) + _power(v, x))


def _modified_slope(v: Array, x: Array) -> Array:
    """Return the slope of modstruve(v, x) in x, without a pole at 0."""
    return 0.5 * (special.modstruve(v - 1.0, x) + special.modstruve(v + 1.0, x) + _power(v, x))


def _polynomial_slope(a: Array, lmb: Array, nu: Array) -> Array:
    """Return the slope in a of besselpoly, the integral of x^λ J_ν(2ax) over x from 0 to 1."""
    return special.besselpoly(a, lmb + 1.0, nu - 1.0) - special.besselpoly(a, lmb + 1.0, nu + 1.0)


# fmt: off
derivative(special.struve,       x=lambda g, z, v, x: g * _struve_slope(v, x))
derivative(special.modstruve,    x=lambda g, z, v, x: g * _modified_slope(v, x))
derivative(special.itstruve0,    x=lambda g, z, x: g * special.struve(0, x))
derivative(special.itmodstruve0, x=lambda g, z, x: g * special.modstruve(0, x))
derivative(special.it2struve0,   x=lambda g, z, x: -g * special.struve(0, x) / x)
derivative(special.itj0y0,       x=lambda g, z, x: (
                                     g[0] * special.j0(x) + contribution(g[1], special.y0(x))))
derivative(special.iti0k0,       x=lambda g, z, x: (
                                     g[0] * special.i0(x) + contribution(g[1], special.k0(x))))
derivative(special.it2j0y0,      x=lambda g, z, x: (
                                     -g[0] * _less_one(special.j0, x, -1.0)
                                     - contribution(g[1], special.y0(x) / x)))
derivative(special.it2i0k0,      x=lambda g, z, x: (
                                     g[0] * _less_one(special.i0, x, 1.0)
                                     - contribution(g[1], special.k0(x) / x)))
derivative(special.besselpoly,   a=lambda g, z, a, lmb, nu: g * _polynomial_slope(a, lmb, nu))
# fmt: on
