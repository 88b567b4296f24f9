"""A choice by another value: what is computed from finite numbers, where that one is finite.

Slopes of functions with infinite values need it, since 0 times infinity isn't 0.
"""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array

__all__ = ["finite_choice", "where_finite"]


def where_finite(x: Array, judged: Array, otherwise: float = 0.0) -> Array:
    """Return x where another value is finite; a number where it is infinite, NaN where it is."""
    if isinstance(x, Tensor) or isinstance(judged, Tensor):
        return finite_choice(x, judged, otherwise=otherwise)
    return _chosen(x, judged, otherwise)


@primitive
def finite_choice(x: Array, judged: Array, *, otherwise: float = 0.0) -> Array:
    """Return x where another value is finite."""
    return _chosen(x, judged, otherwise)


def _chosen(x: Array, judged: Array, otherwise: float) -> Array:
    x = np.asarray(x)
    if x.dtype.kind not in "fc":
        x = x.astype(np.float64)
    finite = np.isfinite(judged)
    if finite.all() and finite.shape == x.shape:
        return x.copy()
    others = np.where(np.isnan(judged), math.nan, otherwise).astype(x.dtype)
    return np.where(finite, x, others)


derivative(
    finite_choice,
    x=lambda g, z, x, judged, *, otherwise=0.0: where_finite(g, judged),
    judged=None,
)
