"""Rotations as up to three angles about given axes: those of Euler and of Davenport.

The three angles of a rotation follow from four numbers that are linear in its quaternion (Bernardes
and Viollet 2022, "Quaternion to Euler angles conversion: a direct, general and computationally
efficient method").
"""

from __future__ import annotations

import numpy as np

from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.spatial.transform.quaternions import composed, from_rotvec

__all__ = ["as_davenport", "as_euler", "from_davenport", "from_euler"]

_LOCKED = 1e-7  # SciPy's distance from where only the sum of the outer angles is defined


def from_euler(seq: str, angles: Array) -> Array:
    """Return the quaternions of angles about axes of space ("xyz") or of the body ("XYZ")."""
    axes = np.eye(3)[["xyz".index(letter) for letter in seq.lower()]]
    return from_davenport(axes, "i" if seq.isupper() else "e", angles)


def from_davenport(axes: Array, order: str, angles: Array) -> Array:
    """Return the quaternions of angles about axes, of shape (…, count)."""
    axes, angles = np.atleast_2d(as_array(axes)), np.atleast_1d(as_array(angles))
    axes = axes / np.linalg.norm(axes, axis=-1, keepdims=True)
    total = from_rotvec(angles[..., :1] * axes[..., 0, :])
    for i in range(1, axes.shape[-2]):
        step = from_rotvec(angles[..., i : i + 1] * axes[..., i, :])
        total = composed(step, total) if _is_extrinsic(order) else composed(total, step)
    return total


def _is_extrinsic(order: str) -> bool:
    return order in ("e", "extrinsic")


def as_euler(quat: Array, seq: str) -> Array:
    """Return three angles about axes of space ("xyz") or of the body ("XYZ")."""
    is_extrinsic = not seq.isupper()
    i, j, k = (
        "xyz".index(letter) for letter in (seq.lower() if is_extrinsic else seq.lower()[::-1])
    )
    is_symmetric = i == k
    k = 3 - i - j if is_symmetric else k
    sign = (i - j) * (j - k) * (k - i) // 2
    x, y, z, w = quat[..., i], quat[..., j], quat[..., k] * sign, quat[..., 3]
    if is_symmetric:
        return _turned(*_angles(w, x, y, z, is_extrinsic))
    first, middle, third = _angles(w - y, x + z, y + w, z - x, is_extrinsic)
    middle = middle - np.pi / 2
    return (
        _turned(first, middle, third * sign)
        if is_extrinsic
        else _turned(first * sign, middle, third)
    )


def as_davenport(quat: Array, axes: Array, order: str) -> Array:
    """Return three angles about axes, of which neighbors are orthogonal."""
    axes = as_array(axes).astype(float)
    axes = axes / np.linalg.norm(axes, axis=-1, keepdims=True)
    is_extrinsic = _is_extrinsic(order)
    first, second, third = (axes[..., i, :] for i in ((0, 1, 2) if is_extrinsic else (2, 1, 0)))
    normal = np.cross(first, second)
    turn = np.arctan2(np.sum(third * normal, axis=-1), np.sum(third * first, axis=-1))
    sign = np.where(turn < 0, -1.0, 1.0)
    turn, across = sign * turn, sign[..., None]
    second, normal = across * second, across * normal
    half = turn[..., None] / 2
    moved = composed(np.concatenate([np.sin(half) * second, np.cos(half)], axis=-1), quat)
    a, b, c, d = (
        moved[..., 3],
        *(np.sum(moved[..., :3] * axis, axis=-1) for axis in (first, second, normal)),
    )
    one, middle, three = _angles(a, b, c, d, is_extrinsic)
    return _turned(one, sign * _turn(middle - turn), three)


def _angles(
    a: Array, b: Array, c: Array, d: Array, is_extrinsic: bool
) -> tuple[Array, Array, Array]:
    """Return three angles; where the outer ones aren't unique, the last is 0."""
    middle = 2 * np.arctan2(_length(c, d), _length(a, b))
    is_straight, is_folded = np.abs(middle) <= _LOCKED, np.abs(middle - np.pi) <= _LOCKED
    is_locked = is_straight | is_folded
    half_sum = np.arctan2(np.where(is_folded, 0.0, b), np.where(is_folded, 1.0, a))
    half_difference = np.arctan2(np.where(is_straight, 0.0, d), np.where(is_straight, 1.0, c))
    alone = np.where(is_straight, 2 * half_sum, (-2 if is_extrinsic else 2) * half_difference)
    lower, upper = half_sum - half_difference, half_sum + half_difference
    first, last = (lower, upper) if is_extrinsic else (upper, lower)
    return np.where(is_locked, alone, first), middle, np.where(is_locked, 0.0, last)


def _length(x: Array, y: Array) -> Array:
    return np.linalg.norm(np.stack([x, y], axis=-1), axis=-1)


def _turn(angle: Array) -> Array:
    """Return the same direction between -π and π."""
    return angle - 2 * np.pi * (np.sign(angle) * (np.abs(angle) > np.pi))


def _turned(*angles: Array) -> Array:
    return np.stack([_turn(angle) for angle in angles], axis=-1)
