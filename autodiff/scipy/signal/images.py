"""Convolution and correlation of images, with values beyond their borders.

Both are convolutions of the extended image x with a kernel h, of which a part is returned. A
correlation has the conjugate of its second operand, reversed, as its kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from autodiff.core.cotangents import conjugated
from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.rules.operands import in_dtype
from autodiff.scipy.borders import Widths, extended, folded

_MODES = {
    "fill": "constant", "pad": "constant", "wrap": "wrap", "circular": "wrap", "symm": "symmetric",
    "symmetric": "symmetric",
}  # fmt: skip


def _whole(g: Array, x: Array, h: Array, later: bool) -> Array:
    """Return the cotangent of the whole convolution from that of a part.

    Args:
        g: the cotangent of the part in the middle.
        x: the image.
        h: the kernel.
        later: whether an odd number of missing entries is missing before the part, not after it.
    """
    missing = [m + n - 1 - own for m, n, own in zip(x.shape, h.shape, g.shape, strict=True)]
    if not any(missing):
        return g
    before = [(n + 1) // 2 if later else n // 2 for n in missing]
    widths = [(b, n - b) for b, n in zip(before, missing, strict=True)]
    return extended(g, widths=widths, mode="constant")


def _reach(h: Array) -> Widths:
    """Return how far beyond the borders a kernel reaches."""
    return [(n - 1, n - 1) for n in h.shape]


def _slope_of_image(g: Array, h: Array, mode: str, boundary: str) -> Array:
    if mode == "valid" or _MODES[boundary] == "constant":
        return convolve2d(g, np.flip(h), "valid")
    beyond = convolve2d(g, np.flip(h), "full")
    return folded(beyond, widths=_reach(h), mode=_MODES[boundary])


def _slope_of_kernel(
    g: Array, x: Array, h: Array, mode: str, boundary: str, fillvalue: Any
) -> Array:
    if mode == "valid" or (_MODES[boundary] == "constant" and not fillvalue):
        return convolve2d(g, np.flip(x), "valid")
    x = in_dtype(x, g.dtype)  # an image of integers may have a fillvalue that isn't whole
    x = extended(x, widths=_reach(h), mode=_MODES[boundary], fill=fillvalue)
    return np.flip(convolve2d(x, np.flip(g), "valid"))


def _convolve2d_slope(
    g: Array, z: Array, in1: Array, in2: Array,
    *, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0,
) -> Array:  # fmt: skip
    del z, fillvalue
    return _slope_of_image(_whole(g, in1, in2, later=False), in2, mode, boundary)


def _convolve2d_slope_of_second(
    g: Array, z: Array, in1: Array, in2: Array,
    *, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0,
) -> Array:  # fmt: skip
    del z
    g = _whole(g, in1, in2, later=False)
    return _slope_of_kernel(g, in1, in2, mode, boundary, fillvalue)


convolve2d = derivative(
    scipy.signal.convolve2d, in1=_convolve2d_slope, in2=_convolve2d_slope_of_second
)


def _whole_correlation(g: Array, in1: Array, in2: Array, mode: str) -> Array:
    """Return the cotangent of the whole correlation.

    SciPy correlates in the other order where only the second image is large enough, and reverses
    the result, without its conjugate.
    """
    if mode == "valid" and any(m < n for m, n in zip(in1.shape, in2.shape, strict=True)):
        g = conjugated(g)
    return _whole(g, in1, in2, later=mode == "same")


def _correlate2d_slope(
    g: Array, z: Array, in1: Array, in2: Array,
    *, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0,
) -> Array:  # fmt: skip
    del z, fillvalue
    g, h = _whole_correlation(g, in1, in2, mode), np.flip(conjugated(in2))
    return _slope_of_image(g, h, mode, boundary)


def _correlate2d_slope_of_second(
    g: Array, z: Array, in1: Array, in2: Array,
    *, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0,
) -> Array:  # fmt: skip
    del z
    g = _whole_correlation(g, in1, in2, mode)
    return conjugated(np.flip(_slope_of_kernel(g, in1, in2, mode, boundary, fillvalue)))


derivative(scipy.signal.correlate2d, in1=_correlate2d_slope, in2=_correlate2d_slope_of_second)
