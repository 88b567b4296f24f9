"""Vectors of length 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array

__all__ = ["of_unit_length"]


def of_unit_length(x: Array, axis: Any = None, least: float = 1e-12) -> Array:
    """Divide by the length (2-norm) along an axis, or several, or by ``least`` if that is longer.

    >>> of_unit_length(np.array([[3.0, 4.0], [0.0, 0.0]]), -1)
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    square = np.sum(x * x, axis=axis, keepdims=True)
    return x / np.sqrt(np.maximum(square, least**2))
