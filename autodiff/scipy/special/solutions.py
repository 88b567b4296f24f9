"""Slopes of what SciPy solves for, at ends of a range and where it finds no solution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autodiff.core.typing import Array

__all__ = ["above_zero", "if_positive", "if_solved", "is_solved", "quantile_slope", "within"]

_NEAR = 1e-4
_NEAR_OF_TAIL = 1e-2


def if_positive(g: Array, k: Array) -> Array:
    """Return the cotangent of a count: 0 where the count is 0, as it is for all arguments nearby.

    >>> if_positive(np.array([2.0, 3.0]), np.array([0.0, 1.5]))
    array([0., 3.])
    """
    return np.where(k > 0, g, 0.0)


def is_solved(found: Array, p: Array) -> Array:
    """Return whether a probability is ``p``, which isn't so near 0 or 1 that any other would do.

    >>> is_solved(np.array([0.1, 0.5, 0.0]), np.array([0.1, 0.8, 0.0]))
    array([ True, False, False])
    """
    tail = np.minimum(p, 1.0 - p)
    return np.abs(found - p) < np.minimum(_NEAR, _NEAR_OF_TAIL * tail)


def if_solved(g: Array, found: Array, p: Array) -> Array:
    """Return the cotangent of a parameter: NaN where the probability with it isn't ``p``.

    >>> if_solved(np.array([2.0, 3.0]), np.array([0.1, 0.5]), np.array([0.1, 0.8]))
    array([ 2., nan])
    """
    return np.where(is_solved(found, p), g, np.nan)


def quantile_slope(slope: Array, density: Array) -> Array:
    """Return the slope of a quantile in a parameter, from those of the distribution function.

    It is 0 where the function doesn't depend on the parameter: at an end of the support, where the
    density is often 0.

    >>> quantile_slope(np.array([2.0, 0.0]), np.array([-4.0, 0.0]))
    array([0.5, 0. ])
    """
    is_fixed = slope == 0
    return np.where(is_fixed, 0.0, -slope / np.where(is_fixed, 1.0, density))


def above_zero(slope: Callable[[Array], Array], z: Array, shape: Array) -> Array:
    """Return the slope of a quantile z: 0 where z is 0 with an infinite density, of a shape < 1.

    There z is as flat as a high power of the probability, and often a number that has underflowed.

    >>> above_zero(lambda z: 1.0 / z, np.array([0.0, 0.5]), 0.1)
    array([0., 2.])
    """
    is_end = (z == 0) & (shape < 1)
    return np.where(is_end, 0.0, slope(np.where(is_end, 1.0, z)))


def within(
    g: Array, slope: Callable[[Array], Array], z: Array, *shapes: Array, inside: float = 0.5
) -> Array:
    """Return g times the slope of a quantile z in a parameter: 0 at an end of the support.

    The end is the same for all parameters, so that second slopes in parameters are 0, too. Those in
    a parameter and the probability are 0 where the density is infinite, of a shape < 1; elsewhere
    they are NaN.

    Args:
        g: the cotangent.
        slope: returns the slope of other quantiles.
        z: the quantile.
        shapes: that at 0, and, if the support ends there, that at 1.
        inside: a quantile that is neither.

    >>> within(np.array([2.0, 2.0]), lambda z: 1.0 / z, np.array([0.0, 0.5]), 0.1)
    array([0., 4.])
    """
    is_end, distance = z == 0, np.ones(())  # 0 where the second slope is to be NaN
    for end, shape in enumerate(shapes):
        is_here = z == end
        is_end = is_end | is_here
        distance = np.where(is_here & (shape >= 1), z - end, distance)
    undefined = np.sqrt(distance * distance) - 1.0  # times 0, but its slope at 0 is NaN
    found = slope(np.where(is_end, inside, z)) + undefined
    return np.where(is_end, 0.0, np.where(is_end, 0.0, g) * found)
