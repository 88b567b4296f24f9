"""The polynomial through points, in the form of Lagrange (Berrut and Trefethen 2004, eq. 3.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.errors import user_line
from autodiff.core.tensor import peek
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.piecewise import placed
from autodiff.scipy.interpolate.sloped import Sloped, plain_only, plainly
from autodiff.scipy.real import real_composite

__all__ = ["BarycentricInterpolator"]

IN_SOME_ORDER = {"rng": 0}
"""SciPy multiplies in a random order, which changes values by rounding only, and jit refuses."""


class BarycentricInterpolator(Sloped, scipy.interpolate.BarycentricInterpolator):  # type: ignore[misc]
    """The polynomial through points, with slopes in points, values and evaluation points."""

    def __init__(self, xi: Array, yi: Array | None = None, axis: int = 0, **options: Any) -> None:
        if is_traced(options):
            raise NotImplementedError(
                f"BarycentricInterpolator takes no traced weights (called at {user_line()}). Leave "
                f"wi out: they are computed from the points."
            )
        options = {**IN_SOME_ORDER, **options}
        super().__init__(plainly(xi), plainly(yi), axis, **options)
        self.points, self.data, self.along = xi, yi, axis
        if is_traced((xi, yi)):
            self.keep(xi=xi, yi=yi)

    def __call__(self, x: Array) -> Array:
        """Return the polynomial at points."""
        if not self.is_sloped and not is_traced(x):
            return super().__call__(x)
        xi, yi, x = map(as_array, (self.points, self.data, x))
        xi = xi.astype(float)  # as SciPy does, unlike the other two
        x, yi = (a.astype(np.result_type(peek(a), float)) for a in (x, yi))
        axis = self.along % yi.ndim
        rows = np.moveaxis(yi, axis, 0)
        at = np.reshape(x, -1)
        weights = _others(at[:, None] - xi, peek(xi)) / _own(xi)
        z = np.tensordot(weights, rows, 1)
        return placed(z, x.shape, axis)

    derivative = plain_only("derivative", "Use autodiff.grad.")
    derivatives = plain_only("derivatives", "Use autodiff.grad.")
    set_yi = plain_only("set_yi", "Build another one.")
    add_xi = plain_only("add_xi", "Build another one.")


def _others(distances: Array, xi: Array) -> Array:
    """Return for each point the product of the distances to all others, in units of the range."""
    unit = (xi.max() - xi.min()) / 4 or 1.0
    columns = [distances[..., j] / unit for j in range(len(xi))]
    before, after = [np.ones_like(columns[0])], [np.ones_like(columns[0])]
    for left, right in zip(columns[:-1], columns[:0:-1], strict=True):
        before.append(before[-1] * left)
        after.append(after[-1] * right)
    return np.stack([b * a for b, a in zip(before, after[::-1], strict=True)], axis=-1)


def _own(xi: Array) -> Array:
    """Return for each point the product of its distances to all others."""
    distances = xi[:, None] - xi
    return np.stack([_others(distances[j], peek(xi))[j] for j in range(len(xi))])


@real_composite(scipy.interpolate.barycentric_interpolate, "xi")
def barycentric_interpolate(
    xi: Array, yi: Array, x: Array, axis: int = 0, *, der: Any = 0, **options: Any
) -> Array:
    """Return the polynomial through points at others."""
    if np.ndim(der) or der:
        raise NotImplementedError(
            f"barycentric_interpolate of traced values has der=0 only, got {der} at "
            f"{user_line()}. Use autodiff.grad."
        )
    return BarycentricInterpolator(xi, yi, axis, **options)(x)
