"""Rank filters: each entry becomes one of its neighbors, by their order.

The slope goes to the neighbor that was chosen; those that are equal to it share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import scipy.ndimage

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array, Axis
from autodiff.scipy.borders import extended, folded
from autodiff.scipy.ndimage.images import axes_of, each, padding, reach

__all__ = ["dilation_slope", "extreme_slope", "rank_filter"]


class Neighborhood(NamedTuple):
    """The neighbors of an entry: which of them count, where the entry is, and what lies beyond."""

    footprint: Array  # of bools, with all axes of the image
    origins: tuple[int, ...]
    modes: tuple[str, ...]
    fill: Any

    def around(self, x: Array, fill: Any = None) -> Array:
        """Return an image continued beyond its borders."""
        fill = self.fill if fill is None else fill
        for axis, (width, mode) in enumerate(zip(self._widths(), self.modes, strict=True)):
            x = extended(x, widths=_only(axis, width, x.ndim), mode=padding(mode), fill=fill)
        return x

    def back(self, x: Array) -> Array:
        """Return the transpose of that."""
        for axis, (width, mode) in enumerate(zip(self._widths(), self.modes, strict=True)):
            x = folded(x, widths=_only(axis, width, x.ndim), mode=padding(mode))
        return x

    def _widths(self) -> list[tuple[int, int]]:
        return reach(self.footprint.shape, self.origins)

    def neighbors(self, around: Array) -> Iterator[Array]:
        """Return for each place in the window a view of the neighbors there, of all entries."""
        shape = [n - m + 1 for n, m in zip(around.shape, self.footprint.shape, strict=True)]
        for place in np.argwhere(self.footprint).tolist():
            part = (slice(p, p + n) for p, n in zip(place, shape, strict=True))
            yield around[(..., *part)]  # with an ellipsis a view, also of a number


def _only(axis: int, width: tuple[int, int], ndim: int) -> list[tuple[int, int]]:
    return [width if other == axis else (0, 0) for other in range(ndim)]


def window(
    ndim: int, size: Any, footprint: Array | None, mode: Any, cval: Array, origin: Any, axes: Axis,
    turned: bool, by_rank: bool,
) -> Neighborhood:  # fmt: skip
    """Return the window that SciPy's arguments describe; ``turned`` as a dilation has it.

    Extremes of whole boxes are filtered along one axis after the other, so their sizes and origins
    are in the order of ``axes``. So are other origins where some axes are left out; all else is in
    the order of the image's axes.
    """
    over = axes_of(axes, ndim)
    if footprint is None:
        footprint = np.ones(each(size, len(over), "size"), bool)
    footprint, origins = np.asarray(footprint, bool), each(origin, len(over), "origin")
    if turned:
        origins = [-o - (1 - n % 2) for o, n in zip(origins, footprint.shape, strict=True)]
        footprint = np.flip(footprint)
    if footprint.all() and not by_rank:
        footprint = np.transpose(footprint, np.argsort(over))
    elif len(over) == ndim:
        over = tuple(sorted(over))
    others = tuple(axis for axis in range(ndim) if axis not in over)
    known = dict(zip(over, zip(origins, each(mode, len(over), "mode"), strict=True), strict=True))
    settings = [known.get(axis, (0, "constant")) for axis in range(ndim)]
    footprint = np.expand_dims(footprint, others)
    places = tuple(o if n > 1 else 0 for (o, _), n in zip(settings, footprint.shape, strict=True))
    return Neighborhood(footprint, places, tuple(mode for _, mode in settings), cval)


def _is_chosen(neighbor: Array, z: Array) -> Array:
    return (neighbor == z) | ((neighbor != neighbor) & (z != z))


@primitive
def shares(c: Array, x: Array, chosen: Array, *, window: Neighborhood) -> Array:
    """Return for each entry of x its share in the values c of those that it was chosen for."""
    around = window.around(x)
    count = _counted(sum(_is_chosen(neighbor, chosen) for neighbor in window.neighbors(around)))
    share, total = c / count.astype(c.dtype), np.zeros(around.shape, c.dtype)
    places = zip(window.neighbors(around), window.neighbors(total), strict=True)
    for neighbor, received in places:
        received += np.where(_is_chosen(neighbor, chosen), share, 0)
    return window.back(total)


@primitive
def choices(c: Array, x: Array, chosen: Array, *, window: Neighborhood) -> Array:
    """Return for each entry the mean of c over those neighbors that have the value chosen."""
    around, total, count = window.around(x), np.zeros_like(c), np.zeros(c.shape, c.dtype)
    places = zip(window.neighbors(around), window.neighbors(window.around(c, 0)), strict=True)
    for neighbor, value in places:
        is_chosen = _is_chosen(neighbor, chosen)
        total += np.where(is_chosen, value, 0)
        count += is_chosen
    return total / _counted(count)


def _counted(count: Array) -> Array:
    """Return how many neighbors have the value chosen.

    Raises:
        ValueError: none has it.
    """
    if not np.all(count):
        raise ValueError(
            f"expected filtered values that are neighbors' values, got others from SciPy at "
            f"{user_line()}: its rank filters read beyond vectors that are shorter than the "
            f"window. Give the vector a second axis, as in "
            f"median_filter(x[:, np.newaxis], (size, 1))[:, 0]."
        )
    return count


# The choice itself is piecewise constant.
derivative(
    shares,
    c=lambda g, z, c, x, chosen, *, window: choices(g, x, chosen, window=window),
    x=None,
    chosen=None,
)
derivative(
    choices,
    c=lambda g, z, c, x, chosen, *, window: shares(g, x, chosen, window=window),
    x=None,
    chosen=None,
)


def rank_slope(
    g: Array, z: Array, input: Array, *, size: Any = None, footprint: Array | None = None,
    mode: Any = "reflect", cval: Array = 0.0, origin: Any = 0, axes: Axis = None,
) -> Array:  # fmt: skip
    """Return the slope of a filter that chooses one of the neighbors by its rank."""
    seen = window(input.ndim, size, footprint, mode, cval, origin, axes, turned=False, by_rank=True)
    return shares(g, input, z, window=seen)


def extreme_slope(
    g: Array, z: Array, input: Array, *, size: Any = None, footprint: Array | None = None,
    mode: Any = "reflect", cval: Array = 0.0, origin: Any = 0, axes: Axis = None,
) -> Array:  # fmt: skip
    """Return the slope of a filter that chooses the least or the greatest neighbor."""
    seen = window(
        input.ndim, size, footprint, mode, cval, origin, axes, turned=False, by_rank=False
    )
    return shares(g, input, z, window=seen)


def dilation_slope(
    g: Array, z: Array, input: Array, *, size: Any = None, footprint: Array | None = None,
    mode: Any = "reflect", cval: Array = 0.0, origin: Any = 0, axes: Axis = None,
) -> Array:  # fmt: skip
    """Return the slope of a dilation, whose window is turned around."""
    seen = window(input.ndim, size, footprint, mode, cval, origin, axes, turned=True, by_rank=False)
    return shares(g, input, z, window=seen)


def _line_slope(
    g: Array, z: Array, input: Array, *, size: int, axis: int = -1, mode: Any = "reflect",
    cval: Array = 0.0, origin: Any = 0,
) -> Array:  # fmt: skip
    return extreme_slope(g, z, input, size=size, mode=mode, cval=cval, origin=origin, axes=axis)


# fmt: off
rank_filter = derivative(
    scipy.ndimage.rank_filter,
    input=lambda g, z, input, *, rank, size=None, footprint=None, mode="reflect", cval=0.0,
        origin=0, axes=None:
        rank_slope(g, z, input, size=size, footprint=footprint, mode=mode, cval=cval,
                   origin=origin, axes=axes),
)
derivative(
    scipy.ndimage.percentile_filter,
    input=lambda g, z, input, *, percentile, size=None, footprint=None, mode="reflect", cval=0.0,
        origin=0, axes=None:
        rank_slope(g, z, input, size=size, footprint=footprint, mode=mode, cval=cval,
                   origin=origin, axes=axes),
)
# fmt: on
derivative(scipy.ndimage.maximum_filter, input=extreme_slope)
derivative(scipy.ndimage.minimum_filter, input=extreme_slope)
derivative(scipy.ndimage.median_filter, input=rank_slope)
derivative(scipy.ndimage.maximum_filter1d, input=_line_slope)
derivative(scipy.ndimage.minimum_filter1d, input=_line_slope)
