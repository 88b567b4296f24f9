"""Rotations as unit quaternions ``(x, y, z, w)``, to and from other descriptions.

The formulas are SciPy's. Near the identity they are power series of the square of the angle, which
have all derivatives there.
"""

from __future__ import annotations

import numpy as np

from autodiff.core.typing import Array
from autodiff.scipy.checked import checked

__all__ = [
    "as_matrix", "as_mrp", "as_rotvec", "canonical", "composed", "degrees_if", "from_mrp",
    "from_rotvec", "inverse", "magnitude", "normalized", "radians_if", "rotated",
]  # fmt: skip

_SMALL = 1e-3  # an angle for whose square the series below are exact


def radians_if(degrees: bool, angles: Array) -> Array:
    """Return angles in radians."""
    return angles * (np.pi / 180) if degrees else angles


def degrees_if(degrees: bool, angles: Array) -> Array:
    """Return angles in the wanted unit, from radians."""
    return angles * (180 / np.pi) if degrees else angles


def normalized(quat: Array) -> Array:
    """Return quaternions of length 1."""
    square = np.sum(quat * quat, axis=-1, keepdims=True)
    message = "expected quaternions that aren't zero, got zeros, which describe no rotation."
    return quat / np.sqrt(checked(square, square == 0, message=message))


def canonical(quat: Array) -> Array:
    """Return the one of both quaternions of a rotation whose last part isn't negative.

    Where it is 0, the first part that isn't 0 is positive.
    """
    x, y, z, w = (quat[..., i] for i in range(4))
    flips = (w < 0) | ((w == 0) & ((x < 0) | ((x == 0) & ((y < 0) | ((y == 0) & (z < 0))))))
    return np.where(flips[..., None], -quat, quat)


def composed(p: Array, q: Array) -> Array:
    """Return the quaternion of the rotation by q, then by p."""
    u, v = p[..., :3], q[..., :3]
    a, b = p[..., 3:], q[..., 3:]
    return np.concatenate(
        [a * v + b * u + np.cross(u, v), a * b - np.sum(u * v, axis=-1, keepdims=True)], axis=-1
    )


def inverse(quat: Array) -> Array:
    """Return the quaternion of the inverse rotation."""
    return quat * np.array([-1.0, -1.0, -1.0, 1.0])


def magnitude(quat: Array) -> Array:
    """Return the angle of a rotation, from 0 to π."""
    return 2 * np.arctan2(np.linalg.norm(quat[..., :3], axis=-1), np.abs(quat[..., 3]))


def as_matrix(quat: Array) -> Array:
    """Return matrices of shape (…, 3, 3)."""
    x, y, z, w = (quat[..., i] for i in range(4))
    rows = (
        (x * x - y * y - z * z + w * w, 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), -x * x + y * y - z * z + w * w, 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), -x * x - y * y + z * z + w * w),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def rotated(quat: Array, vectors: Array, inverse: bool) -> Array:
    """Return rotated vectors."""
    matrix = as_matrix(quat)
    matrix = np.matrix_transpose(matrix) if inverse else matrix
    return np.matmul(matrix, vectors[..., None])[..., 0]


def from_rotvec(rotvec: Array) -> Array:
    """Return the quaternion of a rotation about a vector by its length."""
    square = np.sum(rotvec * rotvec, axis=-1, keepdims=True)
    is_small = square <= _SMALL**2
    half = np.sqrt(np.where(is_small, 1.0, square)) / 2
    scale = np.where(
        is_small, _polynomial(square, 1 / 2, -1 / 48, 1 / 3840), np.sin(half) / half / 2
    )
    cosine = np.where(is_small, _polynomial(square, 1.0, -1 / 8, 1 / 384, -1 / 46080), np.cos(half))
    return np.concatenate([rotvec * scale, cosine], axis=-1)


def as_rotvec(quat: Array) -> Array:
    """Return the vector about which a rotation is, of the length of its angle."""
    quat = canonical(quat)
    axis, w = quat[..., :3], quat[..., 3:]
    square = np.sum(axis * axis, axis=-1, keepdims=True)
    is_small = square <= (_SMALL / 2) ** 2
    sine = np.sqrt(np.where(is_small, 1.0, square))
    tangent = square / np.where(is_small, w * w, 1.0)
    series = 2 / np.where(is_small, w, 1.0) * _polynomial(tangent, 1.0, -1 / 3, 1 / 5, -1 / 7)
    return axis * np.where(is_small, series, 2 * np.arctan2(sine, w) / sine)


def _polynomial(x: Array, *coefficients: float) -> Array:
    """Return a polynomial, from its coefficients in ascending order."""
    total: Array = 0.0
    for coefficient in reversed(coefficients):
        total = coefficient + x * total
    return total


def from_mrp(mrp: Array) -> Array:
    """Return the quaternion of modified Rodrigues parameters, tan(angle / 4) along the axis."""
    square = np.sum(mrp * mrp, axis=-1, keepdims=True)
    return np.concatenate([2 * mrp, 1 - square], axis=-1) / (1 + square)


def as_mrp(quat: Array) -> Array:
    """Return modified Rodrigues parameters, of length 1 at most."""
    w = quat[..., 3:]
    sign = np.where(w < 0, -1.0, 1.0)
    return sign * quat[..., :3] / (1 + sign * w)
