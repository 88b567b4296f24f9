"""Splines through points, by the linear system for their coefficients."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.errors import user_line
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.basis import collocation
from autodiff.scipy.interpolate.bsplines import BSpline
from autodiff.scipy.interpolate.sloped import plainly
from autodiff.scipy.linalg.banded import solve_banded

__all__ = ["make_interp_spline"]


def make_interp_spline(
    x: Array, y: Array, k: int = 3, t: Array | None = None, bc_type: Any = None, axis: int = 0,
    check_finite: bool = True,
) -> BSpline:  # fmt: skip
    """Return the spline of degree k through points: SciPy's, with slopes in points and values.

    Args:
        x: the points, ascending.
        y: the values.
        k: the degree.
        t: the knots; by default they depend on the points.
        bc_type: what holds at both ends, as SciPy describes it.
        axis: the axis of y that belongs to the points.
        check_finite: whether to check that all numbers are finite.

    Raises:
        NotImplementedError: ``bc_type="periodic"`` with traced values.

    >>> import autodiff as ad, numpy as np
    >>> from autodiff.scipy.interpolate import make_interp_spline
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> ad.grad(lambda y: make_interp_spline(x, y)(1.5))(x**2)
    array([-0.0625,  0.5625,  0.5625, -0.0625])
    """
    points = plainly(x)
    if k > 1 and not np.all(np.isfinite(points)):  # where SciPy's code writes out of bounds
        raise ValueError(
            f"expected finite points x, got {np.count_nonzero(~np.isfinite(points))} others of "
            f"{np.size(points)} at {user_line()}. Leave them out."
        )
    found = scipy.interpolate.make_interp_spline(
        points, plainly(y), k, plainly(t), plainly(bc_type), axis, check_finite
    )
    own: BSpline = BSpline.construct_fast(found.t, found.c, found.k, found.extrapolate, found.axis)
    if is_traced((x, y, t, bc_type)):
        x, k = as_array(x).astype(float), operator.index(k)
        values = np.moveaxis(as_array(y), axis, 0)
        values = values if np.iscomplexobj(values) else values.astype(float)
        ends = _conditions(bc_type, values.shape[1:])
        knots = _knots(x, k, ends) if t is None else as_array(t).astype(float)
        own.keep(t=knots, c=_coefficients(x, values, k, knots, ends))
    return own


Conditions = tuple[list[tuple[int, Array]], list[tuple[int, Array]]]
_BY_NAME = {"clamped": [1], "natural": [2]}


def _conditions(bc_type: Any, shape: tuple[int, ...]) -> Conditions:
    """Return orders and values of the derivatives at both ends."""
    if isinstance(bc_type, str) and bc_type == "periodic":
        raise NotImplementedError(
            f"make_interp_spline of traced values has no bc_type='periodic' (called at "
            f"{user_line()}). Use CubicSpline, which has."
        )
    if bc_type is None or (isinstance(bc_type, str) and bc_type == "not-a-knot"):
        return [], []
    both = (bc_type, bc_type) if isinstance(bc_type, str) else bc_type
    found = []
    for ends in both:
        if isinstance(ends, str):
            found.append([(order, np.zeros(shape)) for order in _BY_NAME[ends]])
        else:
            found.append([(order, _checked(value, shape)) for order, value in ends or []])
    return found[0], found[1]


def _checked(value: Array, shape: tuple[int, ...]) -> Array:
    value = as_array(value)
    if value.shape != shape:
        raise ValueError(
            f"expected derivatives at the ends of shape {shape}, as the values have it, got "
            f"{value.shape} at {user_line()}. Reshape them."
        )
    return value


def _knots(x: Array, k: int, ends: Conditions) -> Array:
    """Return SciPy's knots for these points."""
    if k == 0:
        return np.concatenate([x, x[-1:]])
    if k == 1 or any(ends):
        inner, repeated = x, k
    elif k % 2:
        inner, repeated = x[(k + 1) // 2 : len(x) - (k + 1) // 2], k + 1
    else:
        middles = (x[1:] + x[:-1]) / 2
        inner, repeated = middles[k // 2 : len(middles) - k // 2], k + 1
    return np.concatenate([*[x[:1]] * repeated, inner, *[x[-1:]] * repeated])


def _coefficients(x: Array, y: Array, k: int, t: Array, ends: Conditions) -> Array:
    """Return the coefficients of the spline with these values and derivatives."""
    if k == 0 or (k == 1 and len(t) == len(x) + 2):
        return y
    left, right = ends
    ab = collocation(t, x, k, [n for n, _ in left], [n for n, _ in right])
    rows = np.concatenate([*(v[None] for _, v in left), y, *(v[None] for _, v in right)])
    return np.reshape(solve_banded((k, k), ab, np.reshape(rows, (len(rows), -1))), rows.shape)
