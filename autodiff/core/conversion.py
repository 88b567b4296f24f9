"""Copies, and changes of dtype: the primitives behind ``t.copy()`` and ``t.astype(dtype)``."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.typing import Array

__all__ = ["as_entry", "astype", "astype_constant", "copy"]


@primitive
def copy(a: Array, *, order: str) -> Array:
    """Return ``a.copy(order)``, which may have another memory layout."""
    return a.copy(order=order)


@primitive
def astype(a: Array, *, dtype: np.dtype[Any]) -> Array:
    """Return ``a.astype(dtype)`` for a float or complex dtype."""
    return a.astype(dtype)


@primitive
def astype_constant(a: Array, *, dtype: np.dtype[Any]) -> Array:
    """Return ``a.astype(dtype)`` for a dtype without slopes."""
    return a.astype(dtype)


@primitive
def as_entry(a: Array, *, dtype: np.dtype[Any]) -> Array:
    """Return a number as an array of integers or bools stores it; NaN and infinities can't be."""
    entry = np.empty((), dtype)
    entry[()] = a[()]
    return entry[()]


astype_constant.name = as_entry.name = "astype"
derivative(copy, a=lambda g, z, a, *, order: g)
derivative(astype, a=lambda g, z, a, *, dtype: g)
constant(astype_constant, as_entry)
