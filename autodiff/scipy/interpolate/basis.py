"""B-splines: their values and derivatives at points, with slopes in knots and points.

At a point in the interval from t[i] to t[i+1], only the k + 1 splines that begin at t[i-k], …, t[i]
contribute. They follow from those of lower degree (de Boor 1978, chapter X, equations 4 and 12).
"""

from __future__ import annotations

import numpy as np

from autodiff.core.indexing import read, write
from autodiff.core.typing import Array
from autodiff.scipy.interpolate.piecewise import interval

__all__ = ["at_points", "basis", "collocation", "spline"]


def basis(t: Array, x: Array, k: int, nu: int, i: Array) -> list[Array]:
    """Return the values of the k + 1 splines at points, or of their derivatives.

    Args:
        t: the knots.
        x: the points.
        k: the degree.
        nu: the order of the derivative.
        i: the interval of each point.
    """
    one, zero = np.ones(x.shape), np.zeros(x.shape)
    if nu > k:
        return [zero] * (k + 1)
    near = [read(t, i + offset) for offset in range(1 - k, k + 1)]
    values = [one]
    for p in range(1, k + 1):
        values = _raised(near, x, values, k, p, slope=p > k - nu)
    return values


def _raised(
    near: list[Array], x: Array, values: list[Array], k: int, p: int, *, slope: bool
) -> list[Array]:
    """Return the splines of degree p from those of degree p - 1, or their slopes from values."""
    raised = []
    for r in range(p + 1):
        terms = []
        if r > 0:  # from the spline that begins at the same knot
            start, end = near[k - 1 - p + r], near[k - 1 + r]
            share = _share(values[r - 1], end - start)
            terms.append(p * share if slope else (x - start) * share)
        if r < p:  # from the one that begins a knot later
            start, end = near[k - p + r], near[k + r]
            share = _share(values[r], end - start)
            terms.append(-p * share if slope else (end - x) * share)
        raised.append(sum(terms[1:], start=terms[0]))
    return raised


def _share(value: Array, span: Array) -> Array:
    """Return a value per length; between equal knots there is no spline."""
    is_empty = span == 0
    return np.where(is_empty, 0.0, value / np.where(is_empty, 1.0, span))


def spline(t: Array, c: Array, k: int, x: Array, nu: int = 0) -> Array:
    """Return a spline, or a derivative, at points: an array of shape (points, …)."""
    i = interval(t, x, k, len(t) - k - 2)
    z: Array = 0.0
    for r, value in enumerate(basis(t, x, k, nu, i)):
        z = z + np.reshape(value, (-1, *[1] * (c.ndim - 1))) * read(c, i + (r - k))
    return z


def at_points(t: Array, k: int, x: Array) -> tuple[Array, list[Array]]:
    """Return the first of the splines that don't vanish at each point, and the values of all."""
    i = interval(t, x, k, len(t) - k - 2)
    return i - k, basis(t, x, k, 0, i)


def collocation(t: Array, x: Array, k: int, left: list[int], right: list[int]) -> Array:
    """Return the matrix from coefficients to values, by its diagonals, for ``solve_banded``.

    Args:
        t: the knots.
        x: the points.
        k: the degree; there are k diagonals above and k below the main one.
        left: orders of the derivatives at the first point, whose rows come first.
        right: orders of the derivatives at the last point, whose rows come last.
    """
    count = len(t) - k - 1
    points = [(x[:1], nu) for nu in left] + [(x, 0)] + [(x[-1:], nu) for nu in right]
    ab, row = np.zeros((2 * k + 1, count)), 0
    for at, nu in points:
        i = interval(t, at, k, count - 1)
        rows = row + np.arange(len(at))
        for r, value in enumerate(basis(t, at, k, nu, i)):
            column = i + (r - k)
            ab = write(ab, value, (k + rows - column, column))
        row += len(at)
    return ab
