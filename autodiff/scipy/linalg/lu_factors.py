"""LU decompositions, and systems that they solve: a = (L U)[p], rows in another order.

A change of a square product ``M = L U`` is ``L⁻¹ dM U⁻¹ = L⁻¹ dL + dU U⁻¹``, a strictly lower
triangle and an upper one. The rows of L below the square part of a tall matrix are ``M₂ U⁻¹``, and
the columns of U beyond that of a wide one are ``L⁻¹ M₂``.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from autodiff.core.errors import user_line
from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.tensor import peek
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.scipy.linalg.structure import given, in_order, unchecked
from autodiff.scipy.linalg.systems import slope_through, solve_triangular, solved_back

__all__: list[str] = []


@primitive
def decomposed(a: Array, *, check_finite: bool = True) -> tuple[Array, Array, Array]:
    """Return p, L and U, where ``(L @ U)[p]`` is a."""
    a = np.asarray(a, a.dtype.newbyteorder("="))  # or SciPy computes nothing, and doesn't say so
    p, L, U = scipy.linalg.lu(a, check_finite=check_finite, p_indices=True)
    return p, L, U


def _decomposed_slope(g: Array, z: Array, a: Array, *, check_finite: bool = True) -> Array:
    del a, check_finite
    return in_order(_slope_of_product(np.tril(g[1], -1), np.triu(g[2]), z[1], z[2]), z[0])


def _slope_of_product(of_l: Array, of_u: Array, L: Array, U: Array) -> Array:
    """Return the slope in L U, from those of the factors."""
    n = L.shape[-1]
    L, below, of_l, of_below = L[..., :n, :], L[..., n:, :], of_l[..., :n, :], of_l[..., n:, :]
    U, beyond, of_u, of_beyond = U[..., :n], U[..., n:], of_u[..., :n], of_u[..., n:]
    if below.shape[-2]:
        of_below = _over_upper(of_below, U)
        of_u = of_u - np.matmul(below.mT, of_below)
    if beyond.shape[-1]:
        of_beyond = _under_lower(L, of_beyond)
        of_l = of_l - np.matmul(of_beyond, beyond.mT)
    inner = np.tril(np.matmul(L.mT, of_l), -1) + np.triu(np.matmul(of_u, U.mT))
    square = _over_upper(_under_lower(L, inner), U)
    if below.shape[-2]:
        return np.concatenate([square, of_below], axis=-2)
    return np.concatenate([square, of_beyond], axis=-1) if beyond.shape[-1] else square


def _over_upper(x: Array, U: Array) -> Array:
    """Return x U⁻ᵀ."""
    return solve_triangular(U, x.mT, check_finite=False).mT


def _under_lower(L: Array, x: Array) -> Array:
    """Return L⁻ᵀ x."""
    return solve_triangular(L, x, **unchecked(trans=1, lower=True, unit_diagonal=True))


decomposed.name = "lu"
derivative(decomposed, a=_decomposed_slope)


@composite(scipy.linalg.lu)
def lu(
    a: Array, permute_l: bool = False, overwrite_a: bool = False, check_finite: bool = True,
    p_indices: bool = False,
) -> tuple[Array, ...]:  # fmt: skip
    """Decompose matrices into P, L and U; the order of the rows is constant."""
    del overwrite_a
    p, L, U = decomposed(a, **given(check_finite))
    if permute_l:
        return in_order(L, p) if np.size(L) else L, U
    if p_indices:
        return p, L, U
    moved = p[..., :, None] == np.arange(L.shape[-2])
    if not np.size(L):
        moved = moved[..., :0, :0]  # as SciPy has it, also of no matrix
    is_single = L.shape[-2:] == U.shape[-2:] == (1, 1)  # of which SciPy's is complex
    return moved.astype(L.dtype if is_single else np.real(peek(L)).dtype), L, U


# Factors in one array, with the rows that were swapped, as LAPACK has them.


@primitive
def factored(a: Array, *, check_finite: bool = True) -> tuple[Array, Array]:
    """Return the same as ``scipy.linalg.lu_factor``."""
    factors, swaps = scipy.linalg.lu_factor(a, check_finite=check_finite)
    return factors, swaps


@primitive
def order_of(piv: Array, *, rows: int) -> Array:
    """Return the order of rows after swapping the row i with the row piv[i], for each i."""
    order = np.broadcast_to(np.arange(rows), (*piv.shape[:-1], rows)).copy()
    for batch in np.ndindex(piv.shape[:-1]):
        for i, j in enumerate(piv[batch]):
            order[(*batch, [i, j])] = order[(*batch, [j, i])]
    return order


constant(order_of)


def _lower(factors: Array) -> Array:
    n = min(factors.shape[-2:])
    return np.tril(factors[..., :n], -1) + np.eye(*factors[..., :n].shape[-2:], dtype=factors.dtype)


def _upper(factors: Array) -> Array:
    return np.triu(factors[..., : min(factors.shape[-2:]), :])


def _factored_slope(g: Array, z: Array, a: Array, *, check_finite: bool = True) -> Array:
    del a, check_finite
    n = min(g[0].shape[-2:])
    L, U = _lower(z[0]), _upper(z[0])
    slope = _slope_of_product(np.tril(g[0][..., :n], -1), np.triu(g[0][..., :n, :]), L, U)
    order = order_of(z[1], rows=slope.shape[-2])
    return in_order(slope, np.argsort(order, axis=-1))


factored.name = "lu_factor"
derivative(factored, a=_factored_slope)


@composite(scipy.linalg.lu_factor)
def lu_factor(a: Array, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """Return L and U in one array, and the rows that were swapped."""
    del overwrite_a
    if np.ndim(a) < 2:
        raise ValueError(
            f"lu_factor expects a matrix or a stack of them, got the shape {np.shape(a)} at "
            f"{user_line()}. Write np.atleast_2d(a)."
        )
    return factored(a, **given(check_finite))


@primitive
def solved(lu: Array, piv: Array, b: Array, *, trans: int = 0, check_finite: bool = True) -> Array:
    """Solve A x = b, Aᵀ x = b or Aᴴ x = b with the factors of A."""
    return scipy.linalg.lu_solve((lu, piv), b, trans, check_finite=check_finite)


def _solved_slope_b(
    g: Array, z: Array, lu: Array, piv: Array, b: Array, *, trans: int = 0,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    del z, check_finite

    def solve(g: Array, trans: int) -> Array:
        return solved(lu, piv, g, **unchecked(trans=trans))

    return solved_back(solve, g, b, trans)


def _solved_slope_lu(
    g: Array, z: Array, lu: Array, piv: Array, b: Array, *, trans: int = 0,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    w = _solved_slope_b(g, z, lu, piv, b, trans=trans, check_finite=check_finite)
    of_a = slope_through(w, z, b, trans)
    order = np.broadcast_to(order_of(piv, rows=of_a.shape[-2]), of_a.shape[:-1])
    of_product = in_order(of_a, order)
    of_l = np.tril(np.matmul(of_product, _upper(lu).mT), -1)
    return of_l + np.triu(np.matmul(_lower(lu).mT, of_product))


solved.name = "lu_solve"
derivative(solved, lu=_solved_slope_lu, piv=None, b=_solved_slope_b)


@composite(scipy.linalg.lu_solve)
def lu_solve(
    lu_and_piv: tuple[Array, Array], b: Array, trans: int = 0, overwrite_b: bool = False,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    """Solve a system with the factors that ``lu_factor`` returned."""
    del overwrite_b
    factors, swaps = lu_and_piv
    return solved(factors, swaps, b, **given(check_finite, trans=trans))
