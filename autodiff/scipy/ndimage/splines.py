"""Spline filters: from the values of an image to the coefficients of the spline through them.

The matrix of the filter along one axis is the inverse of a banded one. Where the image is reflected
about the edges of its border entries, or repeated, it is symmetric. Where it is mirrored at the
centers of its border entries, it is symmetric once these count half.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.ndimage

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.scipy.ndimage.images import as_image, padding

__all__ = ["spline_filter", "spline_filter1d"]

_SHORT = 64  # SciPy's filter isn't quite symmetric along shorter axes


def _slope(
    g: Array, z: Array, input: Array, *, order: int = 3, axis: int = -1, mode: str = "mirror"
) -> Array:
    del z
    length = input.shape[axis]
    if length < _SHORT:
        transposed = spline_filter1d(np.eye(length), order, mode=mode)
        return np.moveaxis(np.tensordot(transposed, g, (1, axis)), 0, axis)
    if mode == "grid-wrap" or padding(mode) in ("symmetric", "edge"):
        return spline_filter1d(g, order, axis, mode=mode)
    counts = np.ones(length)
    counts[[0, -1]] = 0.5
    counts = np.reshape(counts, [-1 if i == axis % g.ndim else 1 for i in range(g.ndim)])
    return counts * spline_filter1d(g / counts, order, axis, mode=mode)


def _evaluate(input: Array, order: int = 3, axis: int = -1, mode: str = "mirror") -> Array:
    dtype = complex if np.iscomplexobj(input) else float
    return scipy.ndimage.spline_filter1d(input, order, axis, dtype, mode)


spline_filter1d = derivative(scipy.ndimage.spline_filter1d, _evaluate, input=_slope)


@composite(scipy.ndimage.spline_filter)
def spline_filter(
    input: Array, order: int = 3, output: Any = np.float64, mode: str = "mirror"
) -> Array:
    """Filter along one axis after the other."""
    if output not in (np.float64, float, "float64"):
        raise NotImplementedError(
            f"spline_filter of a traced value has no output= (got one at {user_line()}). Convert "
            f"the result: z.astype(dtype)."
        )
    if not 2 <= order <= 5:
        raise RuntimeError(
            f"expected a spline of order 2 to 5, got {order}. Pass 3 for a cubic spline."
        )
    filtered = as_image(input)
    filtered = filtered.astype(complex if np.iscomplexobj(filtered) else float)
    for axis in range(filtered.ndim):
        filtered = spline_filter1d(filtered, order, axis, mode=mode)
    return filtered
