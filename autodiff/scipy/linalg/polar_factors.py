"""The polar decomposition A = U P, and the rotation that it solves for.

For tall matrices, changes are ``dP = S⁻¹(dAᴴ A + Aᴴ dA)`` and ``dU = U Ω + (1 - U Uᴴ) dA P⁻¹`` with
``Ω = S⁻¹(Uᴴ dA - dAᴴ U)``, where ``S(X) = P X + X P`` (Higham 2008, chapter 8). Unlike the slopes
of the singular value decomposition, these exist for repeated singular values.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand
from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.solving import adjoint
from autodiff.scipy.linalg.equations import refuse_singular, solve_sylvester

__all__: list[str] = []


@primitive
def factored(a: Array) -> tuple[Array, Array]:
    """Return U and P of matrices with at least as many rows as columns."""
    u, p = scipy.linalg.polar(a)
    return u, p


def _factored_slope(g: tuple[Array, Array], z: tuple[Array, Array], a: Array) -> Array:
    refuse_singular(a, "polar")
    (u, p), (G_u, G_p) = z, map(conjugated, g)
    uh = adjoint(u)
    inner = np.matmul(uh, G_u)
    y, z_u = (solve_sylvester(p, p, x) for x in (G_p, inner))
    slope = np.matmul(a, y + adjoint(y)) + np.matmul(u, z_u - adjoint(z_u))
    if a.shape[-2] > a.shape[-1]:
        outside = G_u - np.matmul(u, inner)
        slope = slope + adjoint(np.linalg.solve(p, adjoint(outside)))
    return conjugated(slope)


factored.name = "polar"
derivative(factored, a=_factored_slope)


@composite(scipy.linalg.polar)
def polar(a: Array, side: str = "right") -> tuple[Array, Array]:
    """Return U and P, where a = U P for the side right, and a = P U for left."""
    if side not in ("right", "left"):
        raise ValueError(
            f"polar needs the side 'right' or 'left', got {side!r}. Pass one of these."
        )
    is_wide = a.ndim > 1 and a.shape[-2] < a.shape[-1]
    u, p = factored(adjoint(a) if is_wide else a)
    if is_wide == (side == "left"):
        return (adjoint(u) if is_wide else u), p
    turned = np.matmul(np.matmul(u, p), adjoint(u))
    return (adjoint(u) if is_wide else u), turned


@composite(scipy.linalg.orthogonal_procrustes)
def orthogonal_procrustes(A: Array, B: Array, check_finite: bool = True) -> tuple[Array, Array]:
    """Return the orthogonal R for which A R is closest to B, and the sum of singular values."""
    del check_finite
    A, B = as_operand(A), as_operand(B)
    if "c" in (A.dtype.kind, B.dtype.kind):  # SciPy before 1.15 has another solution
        raise NotImplementedError(
            f"orthogonal_procrustes at {user_line()} has slopes for real matrices only. For "
            f"complex ones, use polar(A.conj().T @ B)."
        )
    if min(A.ndim, B.ndim) < 2 or A.shape[-2:] != B.shape[-2:]:
        raise ValueError(
            f"expected two matrices of one shape, got the shapes {A.shape} and {B.shape} at "
            f"{user_line()}."
        )
    r, p = factored(np.matmul(A.mT, B))
    return r, np.trace(p, axis1=-2, axis2=-1)
