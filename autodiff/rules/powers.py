"""Powers of sizes, with slope 0 at 0, where a root has none."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.typing import Array

__all__ = ["power_of_size", "root", "squared_size"]


def squared_size(x: Array) -> Array:
    """Return ``|x|**2``, real also for complex numbers."""
    return np.real(x * np.conjugate(x)) if x.dtype.kind == "c" else x * x


def root(z: Array) -> Array:
    """Return the square root, with slope 0 at 0."""
    zero = z == 0
    return np.where(zero, 0, np.sqrt(np.where(zero, 1, z)))


def power_of_size(x: Array, exponent: Array) -> Array:
    """Return ``x**exponent``, with slope 0 at 0."""
    zero = x == 0
    at_zero = np.where(exponent < 0, math.inf, np.where(np.isnan(exponent), math.nan, 0))
    at_zero = at_zero.astype(x.dtype)
    return np.where(zero, at_zero, np.where(zero, 1, x) ** exponent)
