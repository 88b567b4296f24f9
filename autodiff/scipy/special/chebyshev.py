"""Derivatives in parameters, by the polynomial through the values at Chebyshev points.

Where no formula is known, a function of a parameter that is analytic around a center is replaced by
the polynomial that agrees with it at the Chebyshev points of an interval, whose derivatives are its
own but for an error that falls geometrically with the number of points (Trefethen 2013, theorem 8.2
and chapter 21). The interval isn't short, so that rounding errors aren't enlarged as by finite
differences: by the number of points over its length, and not by the inverse of a small step.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from numpy.polynomial import chebyshev

from autodiff.core.typing import Array, Function

__all__ = ["clear_of_poles", "derivative_at", "partial_derivative"]

_HALF = 9
_POINTS = 2 * _HALF


def derivative_at(center: Array, function: Function, order: int, reach: Array) -> Array:
    """Return a derivative of a function at a center.

    Args:
        center: any shape.
        function: takes an array with one more axis, the last, than the center.
        order: of the derivative.
        reach: half the length of the interval, in which the function changes by a small factor.

    >>> float(derivative_at(np.array(1.0), np.exp, 2, np.array(0.5)) / np.e).__round__(11)
    1.0
    """
    points, weights = _rule(order)
    values = function(center[..., None] + reach[..., None] * points)
    left, right = values[..., :_HALF][..., ::-1], values[..., _HALF:]
    return np.sum(weights * (right + (-1) ** order * left), axis=-1) / reach**order


@functools.cache
def _rule(order: int) -> tuple[Array, Array]:
    """Return the points of [-1, 1], and the weights of the derivative at 0 of those right of it.

    Those on the left have the same weights, but for the sign of an odd derivative.
    """
    points = chebyshev.chebpts1(_POINTS)
    at_points = chebyshev.chebvander(points, _POINTS - 1)
    slopes = [chebyshev.chebval(0.0, chebyshev.chebder(row, order)) for row in np.eye(_POINTS)]
    return points, np.linalg.solve(at_points.T, slopes)[_HALF:]


def partial_derivative(
    function: Function,
    orders: tuple[int, ...],
    reach: Callable[..., tuple[Array, ...]],
    arrays: tuple[Array, ...],
) -> Array:
    """Return a partial derivative of a function of several numbers in the first of them.

    Args:
        function: elementwise.
        orders: how often it is differentiated in each parameter.
        reach: returns half the length of the interval of each parameter.
        arrays: the parameters and further arguments, of shapes that broadcast.

    Returns:
        The derivative, computed in double precision, in the dtype of the function.
    """
    dtype = np.result_type(*arrays)
    dtype = dtype if dtype.kind in "fc" else np.dtype(float)
    wide = [np.asarray(x, np.result_type(x, float)) for x in arrays]
    with np.errstate(all="ignore"):
        z = _partial(function, orders, reach, 0, tuple(np.broadcast_arrays(*wide)))
    return z.astype(np.promote_types(dtype, np.complex64) if z.dtype.kind == "c" else dtype)[()]


def _partial(
    function: Function,
    orders: tuple[int, ...],
    reach: Callable[..., tuple[Array, ...]],
    first: int,
    values: tuple[Array, ...],
) -> Array:
    """Differentiate in the parameters from ``first`` on."""
    position = next((i for i in range(first, len(orders)) if orders[i]), None)
    if position is None:
        return function(*values)
    columns = [value[..., None] for value in values]

    def along(parameter: Array) -> Array:
        others = np.broadcast_arrays(*columns[:position], parameter, *columns[position + 1 :])
        return _partial(function, orders, reach, position + 1, tuple(others))

    return derivative_at(values[position], along, orders[position], reach(*values)[position])


def clear_of_poles(parameter: Array) -> Array:
    """Return how far a parameter may be moved without coming near to 0, -1, -2, …, poles of Γ."""
    return np.abs(parameter - np.minimum(np.round(parameter), 0.0)) / 5
