"""Rosenbrock's function and its derivatives, with which solvers are tested."""

from __future__ import annotations

import math

import numpy as np
import scipy.optimize

from autodiff.core.errors import user_line
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array

__all__ = ["rosen", "rosen_der", "rosen_hess", "rosen_hess_prod"]


def _point(x: Array, least: int, most_axes: float = math.inf) -> Array:
    """Return a point with so many coordinates at least, or several with theirs along axis 0."""
    x = as_array(x)
    if not 1 <= x.ndim <= most_axes or len(x) < least:
        raise ValueError(
            f"expected a vector of {least} coordinates or more, got shape {x.shape} at "
            f"{user_line()}."
        )
    return x


@composite(scipy.optimize.rosen)
def rosen(x: Array) -> Array:
    """Return Rosenbrock's function: the sum of 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)²."""
    x = _point(x, 0)
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0, axis=0)


@composite(scipy.optimize.rosen_der)
def rosen_der(x: Array) -> Array:
    """Return the gradient of Rosenbrock's function."""
    x = _point(x, 2)
    bend = x[1:] - x[:-1] ** 2
    end = np.zeros_like(x[:1])
    after = np.concatenate([-400 * bend * x[:-1] - 2 * (1 - x[:-1]), end])
    return np.concatenate([end, 200 * bend]) + after


@composite(scipy.optimize.rosen_hess)
def rosen_hess(x: Array) -> Array:
    """Return the Hessian of Rosenbrock's function."""
    x = _point(x, 2, 1)
    off = np.diag(-400 * x[:-1], 1)
    return np.diag(_diagonal(x)) + off + off.T


@composite(scipy.optimize.rosen_hess_prod)
def rosen_hess_prod(x: Array, p: Array) -> Array:
    """Return the product of the Hessian of Rosenbrock's function with a vector."""
    x, p = _point(x, 2, 1), as_array(p)
    if p.shape != x.shape:
        raise ValueError(
            f"expected a direction of shape {x.shape}, that of the point, got {p.shape} at "
            f"{user_line()}."
        )
    if x.dtype.kind != "c" == p.dtype.kind:  # of which SciPy drops the imaginary part
        raise TypeError(
            f"expected a real direction at a real point, got {p.dtype} at {user_line()}."
        )
    x = x.astype(np.float64) if x.dtype.kind in "biu" else x
    off, end = -400 * x[:-1], np.zeros_like(x[:1])
    sides = np.concatenate([off * p[1:], end]) + np.concatenate([end, off * p[:-1]])
    product = _diagonal(x) * p + sides
    kept = x.dtype.newbyteorder("=")
    return product.astype(kept) if product.dtype.kind == "f" else product


def _diagonal(x: Array) -> Array:
    inner = 202 + 1200 * x[1:-1] ** 2 - 400 * x[2:]
    first = 1200 * x[:1] ** 2 - 400 * x[1:2] + 2
    return np.concatenate([first, inner, np.full_like(x[-1:], 200)])
