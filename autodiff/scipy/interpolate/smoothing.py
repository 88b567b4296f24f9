"""Splines near points: smooth ones by a penalty, and those of least squares."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.indexing import write
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.basis import at_points
from autodiff.scipy.interpolate.bsplines import BSpline
from autodiff.scipy.interpolate.cross_validation import chosen_parameter
from autodiff.scipy.interpolate.sloped import plainly
from autodiff.scipy.interpolate.smoother import smoothed
from autodiff.scipy.interpolate.through_points import make_interp_spline

__all__ = ["make_lsq_spline", "make_smoothing_spline"]

_UNDETERMINED = (
    "make_lsq_spline: expected points that determine all coefficients (so many with t[j] < x < "
    "t[j + k + 1] that each j has one of its own, Schoenberg and Whitney 1953), got too few. Leave "
    "out knots where points are missing."
)


def make_smoothing_spline(
    x: Array, y: Array, w: Array | None = None, lam: Array | None = None, *, axis: int = 0
) -> BSpline:
    """Return the cubic spline f that minimizes ``Σ w (y - f(x))² + lam ∫ f''²``.

    It is SciPy's, with slopes in points, values, weights and ``lam``. At the points it is
    ``y - lam W⁻¹ Q γ``, where γ solves ``(R + lam Qᵀ W⁻¹ Q) γ = Qᵀ y`` (Green and Silverman 1994,
    equations 2.5 to 2.8).

    Args:
        x: the points, ascending, five or more.
        y: the values.
        w: the weights, positive; by default 1.
        lam: how much the curvature counts; by default, it minimizes the score of generalized
            cross-validation, and moves with the other arguments (``cross_validation.py``).
        axis: the axis of y that belongs to the points.
    """
    found = scipy.interpolate.make_smoothing_spline(
        *map(plainly, (x, y, w, lam)), axis=axis
    )  # which checks the arguments
    if not is_traced((x, y, w, lam)):
        return _own(found)
    x, values = as_array(x).astype(float), np.moveaxis(as_array(y).astype(float), axis, 0)
    weights = np.ones(len(x)) if w is None else as_array(w)
    columns, spread = np.reshape(values, (len(x), -1)), 1.0 / weights
    if lam is None:
        lam = chosen_parameter(x, columns, weights)
        each = [smoothed(x, y[:, None], spread, one) for y, one in zip(columns.T, lam, strict=True)]
        smooth = np.concatenate(each, axis=1)
    else:
        smooth = smoothed(x, columns, spread, lam)
    through = make_interp_spline(x, np.reshape(smooth, values.shape), bc_type="natural")
    own: BSpline = BSpline.construct_fast(found.t, found.c, 3, found.extrapolate, found.axis)
    own.keep(t=through.t, c=through.c)
    return own


def _own(found: Any) -> BSpline:
    own: BSpline = BSpline.construct_fast(found.t, found.c, found.k, found.extrapolate, found.axis)
    return own


def make_lsq_spline(
    x: Array, y: Array, t: Array, k: int = 3, w: Array | None = None, axis: int = 0,
    check_finite: bool = True, *, method: str = "qr",
) -> BSpline:  # fmt: skip
    """Return the spline with given knots that minimizes ``Σ (w (y - f(x)))²``.

    It is SciPy's, with slopes in points, values, knots and weights.

    Args:
        x: the points, ascending.
        y: the values.
        t: the knots, those at the ends k + 1 times.
        k: the degree.
        w: the weights; by default 1.
        axis: the axis of y that belongs to the points.
        check_finite: whether to check that all numbers are finite.
        method: how SciPy solves for the coefficients of plain values.

    Raises:
        ValueError: values are traced, and there are too few points between some knots.
    """
    found = scipy.interpolate.make_lsq_spline(
        *map(plainly, (x, y, t)), k, plainly(w), axis, check_finite, method=method
    )
    own = _own(found)
    if not is_traced((x, y, t, w)):
        return own
    x, t = (as_array(v).astype(float) for v in (x, t))
    values = np.moveaxis(as_array(y), axis, 0)
    weights = np.ones((len(x), 1)) if w is None else as_array(w)[:, None]
    first, columns = at_points(t, found.k, x)
    design = np.zeros((len(x), len(t) - found.k - 1))
    for r, column in enumerate(columns):
        design = write(design, column, (np.arange(len(x)), first + r))
    rows = weights * np.reshape(values, (len(x), -1))
    c, _, rank, _ = np.linalg.lstsq(weights * design, rows)
    c = checked(c, rank < design.shape[1], message=_UNDETERMINED)
    own.keep(t=t, c=np.reshape(c, (-1, *values.shape[1:])))
    return own
