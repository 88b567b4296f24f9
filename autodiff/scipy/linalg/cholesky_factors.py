"""Cholesky factors, and systems that they solve: A = L Lᴴ, or A = Uᴴ U.

For ``A = L Lᴴ``, a change is ``dL = L P(L⁻¹ dA L⁻ᴴ)``, where P takes the lower triangle and half of
the diagonal (Murray 2016, "Differentiation of the Cholesky decomposition", equation 8).
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from autodiff.core.cotangents import conjugated
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import peek
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.solving import adjoint, folded
from autodiff.scipy.linalg.structure import given, in_columns, unchecked
from autodiff.scipy.linalg.systems import solve_triangular

__all__ = ["cholesky"]


def _cholesky_slope(
    g: Array, z: Array, a: Array, *, lower: bool = False, check_finite: bool = True
) -> Array:
    """Return L⁻ᴴ P(Lᴴ G) L⁻¹, in the triangle that is read."""
    del a, check_finite
    G = conjugated(g)
    L, G = (z, G) if lower else (adjoint(z), adjoint(G))
    half = 1 - 0.5 * np.eye(L.shape[-1], dtype=np.real(peek(L)).dtype)
    inner = np.tril(np.matmul(adjoint(L), np.tril(G))) * half
    options = unchecked(trans=2, lower=True)
    left = solve_triangular(L, inner, **options)
    slope = adjoint(solve_triangular(L, adjoint(left), **options))
    return conjugated(folded(slope, "L" if lower else "U"))


cholesky = derivative(scipy.linalg.cholesky, a=_cholesky_slope)


@primitive
def cholesky_factor(a: Array, *, lower: bool = False, check_finite: bool = True) -> Array:
    """Return a Cholesky factor as ``cho_factor`` does: its other triangle is that of a."""
    return scipy.linalg.cho_factor(a, lower, check_finite=check_finite)[0]


def _cholesky_factor_slope(
    g: Array, z: Array, a: Array, *, lower: bool = False, check_finite: bool = True
) -> Array:
    factor, rest = (np.tril(z), np.triu(g, 1)) if lower else (np.triu(z), np.tril(g, -1))
    return rest + _cholesky_slope(g, factor, a, lower=lower, check_finite=check_finite)


cholesky_factor.name = "cho_factor"
derivative(cholesky_factor, a=_cholesky_factor_slope)


@composite(scipy.linalg.cho_factor, exact=True)
def cho_factor(
    a: Array, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> tuple[Array, bool | Array]:
    """Return a Cholesky factor, and whether it is the lower one, for each matrix of a stack."""
    del overwrite_a
    factor = cholesky_factor(a, **given(check_finite, lower=lower))
    return factor, lower if factor.ndim == 2 else np.full(factor.shape[:-2], lower)


@primitive
def solved(c: Array, b: Array, *, lower: bool = False, check_finite: bool = True) -> Array:
    """Solve A x = b with the Cholesky factor c of A."""
    return scipy.linalg.cho_solve((c, lower), b, check_finite=check_finite)


def _solved_slope_b(
    g: Array, z: Array, c: Array, b: Array, *, lower: bool = False, check_finite: bool = True
) -> Array:
    del z, check_finite

    options = unchecked(lower=lower)
    return conjugated(in_columns(lambda g: solved(c, g, **options), conjugated(g), b))


def _solved_slope_c(
    g: Array, z: Array, c: Array, b: Array, *, lower: bool = False, check_finite: bool = True
) -> Array:
    """Return -(W xᴴ + x Wᴴ) L for A = L Lᴴ, where W is the slope in b."""
    w = conjugated(_solved_slope_b(g, z, c, b, lower=lower, check_finite=check_finite))
    if np.ndim(b) == 1:
        w, z = w[..., None], z[..., None]
    both = np.matmul(w, adjoint(z)) + np.matmul(z, adjoint(w))
    if lower:
        return conjugated(np.tril(-np.matmul(both, np.tril(c))))
    return conjugated(np.triu(-np.matmul(np.triu(c), both)))


solved.name = "cho_solve"
derivative(solved, c=_solved_slope_c, b=_solved_slope_b)


@composite(scipy.linalg.cho_solve)
def cho_solve(
    c_and_lower: tuple[Array, bool | Array],
    b: Array,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> Array:
    """Solve A x = b with the factor that ``cho_factor`` returned."""
    del overwrite_b
    c, lower = c_and_lower
    return solved(c, b, **given(check_finite, lower=bool(np.all(lower))))
