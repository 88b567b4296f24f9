"""The factors A = L D Lᴴ, or L D Lᵀ, with blocks of one row or two in D, and rows in another order.

For the ordered A, a change is ``T = L⁻¹ dA L⁻ᴴ = X D + dD + D Xᴴ`` with ``X = L⁻¹ dL``, which has
entries only below the blocks of D (above them if L is upper triangular), as dD has inside them.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from autodiff.core.cotangents import conjugated
from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.scipy.linalg.structure import in_order, part_read, unchecked
from autodiff.scipy.linalg.systems import solve_triangular

__all__: list[str] = []


def _ldl_slope(
    g: Array, z: Array, A: Array, *, lower: bool = True, hermitian: bool = True,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    """Return the slope; all of it is conjugated where A is Hermitian."""
    del A, check_finite
    turned = conjugated if hermitian else np.positive
    order, back = z[2], np.argsort(z[2], axis=-1)
    L, of_l, of_d = in_order(z[0], order), turned(in_order(g[0], order)), turned(g[1])
    inside = (z[1] != 0) | np.eye(L.shape[-1], dtype=bool)
    beside = (np.tril if lower else np.triu)(~inside)
    of_x = np.matmul(np.matmul(turned(L.mT), of_l), np.linalg.inv(turned(z[1].mT)))
    inner = np.where(inside, of_d, 0) + np.where(beside, of_x, 0)
    left = _from_left(L, inner, lower, hermitian)
    slope = _from_left(L, left.mT, lower, hermitian=False).mT
    slope = in_order(in_order(slope, back).mT, back).mT
    return part_read(turned(slope), "her" if hermitian else "sym", lower)


def _from_left(L: Array, x: Array, lower: bool, hermitian: bool) -> Array:
    """Return L⁻ᴴ x, or L⁻ᵀ x."""
    options = unchecked(trans=2 if hermitian else 1, lower=lower, unit_diagonal=True)
    return solve_triangular(L, x, **options)


derivative(
    scipy.linalg.ldl, lambda A, **options: tuple(scipy.linalg.ldl(A, **options)), A=_ldl_slope
)
