"""Hypergeometric functions in their arguments and parameters (DLMF chapters 13, 15 and 16).

Slopes in the argument are DLMF 13.3.15, 13.3.22, 15.5.1 and 16.3.1. Those of ₀F₁, ₁F₁ and ₂F₁ in
their parameters are those of polynomials in these, and 0 where the functions are 1 whatever these
are, also at poles: at x = 0 and, in the other parameters, at a = 0. For U, see ``tricomi.py``.
"""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.chebyshev import clear_of_poles, partial_derivative
from autodiff.scipy.special.namespace import special

__all__ = ["hyp0f1_partial", "hyp1f1_partial", "hyp2f1_partial"]

Orders = tuple[int, ...]


def _rising(a: Array, n: int) -> Array:
    """Return a (a + 1) … (a + n - 1)."""
    return math.prod(a + k for k in range(n))


def _after(orders: Orders, position: int) -> Orders:
    """Return the orders of the derivative in one more argument."""
    return tuple(order + (i == position) for i, order in enumerate(orders))


def _reach(x: Array) -> Array:
    """Return how far a parameter may be moved: the functions change as powers of x and 1 - x."""
    near_one = np.minimum(np.abs(np.log(np.abs(1 - x))), 750.0)
    return 1 / (2 + np.log1p(np.abs(x)) + near_one)


@primitive
def hyp0f1_partial(v: Array, x: Array, *, orders: Orders) -> Array:
    """Return a partial derivative of hyp0f1."""
    n = orders[-1]
    found = partial_derivative(
        lambda v, x: special.hyp0f1(v + n, x) / _rising(v, n),
        orders[:-1],
        lambda v, x: (np.minimum(clear_of_poles(v), _reach(-np.abs(x))),),
        (v, x),
    )
    is_flat = (x == 0) & (n == 0)
    return np.where(is_flat & (special.hyp0f1(v, x) == 1), 0.0, found)


@primitive
def hyp1f1_partial(a: Array, b: Array, x: Array, *, orders: Orders) -> Array:
    """Return a partial derivative of hyp1f1."""
    n = orders[-1]

    def reach(_: Array, b: Array, x: Array) -> tuple[Array, Array]:
        along = _reach(-np.abs(x))
        return along, np.minimum(clear_of_poles(b), along)

    found = partial_derivative(
        lambda a, b, x: _rising(a, n) / _rising(b, n) * special.hyp1f1(a + n, b + n, x),
        orders[:-1],
        reach,
        (a, b, x),
    )
    is_flat = (x == 0) & (n == 0) | (a == 0) & (orders[0] == 0)
    return np.where(is_flat & (special.hyp1f1(a, b, x) == 1), 0.0, found)


@primitive
def hyp2f1_partial(a: Array, b: Array, c: Array, x: Array, *, orders: Orders) -> Array:
    """Return a partial derivative of hyp2f1."""
    n = orders[-1]

    def reach(*values: Array) -> tuple[Array, Array, Array]:
        c, x = values[2:]
        along = _reach(x)
        return along, along, np.minimum(clear_of_poles(c), along)

    found = partial_derivative(
        lambda a, b, c, x: (
            _rising(a, n) * _rising(b, n) / _rising(c, n)
            * special.hyp2f1(a + n, b + n, c + n, x)
        ),
        orders[:-1],
        reach,
        (a, b, c, x),
    )  # fmt: skip
    is_flat = (x == 0) & (n == 0) | (a == 0) & (orders[0] == 0) | (b == 0) & (orders[1] == 0)
    return np.where(is_flat & (special.hyp2f1(a, b, c, x) == 1), 0.0, found)


def _gauss_slope(a: Array, b: Array, c: Array, x: Array) -> Array:
    """Return the slope of hyp2f1 in x: 0 where the function is 1 whatever x, a b = 0.

    Where a = c = 0, the function is (1 - x)⁻ᵇ in SciPy, as for other a = c.
    """
    is_flat, upper = a * b == 0, (a + 1.0, b + 1.0, c + 1.0)
    unused = is_flat & ~np.isfinite(special.hyp2f1(*upper, x))
    raised = np.where(unused, 0.0, special.hyp2f1(*upper, np.where(unused, 0.0, x)))
    ratio = np.where((a == 0) & (c == 0), 1.0, a / np.where(is_flat & (c == 0), 1.0, c))
    return ratio * b * raised


def _kummer_slope(a: Array, b: Array, x: Array) -> Array:
    """Return the slope of hyp1f1 in x: a / b where the function is 1 + a x / b, a = -1."""
    is_constant = (a == -1) & ~np.isfinite(special.hyp1f1(a + 1.0, b + 1.0, x))
    raised = special.hyp1f1(a + 1.0, np.where(is_constant, 1.0, b + 1.0), x)
    return a / b * raised


# fmt: off
derivative(hyp0f1_partial,
           v=lambda g, z, v, x, *, orders: g * hyp0f1_partial(v, x, orders=_after(orders, 0)),
           x=lambda g, z, v, x, *, orders: g * hyp0f1_partial(v, x, orders=_after(orders, 1)))
derivative(hyp1f1_partial,
           a=lambda g, z, a, b, x, *, orders: g * hyp1f1_partial(a, b, x, orders=_after(orders, 0)),
           b=lambda g, z, a, b, x, *, orders: g * hyp1f1_partial(a, b, x, orders=_after(orders, 1)),
           x=lambda g, z, a, b, x, *, orders: g * hyp1f1_partial(a, b, x, orders=_after(orders, 2)))
derivative(hyp2f1_partial,
           a=lambda g, z, a, b, c, x, *, orders: (
               g * hyp2f1_partial(a, b, c, x, orders=_after(orders, 0))),
           b=lambda g, z, a, b, c, x, *, orders: (
               g * hyp2f1_partial(a, b, c, x, orders=_after(orders, 1))),
           c=lambda g, z, a, b, c, x, *, orders: (
               g * hyp2f1_partial(a, b, c, x, orders=_after(orders, 2))),
           x=lambda g, z, a, b, c, x, *, orders: (
               g * hyp2f1_partial(a, b, c, x, orders=_after(orders, 3))))
derivative(special.hyp0f1,
           v=lambda g, z, v, x: g * hyp0f1_partial(v, x, orders=(1, 0)),
           x=lambda g, z, v, x: g * special.hyp0f1(v + 1.0, x) / v)
derivative(special.hyp1f1,
           a=lambda g, z, a, b, x: g * hyp1f1_partial(a, b, x, orders=(1, 0, 0)),
           b=lambda g, z, a, b, x: g * hyp1f1_partial(a, b, x, orders=(0, 1, 0)),
           x=lambda g, z, a, b, x: g * _kummer_slope(a, b, x))
derivative(special.hyp2f1,
           a=lambda g, z, a, b, c, x: g * hyp2f1_partial(a, b, c, x, orders=(1, 0, 0, 0)),
           b=lambda g, z, a, b, c, x: g * hyp2f1_partial(a, b, c, x, orders=(0, 1, 0, 0)),
           c=lambda g, z, a, b, c, x: g * hyp2f1_partial(a, b, c, x, orders=(0, 0, 1, 0)),
           x=lambda g, z, a, b, c, x: g * _gauss_slope(a, b, c, x))
# Wright's function, Σ xᵏ / (k! Γ(ak + b))
derivative(special.wright_bessel, x=lambda g, z, a, b, x: g * special.wright_bessel(a, a + b, x))
derivative(special.log_wright_bessel,
           x=lambda g, z, a, b, x: g * np.exp(special.log_wright_bessel(a, a + b, x) - z))
# fmt: on
