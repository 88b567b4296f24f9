"""Orthogonal polynomials in x (DLMF 18.9): each slope is a polynomial of lower degree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.special.namespace import special


def _degree(n: Array) -> Array:
    """Return degrees; whole ones as integers, by whose recurrence SciPy finds large ones, too."""
    n = as_array(n)
    if isinstance(n, np.ndarray) and n.dtype.kind == "f" and np.all(n == np.rint(n)):
        return n.astype(np.int64)
    return n


def _lower(polynomial: Callable[..., Array], n: Array, *rest: Array) -> Array:
    """Return a polynomial of degree n - 1, which is 0 for n = 0."""
    n = _degree(n)
    is_positive = n != 0
    return is_positive * polynomial(n - is_positive, *rest)


def _second_kind(n: Array, x: Array) -> Array:
    """Return the slope of the Chebyshev polynomial of the second kind: U of -2-n is -U of n."""
    n = _degree(n)
    sign = np.where(n < -1, -2.0, 2.0)
    n = np.where(n == -1, 0, np.where(n < -1, -2 - n, n))  # that of degree -1 is 0
    return sign * _lower(special.eval_gegenbauer, n, 2.0, x)


def legendre_slope(n: Array, x: Array) -> Array:
    """Return the slope of the Legendre polynomial: P of -1-n is P of n.

    On the left, where SciPy's Gegenbauer polynomials of a degree that isn't whole may be infinite,
    it is that of DLMF 14.10.5.
    """
    n = _degree(n)
    n = np.where(n < 0, -1 - n, n)
    is_left = (x < 0) & (n != np.floor(n))
    left, right = np.where(is_left, x, 0.5), np.where(is_left, 0.5, x)
    before, same = special.eval_legendre(n - 1, left), special.eval_legendre(n, left)
    outer = n * (before - left * same) / ((1 - left) * (1 + left))
    return np.where(is_left, outer, _lower(special.eval_gegenbauer, n, 1.5, right))


def _jacobi(n: Array, alpha: Array, beta: Array, x: Array) -> Array:
    """Return the slope of the Jacobi polynomial."""
    scale = 0.5 * (n + alpha + beta + 1.0)
    return scale * _lower(special.eval_jacobi, n, alpha + 1.0, beta + 1.0, x)


# fmt: off
derivative(special.eval_legendre,     x=lambda g, z, n, x: g * legendre_slope(n, x))
derivative(special.eval_chebyt,       x=lambda g, z, n, x: (
                                          g * n * _lower(special.eval_chebyu, n, x)))
derivative(special.eval_chebyu,       x=lambda g, z, n, x: g * _second_kind(n, x))
derivative(special.eval_chebyc,       x=lambda g, z, n, x: (
                                          g * n * _lower(special.eval_chebys, n, x)))
derivative(special.eval_chebys,       x=lambda g, z, n, x: 0.5 * g * _second_kind(n, 0.5 * x))
derivative(special.eval_sh_legendre,  x=lambda g, z, n, x: 2 * g * legendre_slope(n, 2 * x - 1))
derivative(special.eval_sh_chebyt,    x=lambda g, z, n, x: (
                                          2 * g * n * _lower(special.eval_sh_chebyu, n, x)))
derivative(special.eval_sh_chebyu,    x=lambda g, z, n, x: 2 * g * _second_kind(n, 2 * x - 1))
derivative(special.eval_hermite,      x=lambda g, z, n, x: (
                                          2 * g * n * _lower(special.eval_hermite, n, x)))
derivative(special.eval_hermitenorm,  x=lambda g, z, n, x: (
                                          g * n * _lower(special.eval_hermitenorm, n, x)))
derivative(special.eval_laguerre,     x=lambda g, z, n, x: (
                                          -g * _lower(special.eval_genlaguerre, n, 1.0, x)))
derivative(special.eval_genlaguerre,  x=lambda g, z, n, alpha, x: (
                                          -g * _lower(special.eval_genlaguerre, n, alpha + 1.0, x)))
derivative(special.eval_gegenbauer,   x=lambda g, z, n, alpha, x: (
                                          2 * g * alpha
                                          * _lower(special.eval_gegenbauer, n, alpha + 1.0, x)))
derivative(special.eval_jacobi,       x=lambda g, z, n, alpha, beta, x: (
                                          g * _jacobi(n, alpha, beta, x)))
derivative(special.eval_sh_jacobi,    x=lambda g, z, n, p, q, x: (
                                          g * n * _lower(
                                              special.eval_sh_jacobi, n, p + 2.0, q + 1.0, x)))
# fmt: on


@composite(special.assoc_laguerre)
def assoc_laguerre(x: Array, n: Array, k: Array = 0.0) -> Array:
    """Return the generalized Laguerre polynomial of degree n."""
    return special.eval_genlaguerre(n, k, x)
