"""``interp1d``: lines, steps and splines through points."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.indexing import read
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.piecewise import interval, placed
from autodiff.scipy.interpolate.sloped import Sloped, TracedAttribute, plainly
from autodiff.scipy.interpolate.through_points import make_interp_spline
from autodiff.scipy.widths import at_most_double

__all__ = ["interp1d"]

_BEYOND = (
    "expected points from the first to the last one of the function, got others. Pass "
    "bounds_error=False, or fill_value='extrapolate'."
)
_DEGREES = {"zero": 0, "slinear": 1, "quadratic": 2, "cubic": 3}


class interp1d(Sloped, scipy.interpolate.interp1d):  # type: ignore[misc]  # noqa: N801
    """A function through points, with slopes in points, values and evaluation points."""

    x, y = TracedAttribute(scipy.interpolate.interp1d), TracedAttribute(scipy.interpolate.interp1d)

    def __init__(
        self, x: Array, y: Array, kind: Any = "linear", axis: int = -1, copy: bool = True,
        bounds_error: bool | None = None, fill_value: Any = np.nan, assume_sorted: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            *map(plainly, (x, y)), kind, axis, copy, bounds_error, plainly(fill_value),
            assume_sorted,
        )  # fmt: skip
        self.kind, self.outside = kind, fill_value
        if is_traced((x, y, fill_value)):
            x, y = (at_most_double(as_array(v), "interp1d") for v in (x, y))
            y = y if np.iscomplexobj(y) or y.dtype.kind == "f" else y.astype(float)
            if not assume_sorted:
                order = np.argsort(x, kind="mergesort")
                rows = read(np.moveaxis(y, axis, 0), order)
                x, y = read(x, order), np.moveaxis(rows, 0, axis)
            self.traced = {"x": x, "y": y}  # in their own dtypes

    def __call__(self, x: Array) -> Array:
        """Return the function at points."""
        if not self.is_sloped and not is_traced(x):
            return super().__call__(x)
        x = as_array(x)
        for numbers in (self.x, self.y, x):
            at_most_double(numbers, "interp1d")
        x = x if x.dtype.kind == "f" else x.astype(float)
        at = np.reshape(x, -1)
        rows = np.moveaxis(self.y, self.axis, 0)
        z = self._outside(self._inside(rows, at), rows, at)
        return placed(z, x.shape, self.axis)

    def _inside(self, rows: Array, at: Array) -> Array:
        """Return the function as if it went on beyond the first and last point."""
        x, last, kind = self.x, len(rows) - 1, self.kind
        if kind == "linear":
            doubles = x.dtype in (np.float64, int) and rows.dtype == np.float64
            if rows.ndim == 1 and doubles and not isinstance(self.outside, str):
                return np.interp(at, x, rows)  # as SciPy does then
            i = np.clip(np.searchsorted(x, at), 1, last) - 1  # as in SciPy, also at a jump
            x0, x1 = read(x, i), read(x, i + 1)
            column = (-1, *[1] * (rows.ndim - 1))
            steps, widths = (np.reshape(a, column) for a in (at - x0, x1 - x0))
            return (read(rows, i + 1) - read(rows, i)) / widths * steps + read(rows, i)
        if kind in ("nearest", "nearest-up"):
            middles = (x[1:] + x[:-1]) / 2
            side: Any = "left" if kind == "nearest" else "right"
            return read(rows, np.clip(np.searchsorted(middles, at, side=side), 0, last))
        if kind == "previous":
            return read(rows, interval(x, at, 0, last))
        if kind == "next":
            return read(rows, np.clip(np.searchsorted(x, at), 0, last))
        degree = _DEGREES[kind] if isinstance(kind, str) else kind
        if degree > 1 and np.isnan(plainly(x)).any():  # as in SciPy
            return np.full((len(at), *rows.shape[1:]), np.nan)
        return make_interp_spline(x, rows, degree, check_finite=False)(at)

    def _outside(self, z: Array, rows: Array, at: Array) -> Array:
        """Return the values with those for points beyond the first and last one put in."""
        below, above = at < self.x[0], at > self.x[-1]
        if self.bounds_error:
            z = checked(z, np.reshape(below | above, (-1, *[1] * (z.ndim - 1))), message=_BEYOND)
        fill = self.outside
        if isinstance(fill, str):
            if self.kind not in ("previous", "next"):
                return z
            fill = (np.nan, rows[-1]) if self.kind == "previous" else (rows[0], np.nan)
        low, high = fill if isinstance(fill, tuple) and len(fill) == 2 else (fill, fill)
        below, above = (np.reshape(m, (-1, *[1] * (z.ndim - 1))) for m in (below, above))
        found = np.where(above, as_array(high), np.where(below, as_array(low), z))
        is_wider = found.dtype != z.dtype and np.can_cast(found.dtype, z.dtype, "same_kind")
        return found.astype(z.dtype) if is_wider else found
