"""Slopes of distribution functions in their parameters, by differentiation under the integral sign.

A distribution function is the integral of a density ``exp(h(parameters, t))`` over ``t``, so its
derivatives in the parameters are integrals of ``exp(h)`` times a polynomial in the derivatives of
``h``. SciPy has none of these integrals. They are computed here by a Gauss-Legendre rule over the
tail on that side of the mean on which the argument lies, so that small ones are accurate too.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from autodiff.core.typing import Array

__all__ = ["bell", "in_double", "integral_over_tail", "reach_of"]

_NEGLIGIBLE = 48.0  # an integrand that has fallen by exp(-48) doesn't count any more
_POINTS = 96
_STEPS = 20


def bell(orders: tuple[int, ...], of: Callable[..., Array]) -> Array:
    """Return a partial derivative of exp(h), divided by exp(h): a complete Bell polynomial.

    Args:
        orders: how often it is differentiated in each parameter.
        of: returns the derivative of h for other orders, of which one at least is positive.

    >>> bell((2,), lambda order: [None, 3.0, 5.0][order])  # (exp h)'' = (h'h' + h'') exp h
    14.0
    """
    first = next((i for i, order in enumerate(orders) if order), None)
    if first is None:
        return 1.0
    rest = tuple(order - (i == first) for i, order in enumerate(orders))
    total: Array = 0.0
    for lower in product(*(range(order + 1) for order in rest)):
        ways = math.prod(map(math.comb, rest, lower))
        inner = of(*(order + (i == first) for i, order in enumerate(lower)))
        total = (
            total + ways * bell(tuple(r - k for r, k in zip(rest, lower, strict=True)), of) * inner
        )
    return total


def integral_over_tail(integrand: Callable[[Array], Array], reach: Array) -> Array:
    """Integrate from 0 to ``reach``; the integrand takes the points along a new last axis.

    The points are dense at 0, where a tail is steep: they are ``reach * u**3`` for the points u of
    a Gauss-Legendre rule.
    """
    points, weights = _rule()
    return reach * np.sum(weights * integrand(reach[..., None] * points), axis=-1)


def reach_of(fallen: Callable[[Array], tuple[Array, Array]], start: Array) -> Array:
    """Return where an integrand has become negligible, by Newton's method.

    Args:
        fallen: returns the negative logarithm of the integrand, which is convex, and its slope.
        start: beyond the place that is sought, so that the steps stay beyond it.
    """
    reach = start
    for _ in range(_STEPS):
        height, slope = fallen(reach)
        reach = reach - (height - _NEGLIGIBLE) / slope
    return reach


@functools.cache
def _rule() -> tuple[Array, Array]:
    points, weights = np.polynomial.legendre.leggauss(_POINTS)
    u = (points + 1) / 2
    return u**3, 1.5 * u * u * weights


def in_double(function: Callable[..., Array]) -> Callable[..., Array]:
    """Let a function compute in float64, on arrays that are broadcast, and return SciPy's dtype."""

    @functools.wraps(function)
    def narrowed(*arrays: Any, **options: Any) -> Array:
        dtype = np.result_type(*arrays)
        dtype = np.promote_types(dtype, np.float32 if dtype.kind == "f" else np.float64)
        shape = np.broadcast_shapes(*(np.shape(array) for array in arrays))
        wide = [np.broadcast_to(np.asarray(array, np.float64), shape) for array in arrays]
        with np.errstate(all="ignore"):
            return function(*wide, **options).astype(dtype)[()]

    return narrowed
