"""Matrix equations: Sylvester's and Lyapunov's.

A solution X of ``F(X) = Q``, where F is linear, has the slope ``W = F⁻ᵀ(g)`` in Q. That in a
coefficient of F is the slope of ``-F(X)`` in it, times W.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.cotangents import conjugated
from autodiff.core.primitive import Primitive, derivative
from autodiff.core.tensor import plain
from autodiff.core.typing import Array

__all__ = [
    "refuse_singular",
    "solve_continuous_lyapunov",
    "solve_discrete_lyapunov",
    "solve_sylvester",
]

# a X + X b = q
solve_sylvester: Primitive = derivative(
    scipy.linalg.solve_sylvester,
    a=lambda g, z, a, b, q: -np.matmul(solve_sylvester(a.mT, b.mT, g), z.mT),
    b=lambda g, z, a, b, q: -np.matmul(z.mT, solve_sylvester(a.mT, b.mT, g)),
    q=lambda g, z, a, b, q: _slope_q(solve_sylvester(a.mT, b.mT, g), q),
)


def _slope_q(w: Array, q: Array) -> Array:
    return w if np.ndim(q) else np.trace(w)  # a number is one times the identity


def refuse_singular(A: Array, what: str) -> None:
    """Refuse matrices without full rank in a rule that divides by sums of singular values.

    Raises:
        LinAlgError: a matrix is singular, up to rounding.
    """
    sizes = np.linalg.svdvals(plain(A))
    nothing = 10 * max(A.shape[-2:]) * float(np.finfo(sizes.dtype).eps)
    if np.any(sizes[..., -1:] <= nothing * sizes[..., :1]):
        raise np.linalg.LinAlgError(
            f"{what} has no slope at a matrix without full rank. Use a function of the matrix "
            f"that is smooth there, or add a small multiple of the identity."
        )


# a X + X aᴴ = q
def _continuous_slope_a(g: Array, z: Array, a: Array, q: Array) -> Array:
    del q
    w = solve_continuous_lyapunov(np.atleast_2d(a).mT, g)
    return -np.matmul(w, z.mT) - conjugated(np.matmul(w.mT, z))


solve_continuous_lyapunov: Primitive = derivative(
    scipy.linalg.solve_continuous_lyapunov,
    a=_continuous_slope_a,
    q=lambda g, z, a, q: solve_continuous_lyapunov(np.atleast_2d(a).mT, g),
)


# X - a X aᴴ = q
def _discrete_slope_a(g: Array, z: Array, a: Array, q: Array, *, method: Any = None) -> Array:
    del q
    w = solve_discrete_lyapunov(a.mT, g, method=method)
    right = np.matmul(np.matmul(w, conjugated(a)), z.mT)
    return right + conjugated(np.matmul(np.matmul(w.mT, a), z))


def _discrete_slope_q(g: Array, z: Array, a: Array, q: Array, *, method: Any = None) -> Array:
    del z, q
    return solve_discrete_lyapunov(a.mT, g, method=method)


solve_discrete_lyapunov: Primitive = derivative(
    scipy.linalg.solve_discrete_lyapunov, a=_discrete_slope_a, q=_discrete_slope_q
)
