"""B-splines as objects, by their knots and coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.errors import user_line
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.basis import spline
from autodiff.scipy.interpolate.coefficients import padded, splantider, splder
from autodiff.scipy.interpolate.piecewise import placed, wrapped
from autodiff.scipy.interpolate.sloped import Sloped, TracedAttribute, plain_only, plainly

__all__ = ["BSpline"]


class BSpline(Sloped, scipy.interpolate.BSpline):  # type: ignore[misc]
    """A spline, with slopes in its knots, its coefficients and the evaluation points."""

    t, c = TracedAttribute(scipy.interpolate.BSpline), TracedAttribute(scipy.interpolate.BSpline)

    def __init__(self, t: Array, c: Array, k: int, extrapolate: Any = True, axis: int = 0) -> None:
        super().__init__(plainly(t), plainly(c), k, extrapolate, axis)
        if is_traced((t, c)):
            self.keep(t=t, c=np.moveaxis(as_array(c), axis, 0))

    @classmethod
    def construct_fast(
        cls, t: Array, c: Array, k: int, extrapolate: Any = True, axis: int = 0
    ) -> Any:
        """Return a spline without checks of its parts."""
        found = super().construct_fast(plainly(t), plainly(c), k, extrapolate, axis)
        if is_traced((t, c)):
            found.keep(t=t, c=c)
        return found

    @property
    def tck(self) -> tuple[Array, Array, int]:
        """The knots, the coefficients and the degree."""
        return self.t, self.c, self.k

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        """Return the spline, or a derivative, at points."""
        if not self.is_sloped and not is_traced(x):
            return super().__call__(x, nu, extrapolate)
        if nu < 0:
            raise ValueError(
                f"expected nu of 0 or more, got {nu} at {user_line()}. Call "
                f"antiderivative({-nu}) for an integral."
            )
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        x = as_array(x).astype(float)
        at, (start, end) = np.reshape(x, -1), self._ends()
        if isinstance(extrapolate, str):
            at, extrapolate = wrapped(at, start, end), True
        z = spline(self.t, self.c, self.k, at, nu)
        nowhere = np.isnan(at) & (nu <= self.k + 1)  # of higher derivatives SciPy returns 0
        if not extrapolate:
            nowhere = nowhere | (at < start) | (at > end)
        z = np.where(np.reshape(nowhere, (-1, *[1] * (z.ndim - 1))), np.nan, z)
        return placed(z, x.shape, self.axis)

    def _ends(self) -> tuple[Array, Array]:
        return self.t[self.k], self.t[len(self.t) - self.k - 1]

    def derivative(self, nu: int = 1) -> Any:
        """Return the derivative."""
        if not self.is_sloped:
            return super().derivative(nu)
        t, c, k = self.tck
        c = padded(c, len(t)) if len(c) < len(t) else c
        t, c, k = splder((t, c, k), nu)
        return self.construct_fast(t, c, k, self.extrapolate, self.axis)

    def antiderivative(self, nu: int = 1) -> Any:
        """Return the integral from the first knot."""
        if not self.is_sloped:
            return super().antiderivative(nu)
        extrapolate = False if isinstance(self.extrapolate, str) else self.extrapolate
        t, c, k = splantider(self.tck, nu)
        return self.construct_fast(t, c, k, extrapolate, self.axis)

    def integrate(self, a: Array, b: Array, extrapolate: Any = None) -> Array:
        """Return the integral from a to b; without extrapolation the spline is 0 outside."""
        if not self.is_sloped and not is_traced((a, b)):
            return super().integrate(a, b, extrapolate)
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        (t, c, k), (start, end) = splantider(self.tck, 1), self._ends()

        def until(x: Array) -> Array:
            x = np.reshape(as_array(x).astype(float), 1)
            if isinstance(extrapolate, str):
                ends = spline(t, c, k, np.stack([start, end]))
                periods = np.floor((x - start) / (end - start))
                return periods * (ends[1] - ends[0]) + spline(t, c, k, wrapped(x, start, end))[0]
            return spline(t, c, k, x if extrapolate else np.clip(x, start, end))[0]

        return np.reshape(until(b) - until(a), self.c.shape[1:])

    insert_knot = plain_only(
        "insert_knot", "Insert it into a plain spline, or use make_interp_spline."
    )
