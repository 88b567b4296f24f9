"""Rosenbrock's function and its derivatives, with which solvers are tested."""

from __future__ import annotations

import numpy as np
import scipy.optimize

from autodiff.core.lift import as_operand
from autodiff.core.typing import Array
from autodiff.rules.composite import composite

__all__ = ["rosen", "rosen_der", "rosen_hess", "rosen_hess_prod"]


@composite(scipy.optimize.rosen)
def rosen(x: Array) -> Array:
    """Return Rosenbrock's function: the sum of 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)²."""
    x = as_operand(x)
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0, axis=0)


@composite(scipy.optimize.rosen_der)
def rosen_der(x: Array) -> Array:
    """Return the gradient of Rosenbrock's function."""
    x = as_operand(x)
    bend = x[1:] - x[:-1] ** 2
    end = np.zeros_like(x[:1])
    after = np.concatenate([-400 * bend * x[:-1] - 2 * (1 - x[:-1]), end])
    return np.concatenate([end, 200 * bend]) + after


@composite(scipy.optimize.rosen_hess)
def rosen_hess(x: Array) -> Array:
    """Return the Hessian of Rosenbrock's function."""
    x = np.atleast_1d(as_operand(x))
    off = np.diag(-400 * x[:-1], 1)
    return np.diag(_diagonal(x)) + off + off.T


@composite(scipy.optimize.rosen_hess_prod)
def rosen_hess_prod(x: Array, p: Array) -> Array:
    """Return the product of the Hessian of Rosenbrock's function with a vector."""
    x, p = np.atleast_1d(as_operand(x)), as_operand(p)
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
