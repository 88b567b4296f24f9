"""From the real Schur form of a matrix to the complex one, by Givens rotations."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from autodiff.core.errors import user_line
from autodiff.core.indexing import write
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import finite

__all__: list[str] = []

_EPSILON = float(np.finfo(float).eps)


@composite(scipy.linalg.rsf2csf)
def rsf2csf(T: Array, Z: Array, check_finite: bool = True) -> tuple[Array, Array]:
    """Return the complex Schur form, with SciPy's choice among the possible ones.

    Each block of two rows and columns on the diagonal is made triangular by the rotation that moves
    its first eigenvalue to the lower right.
    """
    T, Z = (finite(as_array(x)) if check_finite else as_array(x) for x in (T, Z))
    if T.ndim > 2 and T.shape == Z.shape and T.size:
        rows = (np.reshape(x, (-1, *x.shape[-2:])) for x in (T, Z))
        pairs = [rsf2csf(t, z, check_finite=False) for t, z in zip(*rows, strict=True)]
        T, Z = (np.reshape(np.stack(parts), T.shape) for parts in zip(*pairs, strict=True))
        return T, Z
    if T.ndim != 2 or T.shape != Z.shape or T.shape[0] != T.shape[1]:
        raise ValueError(
            f"rsf2csf takes two square matrices of one shape, got {T.shape} and {Z.shape} at "
            f"{user_line()}. Pass both results of scipy.linalg.schur."
        )
    dtype = np.result_type(T, Z, np.complex64)
    T, Z = T.astype(dtype), Z.astype(dtype)
    for m in range(len(T) - 1, 0, -1):
        both, until, since = slice(m - 1, m + 1), slice(None, m + 1), slice(m - 1, None)
        rotation = _rotation(T[both, both])
        back = np.conj(rotation).T
        T = write(T, np.matmul(rotation, T[both, since]), (both, since))
        T = write(T, np.matmul(T[until, both], back), (until, both))
        T = write(T, 0.0, (m, m - 1))
        Z = write(Z, np.matmul(Z[:, both], back), (slice(None), both))
    return T, Z


def _rotation(block: Array) -> Array:
    """Return the rotation for one block, or the identity where it is triangular already."""
    entry, corner = block[1, 0], block[1, 1]
    is_full = np.abs(entry) > _EPSILON * (np.abs(block[0, 0]) + np.abs(corner))
    distance = np.linalg.eigvals(np.where(is_full, block, np.diag([1.0, 2.0])))[0] - corner
    square = np.real(distance * np.conj(distance) + entry * np.conj(entry))
    length = np.sqrt(np.where(is_full, square, 1.0))
    c, s = distance / length, entry / length
    rotation = np.stack([np.stack([np.conj(c), s]), np.stack([-s, c])])
    return np.where(is_full, rotation, np.eye(2)).astype(block.dtype)
