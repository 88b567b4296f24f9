"""Slopes of inverse functions of complex numbers, also on their branch cuts.

On a cut, the sign of a zero says on which side a value lies (DLMF 4.23, 4.37). It is lost in
``1 - x * x``, but not in the value z of the function: of both roots, the slope has that on the side
of the cosine of z, or of the sine.
"""

from __future__ import annotations

import numpy as np

from autodiff.core.typing import Array

__all__ = ["arccos_slope", "arccosh_slope", "arcsin_slope", "arcsinh_slope"]


def _beside(root: Array, like: Array) -> Array:
    """Return a root or its negative, whichever points in the direction of another number."""
    return np.where(np.real(root * np.conjugate(like)) < 0, -root, root)


def arcsin_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of arcsin, 1 / √(1 - x²)."""
    root = np.sqrt(1 - x * x)
    return g / (_beside(root, np.cos(z)) if np.iscomplexobj(x) else root)


def arccos_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of arccos, -1 / √(1 - x²)."""
    root = np.sqrt(1 - x * x)
    return -g / (_beside(root, np.sin(z)) if np.iscomplexobj(x) else root)


def arcsinh_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of arcsinh, 1 / √(x² + 1); ``hypot`` takes large x, but only real ones."""
    if np.iscomplexobj(x):
        return g / _beside(np.sqrt(x * x + 1), np.cosh(z))
    return g / np.hypot(x, 1)


def arccosh_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of arccosh, 1 / (√(x - 1) √(x + 1))."""
    root = np.sqrt(x - 1) * np.sqrt(x + 1)
    return g / (_beside(root, np.sinh(z)) if np.iscomplexobj(x) else root)
