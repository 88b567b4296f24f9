"""Sums of products of one array with another that slides along it."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.borders import extended

__all__ = ["lags"]


@primitive
def lags(x: Array, y: Array) -> Array:
    """Return ``Σ x[i + j] y[i]`` over all i, for each j for which x has these entries.

    Args:
        x: any array.
        y: one of as many axes, along each of them at most as long.
    """
    axes = list(range(2 * x.ndim))
    windows = sliding_window_view(x, y.shape)
    return np.einsum(windows, axes, y, axes[x.ndim :], axes[: x.ndim])


def _slope(g: Array, z: Array, x: Array, y: Array) -> Array:
    """Return ``Σ g[j] y[i - j]``, with zeros beyond y."""
    del z, x
    around = extended(y, widths=[(n - 1, n - 1) for n in g.shape], mode="constant")
    return lags(around, np.flip(g))


derivative(lags, x=_slope, y=lambda g, z, x, y: lags(x, g))
