"""Piecewise polynomials, with slopes in coefficients, breakpoints and evaluation points."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.errors import user_line
from autodiff.core.indexing import read
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.sloped import Sloped, TracedAttribute, plain_only, plainly

__all__ = ["PPoly", "Piecewise", "interval", "placed", "wrapped"]


def interval(knots: Array, x: Array, first: int, last: int) -> Array:
    """Return which interval between knots each point lies in, from ``first`` to ``last``.

    A knot belongs to the interval on its right, but the last one to that on its left.
    """
    found = np.searchsorted(knots, x, side="right") - 1
    return np.clip(found, first, last)


def wrapped(x: Array, start: Array, end: Array) -> Array:
    """Return points of a periodic function in its first period."""
    return start + (x - start) % (end - start)


def placed(z: Array, shape: tuple[int, ...], axis: int) -> Array:
    """Return values of shape (points, …) with the points' shape where the axis was."""
    z = np.reshape(z, (*shape, *z.shape[1:]))
    inside, around = list(range(len(shape))), list(range(len(shape), z.ndim))
    return np.transpose(z, (*around[:axis], *inside, *around[axis:])) if axis else z


def _values(c: Array, breaks: Array, x: Array) -> Array:
    """Return the polynomials at points, by Horner's scheme."""
    last = c.shape[1] - 1
    direction = np.where(breaks[-1] < breaks[0], -1.0, 1.0)
    i = interval(direction * breaks, direction * x, 0, last)
    rows, s = read(c, (slice(None), i)), x - read(breaks, i)
    s = np.reshape(s, (-1, *[1] * (c.ndim - 2)))
    z = rows[0] if len(rows) > 1 else np.where(np.isnan(s), np.nan, rows[0])
    for row in rows[1:]:
        z = z * s + row
    return z


def _differentiated(c: Array, nu: int) -> Array:
    """Return the coefficients of a derivative."""
    for _ in range(nu):
        degree = len(c) - 1
        factors = np.reshape(np.arange(degree, 0, -1.0), (-1, *[1] * (c.ndim - 1)))
        c = c[:-1] * factors if degree else np.zeros_like(c)
    return c


def _integrated(c: Array, breaks: Array) -> Array:
    """Return the coefficients of the integral from the first breakpoint."""
    factors = np.reshape(np.arange(len(c), 0, -1.0), (-1, *[1] * (c.ndim - 1)))
    c = np.concatenate([c / factors, np.zeros_like(c[:1])])
    widths = np.reshape(np.diff(breaks), (-1, *[1] * (c.ndim - 2)))
    pieces = c[0]
    for row in c[1:]:
        pieces = pieces * widths + row
    before = np.concatenate([np.zeros_like(pieces[:1]), np.cumsum(pieces, axis=0)[:-1]])
    return np.concatenate([c[:-1], before[None]])


class Piecewise(Sloped):
    """What all piecewise polynomials do."""

    c, x = TracedAttribute(scipy.interpolate.PPoly), TracedAttribute(scipy.interpolate.PPoly)
    axis: int
    extrapolate: Any

    @classmethod
    def construct_fast(cls, c: Array, x: Array, extrapolate: Any = None, axis: int = 0) -> Any:
        """Return a piecewise polynomial without checks of its parts."""
        found = super().construct_fast(plainly(c), plainly(x), extrapolate, axis)  # type: ignore[misc]
        if is_traced((c, x)):
            found.keep(c=c, x=x)
        return found

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        """Return the polynomials, or a derivative, at points."""
        if not self.is_sloped and not is_traced(x):
            return super().__call__(x, nu, extrapolate)  # type: ignore[misc]
        if nu < 0:
            raise ValueError(
                f"expected nu of 0 or more, got {nu} at {user_line()}. Call "
                f"antiderivative({-nu}) for an integral."
            )
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        x = as_array(x).astype(float)
        at, start, end = np.reshape(x, -1), self.x[0], self.x[-1]
        if isinstance(extrapolate, str):
            at, extrapolate = wrapped(at, start, end), True
        z = _values(_differentiated(self.c, nu), self.x, at)
        if not extrapolate:
            outside = (at < np.minimum(start, end)) | (at > np.maximum(start, end))
            z = np.where(np.reshape(outside, (-1, *[1] * (z.ndim - 1))), np.nan, z)
        return placed(z, x.shape, self.axis)

    def derivative(self, nu: int = 1) -> Any:
        """Return the derivative."""
        if not self.is_sloped:
            return super().derivative(nu)  # type: ignore[misc]
        if nu < 0:
            return self.antiderivative(-nu)
        c = _differentiated(self.c, nu)
        return self.construct_fast(c, self.x, self.extrapolate, self.axis)

    def antiderivative(self, nu: int = 1) -> Any:
        """Return the integral from the first breakpoint."""
        if not self.is_sloped:
            return super().antiderivative(nu)  # type: ignore[misc]
        if nu < 0:
            return self.derivative(-nu)
        c = self.c
        for _ in range(nu):
            c = _integrated(c, self.x)
        extrapolate = False if isinstance(self.extrapolate, str) else self.extrapolate
        return self.construct_fast(c, self.x, extrapolate, self.axis)

    def integrate(self, a: Array, b: Array, extrapolate: Any = None) -> Array:
        """Return the integral from a to b."""
        if not self.is_sloped and not is_traced((a, b)):
            return super().integrate(a, b, extrapolate)  # type: ignore[misc]
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        c, start, end = _integrated(self.c, self.x), self.x[0], self.x[-1]

        def until(x: Array) -> Array:
            """Return the integral from the first breakpoint to x."""
            x = np.reshape(as_array(x).astype(float), 1)
            if isinstance(extrapolate, str):
                periods = np.floor((x - start) / (end - start))
                whole = _values(c, self.x, np.reshape(end, 1))[0]
                return periods * whole + _values(c, self.x, wrapped(x, start, end))[0]
            z = _values(c, self.x, x)[0]
            return z if extrapolate else np.where((x < start) | (x > end), np.nan, z)

        z = until(b) - until(a)
        return np.reshape(z, self.c.shape[2:])

    _ROOTS = "Find the root with autodiff.scipy.optimize.brentq, which has a slope."
    solve = plain_only("solve", _ROOTS)
    roots = plain_only("roots", _ROOTS)
    extend = plain_only("extend", "Join the coefficients, np.concatenate([p.c, c], axis=1).")


class PPoly(Piecewise, scipy.interpolate.PPoly):  # type: ignore[misc]
    """Piecewise polynomials by their coefficients, with slopes in these too."""

    def __init__(self, c: Array, x: Array, extrapolate: Any = None, axis: int = 0) -> None:
        super().__init__(plainly(c), plainly(x), extrapolate, axis)
        if is_traced((c, x)):
            self.keep(c=np.moveaxis(as_array(c), (axis, axis + 1), (0, 1)), x=x)
