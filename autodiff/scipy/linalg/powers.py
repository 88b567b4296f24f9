"""Powers, square roots and signs of matrices, and functions that the user defines.

The slope of a power in its exponent is A^t log A.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import plain
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.scipy.linalg.equations import refuse_singular, solve_sylvester
from autodiff.scipy.linalg.functions import (
    along,
    corner,
    logm,
    twice,
    with_corner,
    without_draws,
)

__all__: list[str] = []

_power = without_draws(scipy.linalg.fractional_matrix_power)


@primitive
def frechet_power(A: Array, E: Array, t: Array) -> Array:
    """Return the derivative of a power in the direction E, which is NaN where E isn't finite."""
    found = along(A, E, _power(with_corner(A, np.where(np.isfinite(E), E, 0)), t))
    return found if np.isfinite(E).all() else np.full_like(found, np.nan)


def _logarithm(A: Array) -> Array:
    return logm(A.astype(np.result_type(A.dtype, np.float64)))  # in float32 it warns


def _frechet_power_slope_t(g: Array, z: Array, A: Array, E: Array, t: Array) -> Array:
    del z
    larger = with_corner(A, E)
    return np.sum(g * corner(np.matmul(_logarithm(larger), fractional_matrix_power(larger, t))))


derivative(
    frechet_power,
    A=lambda g, z, A, E, t: corner(frechet_power(with_corner(A.mT, E.mT), twice(g), t)),
    E=lambda g, z, A, E, t: frechet_power(A.mT, g, t),
    t=_frechet_power_slope_t,
)
fractional_matrix_power = derivative(
    scipy.linalg.fractional_matrix_power,
    _power,
    A=lambda g, z, A, t: frechet_power(A.mT, g, t),
    t=lambda g, z, A, t: np.sum(g * np.matmul(_logarithm(A), z)),
)


def _square_root_slope(g: Array, z: Array, A: Array) -> Array:
    """Return the solution X of Zᵀ X + X Zᵀ = g, since d(Z Z) = dZ Z + Z dZ."""
    refuse_singular(A, "sqrtm")
    return solve_sylvester(z.mT, z.mT, g)


def _sign_slope(g: Array, z: Array, A: Array) -> Array:
    """Return the adjoint of dA -> X with N X + X N = dA - S dA S, N = S A (Higham, theorem 5.3)."""
    size = np.matmul(z, A).mT
    refuse_singular(A, "signm")
    x = solve_sylvester(size, size, g)
    return x - np.matmul(np.matmul(z.mT, x), z.mT)


derivative(scipy.linalg.sqrtm, A=_square_root_slope)
derivative(scipy.linalg.signm, A=_sign_slope)


@composite(scipy.linalg.funm)
def funm(A: Array, func: Function, disp: bool = True) -> Array:
    """Return a function of matrices that have as many eigenvectors as rows.

    It is V f(Λ) V⁻¹; the slope exists where all eigenvalues are distinct.
    """
    if not disp:
        raise NotImplementedError(
            f"funm of a traced value at {user_line()} doesn't estimate its error. Leave disp= out."
        )
    A = as_operand(A)
    w, v = np.linalg.eig(A.astype(np.result_type(A.dtype, np.complex64)))
    found = np.linalg.solve(v.mT, (v * func(w)[..., None, :]).mT).mT
    precise = 1e3 * float(np.finfo(found.dtype).eps) * (1e3 if found.dtype == complex else 1)
    is_real = A.dtype.kind != "c" and np.allclose(np.imag(plain(found)), 0, atol=precise)
    return np.real(found) if is_real else found
