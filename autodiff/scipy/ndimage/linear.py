"""Linear filters: each entry becomes a weighted sum of its neighbors.

``z[i] = Σ conj(w[j]) x[i + j - c]``, where x is continued beyond its borders. The slope in x is the
convolution of the cotangent with the weights, with what lies beyond the borders folded back. That
in the weights is ``Σ g[i] x[i + j - c]``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.ndimage

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.typing import Array, Axis, Function
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.borders import Widths, extended, folded
from autodiff.scipy.ndimage.images import as_image, axes_of, each, padding, reach, refuse_output
from autodiff.scipy.sliding import lags

__all__ = ["convolve", "convolve1d", "correlate", "correlate1d", "uniform_filter1d"]


def _spread(g: Array, spread: Function, widths: Widths, mode: str) -> Array:
    """Return the slope in the image.

    Args:
        g: the cotangent.
        spread: adds each entry to its neighbors, with zeros beyond the borders.
        widths: how far these may lie beyond the borders.
        mode: how the image was continued there.
    """
    if padding(mode) == "constant":
        return spread(g)
    around = extended(g, widths=widths, mode="constant")
    return folded(spread(around), widths=widths, mode=padding(mode))


def _widths(ndim: int, axes: Any, lengths: Any, origins: Any) -> Widths:
    """Return how far windows reach along all axes, from the lengths and origins along some."""
    known = dict(zip(axes, reach(lengths, origins), strict=True))
    return [known.get(axis, (0, 0)) for axis in range(ndim)]


# Along one axis.


def _correlate1d_slope(
    g: Array, z: Array, input: Array, weights: Array,
    *, axis: int = -1, mode: str = "reflect", cval: Array = 0.0, origin: int = 0,
) -> Array:  # fmt: skip
    del z, cval
    weights = conjugated(weights)
    return _spread(
        g,
        lambda g: convolve1d(g, weights, axis, mode="constant", origin=origin),
        _widths(input.ndim, [axis % input.ndim], weights.shape, [origin]),
        mode,
    )


def _correlate1d_slope_of_weights(
    g: Array, z: Array, input: Array, weights: Array,
    *, axis: int = -1, mode: str = "reflect", cval: Array = 0.0, origin: int = 0,
) -> Array:  # fmt: skip
    del z
    widths = _widths(input.ndim, [axis % input.ndim], weights.shape, [origin])
    around = extended(input, widths=widths, mode=padding(mode), fill=cval)
    return conjugated(np.reshape(lags(around, g), -1))


_correlate1d = derivative(
    scipy.ndimage.correlate1d, input=_correlate1d_slope, weights=_correlate1d_slope_of_weights
)


@composite(scipy.ndimage.correlate1d)
def correlate1d(input: Array, weights: Array, *args: Any, **options: Any) -> Array:
    """Correlate along one axis."""
    return _correlate1d(as_image(input), as_array(weights), *args, **options)


@composite(scipy.ndimage.convolve1d)
def convolve1d(
    input: Array, weights: Array, axis: int = -1, output: None = None, mode: str = "reflect",
    cval: Array = 0.0, origin: int = 0,
) -> Array:  # fmt: skip
    """Convolve along one axis: correlate with the reversed weights."""
    refuse_output(output)
    weights = as_array(weights)
    turned, origin = conjugated(weights[::-1]), -origin - (1 - len(weights) % 2)
    return correlate1d(input, turned, axis, output, mode, cval, origin)


def _uniform_slope(
    g: Array, z: Array, input: Array,
    *, size: int, axis: int = -1, mode: str = "reflect", cval: Array = 0.0, origin: int = 0,
) -> Array:  # fmt: skip
    """Return the same mean, of the window turned around."""
    del z, cval
    turned = -origin - (1 - size % 2)
    return _spread(
        g,
        lambda g: uniform_filter1d(g, size, axis, mode="constant", origin=turned),
        _widths(input.ndim, [axis % input.ndim], [size], [origin]),
        mode,
    )


uniform_filter1d = derivative(scipy.ndimage.uniform_filter1d, input=_uniform_slope)


@composite(scipy.ndimage.uniform_filter)
def uniform_filter(
    input: Array, size: Any = 3, output: None = None, mode: Any = "reflect", cval: Array = 0.0,
    origin: Any = 0, *, axes: Axis = None,
) -> Array:  # fmt: skip
    """Return the mean over a window: along one axis after the other."""
    refuse_output(output)
    over = axes_of(axes, input.ndim)
    sizes, modes = each(size, len(over), "size"), each(mode, len(over), "mode")
    origins, filtered = each(origin, len(over), "origin"), input.copy()
    for axis, length, how, start in zip(over, sizes, modes, origins, strict=True):
        if length > 1:
            filtered = uniform_filter1d(filtered, int(length), axis, output, how, cval, start)
    return filtered


# Along several axes.


def _correlate_slope(
    g: Array, z: Array, input: Array, weights: Array,
    *, mode: str = "reflect", cval: Array = 0.0, origin: Any = 0,
) -> Array:  # fmt: skip
    del z, cval
    weights, origins = conjugated(weights), each(origin, input.ndim, "origin")
    return _spread(
        g,
        lambda g: convolve(g, weights, mode="constant", origin=origins),
        reach(weights.shape, origins),
        mode,
    )


def _correlate_slope_of_weights(
    g: Array, z: Array, input: Array, weights: Array,
    *, mode: str = "reflect", cval: Array = 0.0, origin: Any = 0,
) -> Array:  # fmt: skip
    del z
    widths = reach(weights.shape, each(origin, input.ndim, "origin"))
    return conjugated(lags(extended(input, widths=widths, mode=padding(mode), fill=cval), g))


_correlate = derivative(
    scipy.ndimage.correlate, input=_correlate_slope, weights=_correlate_slope_of_weights
)


def _over_axes(
    input: Array, weights: Array, axes: Axis, origin: Any
) -> tuple[Array, Array, list[int]]:
    """Return the image, the weights with all of its axes, and an origin for each of them."""
    input, weights = as_image(input), as_array(weights)
    if not input.ndim:
        raise NotImplementedError(
            f"expected an image with one axis or more, got a traced number at {user_line()}. "
            f"Multiply it: x * weight."
        )
    over = axes_of(axes, input.ndim)
    if weights.ndim != len(over):
        raise RuntimeError(
            f"expected weights with the {len(over)} axes that are filtered, got {weights.ndim}. "
            f"Add axes of length 1, or pass axes=."
        )
    known = dict(zip(over, each(origin, len(over), "origin"), strict=True))
    others = tuple(axis for axis in range(input.ndim) if axis not in over)
    weights = np.expand_dims(weights, others)
    return input, weights, [known.get(axis, 0) for axis in range(input.ndim)]


@composite(scipy.ndimage.correlate)
def correlate(
    input: Array, weights: Array, output: None = None, mode: str = "reflect", cval: Array = 0.0,
    origin: Any = 0, *, axes: Axis = None,
) -> Array:  # fmt: skip
    """Correlate along all axes, or some."""
    refuse_output(output)
    input, weights, origins = _over_axes(input, weights, axes, origin)
    return _correlate(input, weights, output, mode, cval, origins)


@composite(scipy.ndimage.convolve)
def convolve(
    input: Array, weights: Array, output: None = None, mode: str = "reflect", cval: Array = 0.0,
    origin: Any = 0, *, axes: Axis = None,
) -> Array:  # fmt: skip
    """Convolve along all axes, or some: correlate with the reversed weights."""
    refuse_output(output)
    input, weights, origins = _over_axes(input, weights, axes, origin)
    turned = [-o - (1 - n % 2) for o, n in zip(origins, weights.shape, strict=True)]
    return _correlate(input, conjugated(np.flip(weights)), output, mode, cval, turned)
