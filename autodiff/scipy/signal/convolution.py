"""Convolution and correlation: bilinear, so that each slope is a convolution again.

With the whole convolution ``z[k] = Σ x[i] h[k - i]``, the slope in x is ``Σ g[k] h[k - i]``: the
"valid" convolution of the cotangent with h reversed. A part of it ("same", "valid") has the
cotangent of the whole, which is zero outside. A correlation is the convolution with the conjugate,
reversed.
"""

from __future__ import annotations

import numpy as np
import scipy.signal

from autodiff.core.cotangents import conjugated
from autodiff.core.primitive import Primitive, derivative
from autodiff.core.typing import Array, Function
from autodiff.rules.operands import as_array
from autodiff.scipy.borders import extended

__all__ = ["convolve", "correlate"]

Axes = int | tuple[int, ...] | None


def _whole(g: Array, x: Array, h: Array, axes: Axes = None) -> Array:
    """Return the cotangent of the whole convolution from that of its middle part.

    Args:
        g: the cotangent of a part, of any mode.
        x: one operand.
        h: the other one.
        axes: those that are convolved; along all others the operands broadcast.
    """
    ndim = np.ndim(x)
    over = range(ndim) if axes is None else [axis % ndim for axis in np.atleast_1d(axes).tolist()]
    lengths = [
        m + n - 1 if axis in over else max(m, n)
        for axis, (m, n) in enumerate(zip(np.shape(x), np.shape(h), strict=True))
    ]
    missing = [length - own for length, own in zip(lengths, g.shape, strict=True)]
    if not any(missing):
        return g
    return extended(g, widths=[(n // 2, n - n // 2) for n in missing], mode="constant")


def _with_method(function: Function) -> Primitive:
    """Define the slopes of ``convolve``."""

    def slope(g: Array, x: Array, h: Array, method: str) -> Array:
        if not np.size(x) or not np.size(h):
            return np.zeros_like(x)
        return found(_whole(g, x, h), np.flip(h), "valid", method)

    found = derivative(
        function,
        in1=lambda g, z, in1, in2, *, mode="full", method="auto": slope(g, in1, in2, method),
        in2=lambda g, z, in1, in2, *, mode="full", method="auto": slope(g, in2, in1, method),
    )
    return found


def _with_axes(function: Function) -> Primitive:
    """Define the slopes of ``fftconvolve`` or ``oaconvolve``."""

    def slope(g: Array, x: Array, h: Array, axes: Axes) -> Array:
        if not np.size(x) or not np.size(h):
            return np.zeros_like(x)
        return found(_whole(g, x, h, axes), np.flip(h, axes), "valid", axes)

    found = derivative(
        function,
        in1=lambda g, z, in1, in2, *, mode="full", axes=None: slope(g, in1, in2, axes),
        in2=lambda g, z, in1, in2, *, mode="full", axes=None: slope(g, in2, in1, axes),
    )
    return found


convolve = _with_method(scipy.signal.convolve)
fftconvolve = _with_axes(scipy.signal.fftconvolve)
oaconvolve = _with_axes(scipy.signal.oaconvolve)


# fmt: off
correlate = derivative(
    scipy.signal.correlate,
    in1=lambda g, z, in1, in2, *, mode="full", method="auto":
        convolve(_whole(g, in1, in2), conjugated(as_array(in2)), "valid", method)
        if np.size(in1) and np.size(in2) else np.zeros_like(in1),
    in2=lambda g, z, in1, in2, *, mode="full", method="auto":
        conjugated(convolve(np.flip(_whole(g, in1, in2)), in1, "valid", method))
        if np.size(in1) and np.size(in2) else np.zeros_like(in2),
)
# fmt: on
