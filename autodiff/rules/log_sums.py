"""The logarithms of sums: logaddexp and logaddexp2."""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array


def _distance(x: Array, y: Array) -> Array:
    """Return y - x; 0 where both are the same infinity, as between equal numbers."""
    alike = (x == y) & np.isinf(x)
    if isinstance(alike, Tensor) or np.any(alike):
        x, y = np.where(alike, 0, x), np.where(alike, 0, y)
    return y - x


# fmt: off
# exp(x - z), without the rounding of a large z
derivative(np.logaddexp,  x=lambda g, z, x, y: g * np.exp(-np.logaddexp(0.0, _distance(x, y))),
                          y=lambda g, z, x, y: g * np.exp(-np.logaddexp(0.0, _distance(y, x))))
derivative(np.logaddexp2, x=lambda g, z, x, y: g * np.exp2(-np.logaddexp2(0.0, _distance(x, y))),
                          y=lambda g, z, x, y: g * np.exp2(-np.logaddexp2(0.0, _distance(y, x))))
# fmt: on
