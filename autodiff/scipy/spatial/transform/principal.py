"""The quaternion for which a quadratic form is largest: of means and of nearest rotations.

Among the unit quaternions q, ``qᵀ K q`` is largest for the eigenvector of the largest eigenvalue of
K (Davenport 1968). With the form below it is ``tr(RᵀM)``, which is largest for the rotation R that
is nearest to the matrix M.
"""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array

__all__ = ["form_of", "nearest", "principal"]


@primitive
def principal(K: Array) -> Array:
    """Return the eigenvectors of the largest eigenvalues of symmetric matrices."""
    return np.linalg.eigh(K)[1][..., -1]


def _principal_slope(g: Array, z: Array, K: Array) -> Array:
    """Return the slope, from dz = (λ - K)⁺ dK z; with z zᵀ added, λ - K can be inverted."""
    column = z[..., None]
    row = z[..., None, :]
    projector = column * row
    value = np.matmul(np.matmul(row, K), column)
    across = g[..., None] - np.matmul(projector, g[..., None])
    step = np.linalg.solve(value * np.eye(K.shape[-1]) - K + projector, across)
    return (step * row + column * np.matrix_transpose(step)) / 2


derivative(principal, K=_principal_slope)


def form_of(M: Array) -> Array:
    """Return the matrices K of the forms qᵀ K q = tr(RᵀM), of shape (…, 4, 4)."""
    xx, xy, xz, yx, yy, yz, zx, zy, zz = (M[..., i, j] for i in range(3) for j in range(3))
    x, y, z = zy - yz, xz - zx, yx - xy
    rows = (
        (xx - yy - zz, xy + yx, xz + zx, x),
        (xy + yx, yy - xx - zz, yz + zy, y),
        (xz + zx, yz + zy, zz - xx - yy, z),
        (x, y, z, xx + yy + zz),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def nearest(M: Array) -> Array:
    """Return the quaternion of the rotation that is nearest to a matrix.

    As in SciPy, its largest part is positive.
    """
    quat = principal(form_of(M))
    largest = np.argmax(np.abs(quat), axis=-1, keepdims=True)
    return np.where(np.take_along_axis(quat, largest, axis=-1) < 0, -quat, quat)
