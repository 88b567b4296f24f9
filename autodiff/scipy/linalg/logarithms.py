"""The logarithm of a matrix, and slopes of powers, also where eigenvalues are negative.

The branch cut of the logarithm runs along the negative numbers, and SciPy takes an eigenvalue there
as one just above, with the angle π. In the matrix of a derivative the eigenvalue comes twice, and
rounding would move the two to different sides. So all eigenvalues are turned away from the cut:
log A = log(e^(-iθ) A) + iθ and A^t = e^(iθt) (e^(-iθ) A)^t, where no eigenvalue of A has an angle
between -π and -π + θ.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.typing import Array, Function
from autodiff.rules.data_dependent import compare_with_recording
from autodiff.scipy.linalg.functions import along, corner, twice, with_corner, without_draws

__all__ = ["along_branch", "branch_of", "logm"]


@primitive
def angle_from_cut(A: Array) -> Array:
    """Return the angle θ, of shape (..., 1, 1), by which matrices are turned.

    It is 0 where no eigenvalue is negative, and for matrices that aren't finite.
    """
    turned = np.zeros((*A.shape[:-2], 1, 1))
    for i in np.ndindex(A.shape[:-2]):
        if np.isfinite(A[i]).all():
            turned[i] = _angle(np.linalg.eigvals(A[i]))
    return turned


constant(angle_from_cut)


def _angle(eigenvalues: np.ndarray[Any, Any]) -> float:
    """Return half the distance from -π to the next angle, if there is one at π."""
    rounding = 1e3 * np.finfo(eigenvalues.dtype).eps * np.max(np.abs(eigenvalues), initial=0.0)
    is_cut = (np.abs(np.imag(eigenvalues)) <= rounding) & (np.real(eigenvalues) < -rounding)
    if not is_cut.any():
        return 0.0
    return float(np.min(np.angle(eigenvalues[~is_cut]), initial=0.0) + math.pi) / 2


def branch_of(A: Array, z: Array) -> Array:
    """Return the angle by which A is turned in the slopes of a result z, 0 if that is real."""
    return angle_from_cut(A) if np.iscomplexobj(z) else 0.0


def along_branch(function: Function, A: Array, E: Array, angle: Array) -> Array:
    """Return the derivative of a function at the turned A in the direction E, which turns too.

    It is NaN where E isn't finite.
    """
    known = np.where(np.isfinite(E), E, 0)
    if np.any(angle):
        turn = np.exp(-1j * angle)
        found = corner(function(with_corner(turn * A, turn * known)))
    else:
        found = along(A, known, function(with_corner(A, known)))
    return found if np.isfinite(E).all() else np.full_like(found, np.nan)


_logarithm = without_draws(scipy.linalg.logm)


@primitive
def frechet_logm(A: Array, E: Array, angle: Array) -> Array:
    """Return the derivative of the logarithm in the direction E."""
    return along_branch(_logarithm, A, E, angle)


derivative(
    frechet_logm,
    A=lambda g, z, A, E, angle: corner(frechet_logm(with_corner(A.mT, E.mT), twice(g), angle)),
    E=lambda g, z, A, E, angle: frechet_logm(A.mT, g, angle),
    angle=None,
)
logm = derivative(
    scipy.linalg.logm,
    _logarithm,
    A=lambda g, z, A: frechet_logm(A.mT, g, branch_of(A, z)),
)
compare_with_recording(scipy.linalg.logm)  # real or complex
