"""Smoothing, and removal of trends."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.ndimage.linear import convolve1d
from autodiff.scipy.plain_options import require_plain
from autodiff.scipy.real import real_composite
from autodiff.scipy.signal.convolution import correlate
from autodiff.scipy.signal.recursive import along

__all__ = ["detrend", "detrended"]


@primitive
def detrended(data: Array, *, axis: int = -1, type: str = "linear", bp: Any = 0) -> Array:
    """Return data without their mean or line."""
    return scipy.signal.detrend(data, axis, type, bp)


# Subtracting the best line is an orthogonal projection, and so its own transpose.
derivative(
    detrended,
    data=lambda g, z, data, *, axis=-1, type="linear", bp=0: detrended(
        g, axis=axis, type=type, bp=bp
    ),
)


@composite(scipy.signal.detrend)
def detrend(
    data: Array,
    axis: int = -1,
    type: str = "linear",
    bp: Any = 0,
    overwrite_data: bool = False,
) -> Array:
    """Return data without their mean or line."""
    del overwrite_data  # a Tensor's value never changes
    return detrended(as_array(data), axis=axis, type=type, bp=bp)


@real_composite(scipy.signal.savgol_filter)
def savgol_filter(
    x: Array, window_length: int, polyorder: int, deriv: int = 0, delta: float = 1.0,
    axis: int = -1, mode: str = "interp", cval: float = 0.0,
) -> Array:  # fmt: skip
    """Fit a polynomial to each window of samples (Savitzky and Golay 1964)."""
    x = as_array(x)
    x = x if x.dtype.kind == "c" or x.dtype in (np.float32, np.float64) else x.astype(float)
    require_plain("savgol_filter", delta=delta)
    weights = scipy.signal.savgol_coeffs(window_length, polyorder, deriv=deriv, delta=delta)
    if mode != "interp":
        return convolve1d(x, weights, axis, mode=mode, cval=cval)
    count = x.shape[axis]
    if window_length > count:
        raise ValueError(
            f"expected at least {window_length} samples along axis {axis}, the length of the "
            f"window, got {count} at {user_line()}. Pass a smaller window_length or another mode."
        )
    y, half = convolve1d(x, weights, axis, mode="constant"), window_length // 2
    fits = _edge_fits(window_length, polyorder, deriv, delta).astype(x.dtype)
    start = _times(fits[:half], along(x, slice(window_length), axis), axis)
    end = _times(fits[window_length - half :], along(x, slice(-window_length, None), axis), axis)
    return np.concatenate([start, along(y, slice(half, count - half), axis), end], axis)


def _edge_fits(window_length: int, polyorder: int, deriv: int, delta: float) -> Array:
    """Return the matrix that takes a window to its polynomial (or a derivative) at each sample."""
    rows = [
        scipy.signal.savgol_coeffs(
            window_length, polyorder, deriv=deriv, delta=delta, pos=position, use="dot"
        )
        for position in range(window_length)
    ]
    return np.stack(rows)


def _times(matrix: Array, x: Array, axis: int) -> Array:
    return np.moveaxis(np.tensordot(matrix, x, (1, axis)), 0, axis)


@composite(scipy.signal.wiener)
def wiener(im: Array, mysize: Any = None, noise: Array | None = None) -> Array:
    """Shrink an image to its local mean where its local variance is that of the noise."""
    im = as_array(im)
    sizes = np.broadcast_to(3 if mysize is None else mysize, im.ndim)
    window, count = np.ones(sizes), float(np.prod(sizes))
    mean = correlate(im, window, "same") / count
    variance = correlate(im**2, window, "same") / count - mean**2
    noise = np.mean(variance) if noise is None else noise
    is_noise = variance < noise
    shrunk = mean + (im - mean) * (1 - noise / np.where(is_noise, 1.0, variance))
    return np.where(is_noise, mean, shrunk.astype(mean.dtype))  # also of longdouble noise
