"""The slopes of cubic splines: a tridiagonal system (de Boor 1978, chapter IV).

With widths h and mean slopes m, continuity of the second derivative at an inner point says

    h[i] s[i-1] + 2 (h[i-1] + h[i]) s[i] + h[i-1] s[i+1] = 3 (h[i] m[i-1] + h[i-1] m[i]).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.linalg.banded import solve_banded

__all__ = ["spline_slopes"]


_BY_NAME = {"clamped": (1, 0.0), "natural": (2, 0.0)}


class EndRow(NamedTuple):
    """A row of the system at an end: its entries there and beside it, and the right side."""

    own: Array
    other: Array
    right: Array


def spline_slopes(x: Array, y: Array, bc_type: Any) -> Array:
    """Return the slopes at all points.

    Args:
        x: the points.
        y: the values, the points along the first axis.
        bc_type: what holds at both ends, as SciPy describes it.
    """
    conditions = [bc_type, bc_type] if isinstance(bc_type, str) else list(bc_type)
    h = np.diff(x)
    wide = np.reshape(h, (-1, *[1] * (y.ndim - 1)))
    m = np.diff(y, axis=0) / wide
    if len(x) == 2:
        conditions = [(1, m[0]) if c in ("not-a-knot", "periodic") else c for c in conditions]
    if conditions[0] == "periodic":
        return _periodic(h, wide, m)
    if len(x) == 3 and conditions == ["not-a-knot"] * 2:
        return _parabola(wide, m)
    first = _end(conditions[0], h, wide, m, 1.0)
    last = _end(conditions[1], h[::-1], wide[::-1], m[::-1], -1.0)
    inner, right = 2 * (h[:-1] + h[1:]), _right(wide, m)
    diagonal = np.concatenate([[first.own], inner, [last.own]])
    above = np.concatenate([[0.0, first.other], h[:-1]])
    below = np.concatenate([h[1:], [last.other, 0.0]])
    rows = np.concatenate([first.right[None], right, last.right[None]])
    return _solved(np.stack([above, diagonal, below]), rows)


def _right(wide: Array, m: Array) -> Array:
    return 3 * (wide[1:] * m[:-1] + wide[:-1] * m[1:])


def _solved(ab: Array, rows: Array) -> Array:
    columns = np.reshape(rows, (len(rows), -1))
    return np.reshape(solve_banded((1, 1), ab, columns), rows.shape)


def _end(condition: Any, h: Array, wide: Array, m: Array, direction: float) -> EndRow:
    """Return the row of the first point, or of the last one for arrays in reverse order.

    Args:
        condition: ``"not-a-knot"``, or an order and the value of this derivative.
        h: the widths, from this end on.
        wide: the widths with the axes of values.
        m: the mean slopes.
        direction: 1 at the start, -1 at the end.
    """
    if isinstance(condition, str) and condition == "not-a-knot":
        both = h[0] + h[1]
        right = ((wide[0] + 2 * both) * wide[1] * m[0] + wide[0] ** 2 * m[1]) / both
        return EndRow(h[1], both, right)
    order, value = _BY_NAME[condition] if isinstance(condition, str) else condition
    value = np.broadcast_to(as_array(value), m.shape[1:])
    if order == 1:
        return EndRow(1.0, 0.0, value)
    return EndRow(2 * h[0], h[0], 3 * wide[0] * m[0] - direction * 0.5 * value * wide[0] ** 2)


def _parabola(wide: Array, m: Array) -> Array:
    """Return the slopes of the parabola through three points."""
    middle = (wide[0] * m[1] + wide[1] * m[0]) / (wide[0] + wide[1])
    return np.stack([2 * m[0] - middle, middle, 2 * m[1] - middle])


def _periodic(h: Array, wide: Array, m: Array) -> Array:
    """Return the slopes of a periodic spline: the last one apart, then a tridiagonal system."""
    count = len(h)  # of unknowns: the last point is the first one
    if count == 2:
        same = np.sum(m / wide, axis=0) / np.sum(1 / wide, axis=0)
        return np.stack([same] * 3)
    before = np.roll(h, 1)
    right = 3 * (wide * np.roll(m, 1, axis=0) + np.roll(wide, 1, axis=0) * m)
    above = np.concatenate([[0.0], before[: count - 2]])
    below = np.concatenate([h[1 : count - 1], [0.0]])
    ab = np.stack([above, 2 * (before + h)[: count - 1], below])
    coupling = np.concatenate([h[:1], np.zeros(count - 3), before[count - 2 : count - 1]])
    free = _solved(ab, right[:-1])
    answer = np.reshape(_solved(ab, -coupling), (-1, *[1] * (m.ndim - 1)))
    to_last, to_first = h[-1], before[-1]
    last = (right[-1] - to_last * free[-1] - to_first * free[0]) / (
        2 * (before[-1] + h[-1]) + to_last * answer[-1] + to_first * answer[0]
    )
    slopes = free + answer * last
    return np.concatenate([slopes, last[None], slopes[:1]])
