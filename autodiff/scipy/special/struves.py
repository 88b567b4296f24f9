"""Struve functions (DLMF chapter 11), and integrals over Bessel and Struve functions.

Their derivatives in the order are those of a polynomial in it, as for Bessel functions.
"""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array, Function
from autodiff.scipy.special.bessel import reach_of_order
from autodiff.scipy.special.chebyshev import partial_derivative
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.several import contribution

_TERMS = 14


@primitive
def struve_power(v: Array, x: Array, *, order: int) -> Array:
    """Return a derivative in v of that inhomogeneity."""
    return partial_derivative(_power, (order,), reach_of_order, (v, x))


def _power(v: Array, x: Array) -> Array:
    """Return the inhomogeneity of DLMF 11.4.23 and 11.4.25."""
    is_large = (v > 20) & (x > 0)  # for which the factors overflow
    order, half = np.where(is_large, 20.0, v), np.where(is_large, 0.5 * x, 1.0)
    large = np.exp(v * np.log(half) - special.gammaln(np.where(is_large, v, 20.0) + 1.5))
    power = (0.5 * x) ** order * special.rgamma(order + 1.5)
    return np.where(is_large, large, power) / math.sqrt(math.pi)


def _less_one(f: Array, x: Array, sign: float) -> Array:
    """Return (f(x) - 1) / x, where f is J₀ (sign -1) or I₀ (sign 1); near 0 by its power series."""
    is_small = np.abs(x) < 2
    small: Array = np.where(is_small, x, 0.0)
    quarter: Array = 0.0
    for k in range(_TERMS, 0, -1):
        quarter = sign * (1 + quarter * small * small) / (4 * k * k)
    large = np.where(is_small, 2.0, x)
    return np.where(is_small, quarter * small, (f(large) - 1) / large)


def _per_argument(x: Array) -> Array:
    """Return the Struve function H₀(x) over x; near 0 by its power series."""
    is_small = np.abs(x) < 2
    small: Array = np.where(is_small, x, 0.0)
    series: Array = 1.0
    for k in range(_TERMS, 0, -1):
        series = 1 - series * small * small / (2 * k + 1) ** 2
    large = np.where(is_small, 2.0, x)
    return np.where(is_small, series * (2 / math.pi), special.struve(0, large) / large)


def _power_slope(v: Array, x: Array, order: int) -> Array:
    """Return the slope in x of a derivative in v of xᵛ c(v): by x / v, which v is in as well."""
    slope = v * struve_power(v, x, order=order)
    return (slope + order * struve_power(v, x, order=order - 1) if order else slope) / x


def _with_order(function: Function, sign: float) -> None:
    """Define the slopes of a Struve function f(v, x), which have no pole at x = 0.

    Those in x are (f(v - 1, x) ± f(v + 1, x) + the inhomogeneity) / 2, also for derivatives in v.
    At v = 0 that is f(v + 1, x) with the inhomogeneity alone.
    """

    def slope(v: Array, x: Array) -> Array:
        is_first = v == 0
        order = np.where(is_first, 1.0, v)
        after = sign * function(v + 1.0, x) + _power(v, x)
        return np.where(is_first, after, 0.5 * (function(order - 1.0, x) + after))

    def evaluate(v: Array, x: Array, *, order: int) -> Array:
        """Return a derivative in the order."""
        return partial_derivative(function, (order,), reach_of_order, (v, x))

    evaluate.__name__ = f"{function.__name__}_in_order"
    in_order = primitive(evaluate)
    derivative(
        in_order,
        v=lambda g, z, v, x, *, order: g * in_order(v, x, order=order + 1),
        x=lambda g, z, v, x, *, order: (
            0.5
            * g
            * (
                in_order(v - 1.0, x, order=order)
                + sign * in_order(v + 1.0, x, order=order)
                + struve_power(v, x, order=order)
            )
        ),
    )
    derivative(
        function,
        v=lambda g, z, v, x: g * in_order(v, x, order=1),
        x=lambda g, z, v, x: g * slope(v, x),
    )


def _polynomial_slope(a: Array, lmb: Array, nu: Array) -> Array:
    """Return the slope in a of besselpoly, the integral of x^λ J_ν(2ax) over x from 0 to 1."""
    return special.besselpoly(a, lmb + 1.0, nu - 1.0) - special.besselpoly(a, lmb + 1.0, nu + 1.0)


# fmt: off
derivative(struve_power,         v=lambda g, z, v, x, *, order: (
                                     g * struve_power(v, x, order=order + 1)),
                                 x=lambda g, z, v, x, *, order: (
                                     g * _power_slope(v, x, order)))
derivative(special.itstruve0,    x=lambda g, z, x: g * special.struve(0, x))
derivative(special.itmodstruve0, x=lambda g, z, x: g * special.modstruve(0, x))
derivative(special.it2struve0,   x=lambda g, z, x: -g * _per_argument(x))
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
_with_order(special.struve, -1.0)
_with_order(special.modstruve, 1.0)
