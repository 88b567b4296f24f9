"""Functions with several results: the slopes of those that aren't used don't count."""

from __future__ import annotations

import numpy as np

from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array

__all__ = ["contribution"]


def contribution(g: Array, slope: Array) -> Array:
    """Return the product, and 0 where the cotangent is 0 and the slope infinite or NaN.

    Such a result isn't used there, or not where it overflows. Where a result isn't used at all, its
    slope isn't part of higher derivatives.
    """
    if not isinstance(g, Tensor) and not np.any(g):
        return g
    return g * np.where((g == 0) & ~np.isfinite(slope), 0.0, slope)
