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
from autodiff.rules.data_dependent import compare_with_recording
from autodiff.scipy.linalg.equations import refuse_singular, solve_sylvester
from autodiff.scipy.linalg.functions import corner, twice, with_corner, without_draws
from autodiff.scipy.linalg.logarithms import along_branch, branch_of, logm

__all__: list[str] = []

_power = without_draws(scipy.linalg.fractional_matrix_power)


@primitive
def frechet_power(A: Array, E: Array, t: Array, angle: Array) -> Array:
    """Return the derivative of a power in the direction E."""
    found = along_branch(lambda x: _power(x, t), A, E, angle)
    return found * np.exp(1j * angle * t) if np.any(angle) else found


def _logarithm(A: Array) -> Array:
    return logm(A.astype(np.result_type(A.dtype, np.float64)))  # in float32 it warns


def _frechet_power_slope_t(g: Array, z: Array, A: Array, E: Array, t: Array, angle: Array) -> Array:
    """Return the slope of the derivative of X^t at [[A, E], [0, A]], which is X^t log X, in t."""
    del z
    turned = np.exp(-1j * angle) * with_corner(A, E)
    logarithm = logm(turned) + 1j * angle * np.eye(turned.shape[-1])
    power = fractional_matrix_power(turned, t) * np.exp(1j * angle * t)
    slope = np.sum(g * corner(np.matmul(logarithm, power)))
    return slope if np.iscomplexobj(t) else np.real(slope)


derivative(
    frechet_power,
    A=lambda g, z, A, E, t, angle: corner(
        frechet_power(with_corner(A.mT, E.mT), twice(g), t, angle)
    ),
    E=lambda g, z, A, E, t, angle: frechet_power(A.mT, g, t, angle),
    t=_frechet_power_slope_t,
    angle=None,
)
fractional_matrix_power = derivative(
    scipy.linalg.fractional_matrix_power,
    _power,
    A=lambda g, z, A, t: frechet_power(A.mT, g, t, branch_of(A, z)),
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
compare_with_recording(  # real or complex
    scipy.linalg.fractional_matrix_power, scipy.linalg.sqrtm, scipy.linalg.signm
)


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
