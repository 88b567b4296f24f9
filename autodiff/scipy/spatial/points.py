"""Minkowski distances of points, and the matrix of all pairs."""

from __future__ import annotations

import numpy as np
import scipy.spatial

from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.real import real_composite
from autodiff.scipy.spatial.distance.metrics import minkowski, sum_of_powers

__all__: list[str] = []


def _as_floats(x: Array) -> Array:
    x = as_array(x)
    return x.astype(np.result_type(x.dtype, np.float64))


@real_composite(scipy.spatial.minkowski_distance_p)
def minkowski_distance_p(x: Array, y: Array, p: Array = 2.0) -> Array:
    """Return the p-th power of the distances of points, which lie along the last axis."""
    return sum_of_powers(_as_floats(x) - _as_floats(y), p)


@real_composite(scipy.spatial.minkowski_distance)
def minkowski_distance(x: Array, y: Array, p: Array = 2.0) -> Array:
    """Return the distances of points, which lie along the last axis."""
    return minkowski(_as_floats(x), _as_floats(y), p)


@real_composite(scipy.spatial.distance_matrix)
def distance_matrix(x: Array, y: Array, p: Array = 2.0, threshold: int = 1000000) -> Array:
    """Return the distances of all points in x to all in y."""
    del threshold  # above which SciPy computes row by row
    x, y = as_operand(x), as_operand(y)
    if not x.ndim == y.ndim == 2 or x.shape[1] != y.shape[1]:
        raise ValueError(
            f"expected two matrices whose rows are points, of as many coordinates in x as in y, "
            f"got the shapes {x.shape} and {y.shape} at {user_line()}."
        )
    return minkowski_distance(x[:, None, :], y[None, :, :], p)
