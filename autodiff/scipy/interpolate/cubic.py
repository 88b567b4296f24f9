"""Cubic interpolants: piecewise cubic polynomials by values and slopes at their breakpoints.

How the slopes are chosen tells them apart: they are passed, or found from the values so that the
second derivative is continuous (splines), that the interpolant is monotonic where the values are
(Fritsch and Butland 1984), or that it follows straight pieces (Akima 1970).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.piecewise import Piecewise
from autodiff.scipy.interpolate.sloped import plainly
from autodiff.scipy.interpolate.spline_slopes import spline_slopes

__all__ = ["Akima1DInterpolator", "CubicHermiteSpline", "CubicSpline", "PchipInterpolator"]


def _points(x: Array, y: Array, axis: int) -> tuple[Array, Array]:
    """Return the points, and the values with their axis first."""
    y = np.moveaxis(as_array(y), axis, 0)
    return as_array(x).astype(float), y if np.iscomplexobj(y) else y.astype(float)


def _widths(x: Array, y: Array) -> Array:
    return np.reshape(np.diff(x), (-1, *[1] * (y.ndim - 1)))


class Cubic(Piecewise):
    """Keeps the coefficients of a cubic interpolant."""

    def keep_slopes(self, x: Array, y: Array, slopes: Array) -> None:
        """Keep the polynomials with these values and slopes at the points."""
        h = _widths(x, y)
        mean = np.diff(y, axis=0) / h
        bend = (slopes[:-1] + slopes[1:] - 2 * mean) / h
        self.keep(c=np.stack([bend / h, (mean - slopes[:-1]) / h - bend, slopes[:-1], y[:-1]]), x=x)


class CubicHermiteSpline(Cubic, scipy.interpolate.CubicHermiteSpline):  # type: ignore[misc]
    """The cubic interpolant with given slopes."""

    def __init__(
        self, x: Array, y: Array, dydx: Array, axis: int = 0, extrapolate: Any = None
    ) -> None:
        super().__init__(*map(plainly, (x, y, dydx)), axis, extrapolate)
        if is_traced((x, y, dydx)):
            _, slopes = _points(x, dydx, axis)
            self.keep_slopes(*_points(x, y, axis), slopes)


class CubicSpline(Cubic, scipy.interpolate.CubicSpline):  # type: ignore[misc]
    """The cubic interpolant with a continuous second derivative."""

    def __init__(
        self, x: Array, y: Array, axis: int = 0, bc_type: Any = "not-a-knot",
        extrapolate: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(*map(plainly, (x, y)), axis, plainly(bc_type), extrapolate)
        if is_traced((x, y, bc_type)):
            points = _points(x, y, axis)
            self.keep_slopes(*points, spline_slopes(*points, bc_type))


class PchipInterpolator(Cubic, scipy.interpolate.PchipInterpolator):  # type: ignore[misc]
    """The cubic interpolant that is monotonic where the values are."""

    def __init__(self, x: Array, y: Array, axis: int = 0, extrapolate: Any = None) -> None:
        super().__init__(*map(plainly, (x, y)), axis, extrapolate)
        if is_traced((x, y)):
            points = _points(x, y, axis)
            self.keep_slopes(*points, _monotonic_slopes(*points))


def _monotonic_slopes(x: Array, y: Array) -> Array:
    """Return weighted harmonic means of the slopes on both sides, 0 at extrema."""
    h = _widths(x, y)
    m = np.diff(y, axis=0) / h
    if len(y) == 2:
        return np.concatenate([m, m])
    turns = (np.sign(m[1:]) != np.sign(m[:-1])) | (m[1:] == 0)
    before, after = np.where(turns, 1.0, m[:-1]), np.where(turns, 1.0, m[1:])
    w_before, w_after = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    mean = (w_before + w_after) / (w_before / before + w_after / after)
    first = _slope_at_end(h[0], h[1], m[0], m[1])
    last = _slope_at_end(h[-1], h[-2], m[-1], m[-2])
    return np.concatenate([first[None], np.where(turns, 0.0, mean), last[None]])


def _slope_at_end(h: Array, next_h: Array, m: Array, next_m: Array) -> Array:
    """Return the slope of the parabola through three points, as far as it keeps the shape."""
    slope = ((2 * h + next_h) * m - h * next_m) / (h + next_h)
    too_steep = (np.sign(m) != np.sign(next_m)) & (np.abs(slope) > 3 * np.abs(m))
    kept = np.where(too_steep, 3 * m, slope)
    return np.where(np.sign(slope) != np.sign(m), 0.0, kept)


class Akima1DInterpolator(Cubic, scipy.interpolate.Akima1DInterpolator):  # type: ignore[misc]
    """The cubic interpolant that follows straight pieces."""

    def __init__(
        self, x: Array, y: Array, axis: int = 0, *, method: str = "akima", **options: Any
    ) -> None:
        super().__init__(*map(plainly, (x, y)), axis, method=method, **options)
        if is_traced((x, y)):
            points = _points(x, y, axis)
            self.keep_slopes(*points, _akima_slopes(*points, method))


def _akima_slopes(x: Array, y: Array, method: str) -> Array:
    """Return means of the slopes on both sides, the more even side with the greater weight."""
    m = np.diff(y, axis=0) / _widths(x, y)
    if len(y) == 2:
        return np.concatenate([m, m])
    near, far = 2 * m[:1] - m[1:2], 3 * m[:1] - 2 * m[1:2]
    later, last = 2 * m[-1:] - m[-2:-1], 3 * m[-1:] - 2 * m[-2:-1]
    m = np.concatenate([far, near, m, later, last])
    change = np.abs(np.diff(m, axis=0))
    if method == "makima":
        change = change + 0.5 * np.abs(m[1:] + m[:-1])
    before, after = change[:-2], change[2:]
    total = before + after
    is_uneven = total > 1e-9 * np.max(total, initial=0.0)
    share = before / np.where(is_uneven, total, 1.0)
    weighted = m[1:-2] + share * (m[2:-1] - m[1:-2])
    return np.where(is_uneven, weighted, 0.5 * (m[3:] + m[:-3]))


@composite(scipy.interpolate.pchip_interpolate)
def pchip_interpolate(xi: Array, yi: Array, x: Array, der: Any = 0, axis: int = 0) -> Any:
    """Return the monotonic interpolant, or derivatives of it, at points."""
    found = PchipInterpolator(xi, yi, axis)
    return found(x, der) if np.ndim(der) == 0 else [found(x, nu) for nu in der]
