"""Interpolation on grids: products of lines or of splines along all axes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.errors import user_line
from autodiff.core.indexing import read
from autodiff.core.tensor import plain
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.basis import at_points
from autodiff.scipy.interpolate.piecewise import interval
from autodiff.scipy.interpolate.sloped import Sloped, TracedAttribute, plainly
from autodiff.scipy.interpolate.through_points import make_interp_spline

__all__ = ["RegularGridInterpolator", "interpn", "side_by_side"]

Taps = list[tuple[Array, Array]]  # along one axis: places of entries, and their weights
_OUTSIDE = "expected points inside the grid, got others. Pass bounds_error=False."
_DEGREES = {"slinear": 1, "cubic": 3, "quintic": 5}


def side_by_side(xi: Array) -> Array:
    """Return points of shape (…, axes), from these or from one array for each axis."""
    if isinstance(xi, tuple):
        return np.stack(np.broadcast_arrays(*map(as_array, xi)), axis=-1)
    return as_array(xi)


class RegularGridInterpolator(Sloped, scipy.interpolate.RegularGridInterpolator):  # type: ignore[misc]
    """A function on a grid, with slopes in its values, its points and the evaluation points."""

    grid = TracedAttribute(scipy.interpolate.RegularGridInterpolator)
    values = TracedAttribute(scipy.interpolate.RegularGridInterpolator)

    def __init__(
        self, points: Sequence[Array], values: Array, method: str = "linear",
        bounds_error: bool = True, fill_value: Array = np.nan, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            plainly(tuple(points)), plainly(values), method, bounds_error, fill_value, **options
        )
        if is_traced((tuple(points), values)):
            lines, values = [as_array(p).astype(float) for p in points], as_array(values)
            values = values if values.dtype.kind in "fc" else values.astype(float)
            for axis, line in enumerate(lines):
                if plain(line)[0] > plain(line)[-1]:
                    lines[axis], values = line[::-1], np.flip(values, axis)
            self.traced = {"grid": tuple(lines), "values": values}

    def __call__(self, xi: Array, method: str | None = None, **options: Any) -> Array:
        """Return the function at points of shape (…, axes)."""
        if not self.is_sloped and not is_traced(xi):
            return super().__call__(xi, method, **options)
        method = self.method if method is None else method
        if options.get("nu") is not None or method not in ("linear", "nearest", *_DEGREES):
            raise NotImplementedError(
                f"RegularGridInterpolator of traced values has the methods linear, nearest, "
                f"{', '.join(_DEGREES)}, and no nu=, got {method!r} at {user_line()}. "
                f"Differentiate with autodiff.grad instead of nu=."
            )
        is_tuple = isinstance(xi, tuple)
        xi = side_by_side(xi).astype(float)
        if xi.ndim == 1 and not is_tuple:  # one point, or several on a line
            xi = xi[:, None] if len(self.grid) == 1 else xi[None]
        at = np.reshape(xi, (-1, xi.shape[-1]))
        self._check(at)
        if self.bounds_error:
            at = checked(at, self._is_outside(at)[:, None], message=_OUTSIDE)
        z = _summed(*self._parts(at, method))
        trailing = self.values.shape[len(self.grid) :]
        z = np.reshape(self._filled(z, at), (*xi.shape[:-1], *trailing))
        return z.astype(self.values.dtype) if method == "nearest" else z

    def _check(self, at: Array) -> None:
        if at.shape[-1] != len(self.grid):
            raise ValueError(
                f"expected points with {len(self.grid)} coordinates, got {at.shape[-1]} at "
                f"{user_line()}. Pass one for each axis of the grid."
            )

    def _is_outside(self, at: Array) -> Array:
        found = [(x < line[0]) | (x > line[-1]) for x, line in zip(at.T, self.grid, strict=True)]
        return np.any(np.stack(found), axis=0)

    def _filled(self, z: Array, at: Array) -> Array:
        """Return the values, with others for points outside and NaN for NaN."""
        wide = (-1, *[1] * (z.ndim - 1))
        if not self.bounds_error and self.fill_value is not None:
            z = np.where(np.reshape(self._is_outside(at), wide), self.fill_value, z)
        return np.where(np.reshape(np.any(np.isnan(at), axis=1), wide), np.nan, z)

    def _parts(self, at: Array, method: str) -> tuple[Array, list[Taps]]:
        """Return the entries to sum up, and along each axis which of them, with their weights."""
        columns = zip(self.grid, at.T, strict=True)
        if method in ("linear", "nearest"):
            along: Callable[[Array, Array], Taps] = _line if method == "linear" else _nearest
            return self.values, [along(line, x) for line, x in columns]
        c, taps, k = self.values, [], _DEGREES[method]
        for axis, (line, x) in enumerate(columns):
            through = make_interp_spline(line, np.moveaxis(c, axis, 0), k)
            c = np.moveaxis(through.c, 0, axis)
            first, weights = at_points(through.t, k, x)
            taps.append([(first + r, weight) for r, weight in enumerate(weights)])
        return c, taps


def _line(line: Array, x: Array) -> Taps:
    i = interval(line, x, 0, len(line) - 2)
    share = (x - read(line, i)) / (read(line, i + 1) - read(line, i))
    return [(i, 1 - share), (i + 1, share)]


def _nearest(line: Array, x: Array) -> Taps:
    (i, _), (_, share) = _line(line, x)
    return [(i + (share > 0.5), np.ones(x.shape))]


def _summed(c: Array, taps: list[Taps]) -> Array:
    """Return the sum over all neighbors of a point: entries times weights along all axes."""
    z: Array = 0.0
    for chosen in itertools.product(*taps):
        places, weights = zip(*chosen, strict=True)
        weight = np.reshape(math.prod(weights), (-1, *[1] * (c.ndim - len(taps))))
        z = z + weight * read(c, places)
    return z


def interpn(
    points: Sequence[Array], values: Array, xi: Array, method: str = "linear",
    bounds_error: bool = True, fill_value: Array = np.nan,
) -> Array:  # fmt: skip
    """Return a function on a grid at points: SciPy's, with slopes in values and points."""
    if not is_traced((tuple(points), values, xi)):
        return scipy.interpolate.interpn(points, values, xi, method, bounds_error, fill_value)
    if method == "splinef2d":
        raise NotImplementedError(
            f"interpn of traced values has no method='splinef2d' (called at {user_line()}). Use "
            f"'cubic'."
        )
    at = side_by_side(xi)
    return RegularGridInterpolator(points, values, method, bounds_error, fill_value)(at)
