"""Analytic signals: without negative frequencies."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.scipy.borders import extended


def _weights(lengths: tuple[int, ...]) -> Array:
    """Return what an analytic signal multiplies each frequency with, in as many dimensions."""
    impulse = np.zeros(lengths)
    impulse[(0,) * len(lengths)] = 1.0
    analytic = scipy.signal.hilbert if len(lengths) == 1 else scipy.signal.hilbert2
    return np.rint(np.real(np.fft.fftn(analytic(impulse))))


def _to_shape(x: Array, shape: tuple[int, ...]) -> Array:
    """Cut an array at the ends of its axes, or add zeros there."""
    x = x[tuple(slice(n) for n in shape)]
    if x.shape == shape:
        return x
    widths = [(0, n - own) for n, own in zip(shape, x.shape, strict=True)]
    return extended(x, widths=widths, mode="constant")


def _transposed(g: Array, x: Array, axes: tuple[int, ...]) -> Array:
    """Return the transpose of z = F⁻¹ w F x, which is F w F⁻¹ g."""
    axes = tuple(axis % g.ndim for axis in axes)
    weights = _weights(tuple(g.shape[axis] for axis in axes))
    order = np.argsort(axes)
    others = tuple(axis for axis in range(g.ndim) if axis not in axes)
    weights = np.expand_dims(np.transpose(weights, order), others)
    spectrum = weights * np.fft.ifftn(g, axes=axes)
    return _to_shape(np.fft.fftn(spectrum, axes=axes), x.shape)


# fmt: off
derivative(
    scipy.signal.hilbert,
    x=lambda g, z, x, *, N=None, axis=-1: _transposed(g, x, (axis,)),
)
# fmt: on


def _hilbert2_slope(
    g: Array, z: Array, x: Array, *, N: Any = None, axes: tuple[int, int] = (-2, -1)
) -> Array:
    del z, N
    if np.ndim(x) < 2:  # which is one row
        return np.reshape(_transposed(g, np.atleast_2d(x), axes), np.shape(x))
    return _transposed(g, x, axes)


derivative(scipy.signal.hilbert2, x=_hilbert2_slope)
