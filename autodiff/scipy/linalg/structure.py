"""Matrices of a known structure, and right-hand sides of one column or several.

Functions that assume a symmetric matrix, such as ``cholesky``, read one triangle of it. The entries
that they read get the whole slope, and the others get none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.cotangents import conjugated
from autodiff.core.typing import Array, Function
from autodiff.rules.solving import folded

__all__ = [
    "given",
    "in_columns",
    "in_order",
    "outer",
    "part_read",
    "short",
    "transposed",
    "unchecked",
]

_SHORT = {"positive definite": "pos", "symmetric": "sym", "hermitian": "her", "general": "gen"}
_TRANSPOSED = {"upper triangular": "lower triangular", "lower triangular": "upper triangular"}


def short(assume_a: str | None) -> str:
    """Return the short name of a structure: ``pos`` for ``positive definite``."""
    return _SHORT.get(assume_a, assume_a) if assume_a else "gen"


def transposed(assume_a: str | None) -> str:
    """Return the structure of the transposed matrix."""
    return _TRANSPOSED.get(short(assume_a), short(assume_a))


def part_read(slope: Array, assume_a: str | None, lower: bool) -> Array:
    """Move a slope to the entries that are read of a matrix of this structure.

    Args:
        slope: in all entries; of the transposed map, as the engine's cotangents are.
        assume_a: one of SciPy's names of structures.
        lower: whether the lower triangle of a symmetric or Hermitian matrix is read.
    """
    kind, dtype = short(assume_a), np.real(slope).dtype
    if kind in ("her", "pos"):
        return conjugated(folded(conjugated(slope), "L" if lower else "U"))
    if kind == "sym":
        both = slope + slope.mT
        own = slope * np.eye(slope.shape[-1], dtype=dtype)
        return own + (np.tril(both, -1) if lower else np.triu(both, 1))
    if kind == "diagonal":
        return slope * np.eye(slope.shape[-1], dtype=dtype)
    if kind == "tridiagonal":
        return np.triu(np.tril(slope, 1), -1)
    if kind == "upper triangular":
        return np.triu(slope)
    return np.tril(slope) if kind == "lower triangular" else slope


def in_columns(function: Function, g: Array, b: Array) -> Array:
    """Apply a function of matrices to g, which has one vector for each matrix if b is a vector."""
    if np.ndim(b) == 1 < np.ndim(g):
        return function(g[..., None])[..., 0]
    return function(g)


def given(check_finite: bool = True, **options: Any) -> dict[str, Any]:
    """Return the options that differ from SciPy's defaults, which are false for all others."""
    chosen = {name: value for name, value in options.items() if value}
    return chosen if check_finite else {**chosen, "check_finite": False}


def unchecked(**options: Any) -> dict[str, Any]:
    """Return options of a call in a rule, where infinite slopes may arrive."""
    return given(check_finite=False, **options)


def outer(x: Array, y: Array, b: Array) -> Array:
    """Return x yᵀ: of matrices, or of vectors if b is one."""
    if np.ndim(b) == 1:
        return x[..., :, None] * y[..., None, :]
    return np.matmul(x, y.mT)


def in_order(x: Array, order: Array) -> Array:
    """Return matrices with their rows in another order."""
    return np.take_along_axis(x, order[..., :, None], -2)
