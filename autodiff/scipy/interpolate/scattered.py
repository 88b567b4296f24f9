"""Interpolation of scattered points, which are plain; values and evaluation points have slopes."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.errors import user_line
from autodiff.core.tensor import plain
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.grids import side_by_side
from autodiff.scipy.interpolate.lines import interp1d
from autodiff.scipy.interpolate.sloped import Sloped, TracedAttribute, plainly

__all__ = ["LinearNDInterpolator", "NearestNDInterpolator", "griddata"]


class Scattered(Sloped):
    """What interpolants of scattered points have in common."""

    def refuse(self, points: Array, options: dict[str, Any]) -> None:
        """Raise a NotImplementedError for traced points, and for points that are rescaled."""
        if is_traced(points) or options.get("rescale"):
            raise NotImplementedError(
                f"{type(self).__name__} has slopes in values and evaluation points, for plain "
                f"points that aren't rescaled (called at {user_line()}). Pass points.numpy()."
            )


def _flat(xi: Array, axes: int) -> tuple[Array, tuple[int, ...]]:
    """Return points in rows, and the shape that they had."""
    is_tuple = len(xi) > 1 or isinstance(xi[0], tuple)
    xi = side_by_side(xi[0] if len(xi) == 1 else tuple(xi)).astype(float)
    if xi.ndim == 1 and not is_tuple:
        xi = xi[None]
    if xi.shape[-1] != axes:
        raise ValueError(
            f"expected points with {axes} coordinates, got {xi.shape[-1]}. Pass as many as the "
            f"data's points have."
        )
    return np.reshape(xi, (-1, axes)), xi.shape[:-1]


class LinearNDInterpolator(Scattered, scipy.interpolate.LinearNDInterpolator):  # type: ignore[misc]
    """The function that is linear in each triangle between points (or simplex)."""

    values = TracedAttribute(scipy.interpolate.LinearNDInterpolator)

    def __init__(
        self, points: Array, values: Array, fill_value: float = np.nan, **options: Any
    ) -> None:
        if is_traced((points, values)):
            self.refuse(points, options)
        super().__init__(points, plainly(values), fill_value, **options)
        self.options, self.outside = options, fill_value
        self.data = as_array(values)  # SciPy's have another axis
        if is_traced(values):
            self.keep(values=values)

    def __call__(self, *xi: Any) -> Array:
        """Return the function at points."""
        if not self.is_sloped and not is_traced(xi):
            return super().__call__(*xi)
        self.refuse((), self.options)
        at, shape = _flat(xi, self.tri.ndim)
        found = self.tri.find_simplex(plain(at))
        transform = self.tri.transform[found]
        apart = (at - transform[:, -1])[:, None, :]
        shares = np.sum(transform[:, :-1] * apart, axis=-1)  # barycentric coordinates
        shares = np.concatenate([shares, 1 - np.sum(shares, axis=1, keepdims=True)], axis=1)
        corners = self.data[self.tri.simplices[found]]
        wide = (*shares.shape, *[1] * (corners.ndim - 2))
        z = np.sum(np.reshape(shares, wide) * corners, axis=1)
        z = np.where(np.reshape(found < 0, (-1, *[1] * (z.ndim - 1))), self.outside, z)
        return np.reshape(z, (*shape, *z.shape[1:]))


class NearestNDInterpolator(Scattered, scipy.interpolate.NearestNDInterpolator):  # type: ignore[misc]
    """The value of the nearest point."""

    values = TracedAttribute(scipy.interpolate.NearestNDInterpolator)

    def __init__(self, x: Any, y: Array, **options: Any) -> None:
        if is_traced((x, y)):
            self.refuse(x, options)
        super().__init__(x, plainly(y), **options)
        self.options = options
        if is_traced(y):
            self.traced = {"values": as_array(y)}  # whose dtype SciPy keeps, if it is complex

    def __call__(self, *args: Any, **query_options: Any) -> Array:
        """Return the function at points."""
        if not self.is_sloped and not is_traced(args):
            return super().__call__(*args, **query_options)
        self.refuse((), self.options)
        at, shape = _flat(args, self.points.shape[1])
        distances, i = self.tree.query(plain(at), **query_options)
        z = as_array(self.values)[np.where(np.isfinite(distances), i, 0)]
        z = z if z.dtype.kind == "c" else z.astype(np.float64)
        far = np.reshape(~np.isfinite(distances), (-1, *[1] * (z.ndim - 1)))
        return np.reshape(np.where(far, np.nan, z), (*shape, *z.shape[1:]))


def griddata(
    points: Array, values: Array, xi: Array, method: str = "linear", fill_value: float = np.nan,
    rescale: bool = False,
) -> Array:  # fmt: skip
    """Return values at scattered points interpolated at others: SciPy's, with slopes in values."""
    if not is_traced((points, values, xi)):
        return scipy.interpolate.griddata(points, values, xi, method, fill_value, rescale)
    points = np.stack(points, axis=-1) if isinstance(points, tuple) else np.asarray(points)
    if points.ndim == 1 or points.shape[-1] == 1:
        fill = "extrapolate" if method == "nearest" else fill_value
        at = xi[0] if isinstance(xi, tuple) else xi
        return interp1d(np.ravel(points), values, method, axis=0, bounds_error=False,
                        fill_value=fill)(at)  # fmt: skip
    if method == "nearest":
        return NearestNDInterpolator(points, values, rescale=rescale)(xi)
    if method != "linear":
        raise NotImplementedError(
            f"griddata of traced values has the methods linear and nearest, got {method!r} at "
            f"{user_line()}. On a grid, RegularGridInterpolator has method='cubic'."
        )
    return LinearNDInterpolator(points, values, fill_value, rescale=rescale)(xi)
