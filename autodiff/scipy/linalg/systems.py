"""Systems of linear equations, inverses and determinants.

For ``A x = b``, a change is ``A dx = db - dA x``, so that with ``w = A⁻ᵀ g`` the slope in b is w,
and the slope in A is ``-w xᵀ`` (Giles 2008, section 2.3.1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.rules.solving import det_slope
from autodiff.scipy.linalg.structure import (
    in_columns,
    outer,
    part_read,
    short,
    transposed,
    unchecked,
)

__all__ = ["slope_through", "solve", "solve_triangular", "solved_back"]


def _solve_slope_b(
    g: Array, z: Array, a: Array, b: Array, *, lower: bool = False, check_finite: bool = True,
    assume_a: str | None = None, transposed: bool = False,
) -> Array:  # fmt: skip
    del z, check_finite
    a = np.atleast_2d(a)
    return in_columns(lambda g: _solve_back(a, g, lower, assume_a, transposed), g, b)


def _solve_back(
    a: Array, g: Array, lower: bool, assume_a: str | None, is_transposed: bool
) -> Array:
    """Solve the transposed system."""
    kind = "gen" if np.size(a) == 1 else short(assume_a)  # SciPy divides by a number
    options = unchecked(lower=lower, assume_a=kind)
    if kind in ("her", "pos"):
        return conjugated(solve(a, conjugated(g), **options))
    if kind == "sym" or is_transposed:
        return solve(a, g, **options)
    return solve(a.mT, g, **unchecked(assume_a=transposed(kind)))


def _solve_slope_a(
    g: Array, z: Array, a: Array, b: Array, *, lower: bool = False, check_finite: bool = True,
    assume_a: str | None = None, transposed: bool = False,
) -> Array:  # fmt: skip
    w = _solve_slope_b(
        g, z, a, b, lower=lower, check_finite=check_finite, assume_a=assume_a, transposed=transposed
    )
    if np.size(a) == 1:  # a number, which divides any number of rows
        return -np.sum(w * z, axis=(-1,) if np.ndim(b) < 2 else (-2, -1))[..., None, None]
    slope = -outer(z, w, b) if transposed else -outer(w, z, b)
    return part_read(slope, assume_a, lower)


solve = derivative(scipy.linalg.solve, a=_solve_slope_a, b=_solve_slope_b)


def _inv_slope(
    g: Array, z: Array, a: Array, *, check_finite: bool = True, assume_a: str | None = None,
    lower: bool = False,
) -> Array:  # fmt: skip
    del a, check_finite
    return part_read(-np.matmul(np.matmul(z.mT, g), z.mT), assume_a, lower)


def _inv(a: Array, **options: Any) -> Array:
    """Return the same as ``scipy.linalg.inv``, which keeps entries of a where it is diagonal."""
    if options.get("assume_a") == "diagonal":
        raise NotImplementedError(
            f"inv of a traced value at {user_line()} doesn't take assume_a='diagonal'. Use "
            f"1 / np.diagonal(a)."
        )
    return scipy.linalg.inv(a, **options)


derivative(scipy.linalg.inv, _inv, a=_inv_slope)
derivative(scipy.linalg.det, a=lambda g, z, a, *, check_finite=True: det_slope(g, z, a))


# Solutions x = op(A)⁻¹ b, where op is none (trans=0), the transpose (1) or the adjoint (2).

_TRANS = {"N": 0, "T": 1, "C": 2}


def solved_back(solve_with: Array, g: Array, b: Array, trans: int | str) -> Array:
    """Return the slope in b of ``solve_with(b, trans)``, which solves with op(A)."""
    trans = _TRANS.get(trans, trans)  # type: ignore[arg-type]
    if trans == 2:
        return conjugated(in_columns(lambda g: solve_with(g, 0), conjugated(g), b))
    return in_columns(lambda g: solve_with(g, 1 - int(trans)), g, b)


def slope_through(w: Array, z: Array, b: Array, trans: int | str) -> Array:
    """Return the slope in A of x = op(A)⁻¹ b, where z is x, and w the slope in b."""
    trans = _TRANS.get(trans, trans)  # type: ignore[arg-type]
    if trans == 0:
        return -outer(w, z, b)
    return conjugated(-outer(z, w, b)) if trans == 2 else -outer(z, w, b)


def _triangular_slope_b(
    g: Array, z: Array, a: Array, b: Array, *, trans: int | str = 0, lower: bool = False,
    unit_diagonal: bool = False, check_finite: bool = True,
) -> Array:  # fmt: skip
    del z, check_finite

    def solve_with(g: Array, trans: int) -> Array:
        options = unchecked(trans=trans, lower=lower, unit_diagonal=unit_diagonal)
        return solve_triangular(a, g, **options)

    return solved_back(solve_with, g, b, trans)


def _triangular_slope_a(
    g: Array, z: Array, a: Array, b: Array, *, trans: int | str = 0, lower: bool = False,
    unit_diagonal: bool = False, check_finite: bool = True,
) -> Array:  # fmt: skip
    w = _triangular_slope_b(
        g, z, a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal, check_finite=check_finite
    )
    slope = slope_through(w, z, b, trans)
    return np.tril(slope, -unit_diagonal) if lower else np.triu(slope, int(unit_diagonal))


solve_triangular = derivative(
    scipy.linalg.solve_triangular, a=_triangular_slope_a, b=_triangular_slope_b
)
