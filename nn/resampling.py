"""Parts of an axis, and values between its entries: matrices that an axis is multiplied by.

>>> along(np.array([[1.0, 2.0]]), interpolation(2, 4), axis=1)
array([[1.  , 1.25, 1.75, 2.  ]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array

__all__ = ["METHODS", "along", "cast_back", "cubic", "interpolation", "lanczos", "largest",
           "matrix", "means", "nearest"]  # fmt: skip

METHODS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


def along(x: Array, factors: np.ndarray, axis: int) -> Array:
    """Multiply an axis by a matrix, shape (length, new length).

    The dtype stays, but whole numbers become float32: the matrix has fractions.
    """
    x = x if x.dtype.kind in "fc" else x.astype(np.float32)
    factors = factors.astype(x.dtype)
    if axis in (-1, x.ndim - 1):
        return x @ factors
    return np.moveaxis(np.moveaxis(x, axis, -1) @ factors, -1, axis)


def cast_back(x: Array, dtype: np.dtype[Any]) -> Array:
    """Return interpolated numbers in the dtype of the entries.

    Whole numbers are rounded, and those without a sign clipped to their range, since cubic
    polynomials go beyond the entries. As a bool, any number but 0 is True, as in Keras.

    >>> cast_back(np.array([0.0, 0.25, 1.0]), np.dtype(bool))
    array([False,  True,  True])
    """
    if dtype.kind not in "iub":
        return x
    if dtype.kind == "u":
        x = np.clip(x, 0, float(np.iinfo(dtype).max))
    return (x if dtype.kind == "b" else np.round(x)).astype(dtype)


def means(x: Array, count: int, axis: int) -> Array:
    """Return the mean of each of `count` parts of an axis, as equal as may be.

    Parts overlap by an entry where they can't be equal.

    >>> means(np.array([[1.0, 2.0, 6.0]]), 2, axis=1)
    array([[1.5, 4. ]])
    """
    x, before = x if x.dtype.kind in "fc" else x.astype(np.float32), (slice(None),) * axis
    parts = [x[(*before, slice(*ends))] for ends in _parts(x.shape[axis], count)]
    return np.stack([np.mean(part, axis=axis) for part in parts], axis=axis)


def largest(x: Array, count: int, axis: int) -> Array:
    """Return the largest entry of each of `count` parts of an axis."""
    length = x.shape[axis]
    if length % count == 0:
        parts = x.reshape(*x.shape[:axis], count, length // count, *x.shape[axis + 1 :])
    else:
        longest = max(stop - start for start, stop in _parts(length, count))
        members = [
            [min(start + i, stop - 1) for i in range(longest)]
            for start, stop in _parts(length, count)
        ]
        parts = np.take(x, np.array(members), axis)
    return np.max(parts, axis=axis + 1)


def interpolation(length: int, new: int) -> np.ndarray:
    """Return the matrix that interpolates linearly between entries; shape (length, new length).

    The centers of the new entries divide the old ones evenly; outside of the first and the last
    center, the value stays.

    >>> interpolation(2, 4).T.tolist()
    [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]
    """
    centers = np.clip((np.arange(new) + 0.5) * (length / new) - 0.5, 0, length - 1)
    left = np.minimum(np.floor(centers).astype(int), max(length - 2, 0))
    share = centers - left
    table, columns = np.zeros((length, new)), np.arange(new)
    table[left, columns] += 1 - share
    table[np.minimum(left + 1, length - 1), columns] += share
    return table


def cubic(length: int, new: int) -> np.ndarray:
    """Return the matrix that interpolates by cubic polynomials (Keys 1981, with a = −0.75).

    The entries at both ends are repeated beyond them, as in PyTorch.

    >>> cubic(2, 2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    centers = (np.arange(new) + 0.5) * (length / new) - 0.5
    left = np.floor(centers).astype(int)
    result, columns = np.zeros((length, new)), np.arange(new)
    for offset in (-1, 0, 1, 2):
        weights = _keys(left + offset - centers, -0.75)
        np.add.at(result, (np.clip(left + offset, 0, length - 1), columns), weights)
    return result


def lanczos(length: int, new: int, radius: int, antialias: bool) -> np.ndarray:
    """Return the matrix that interpolates by sin(πx) sin(πx/r) r / (πx)², up to a distance of r.

    Beyond the ends there are no entries, and the weights of the others add up to 1, as in JAX and
    TensorFlow.

    >>> lanczos(2, 2, 3, False).round(9).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    stretch = max(length / new, 1.0) if antialias else 1.0
    centers = (np.arange(new) + 0.5) * (length / new)
    away = (np.arange(length)[:, np.newaxis] + 0.5 - centers) / stretch
    weights = np.where(np.abs(away) < radius, np.sinc(away) * np.sinc(away / radius), 0.0)
    normalized: np.ndarray = weights / weights.sum(axis=0)
    return normalized


def matrix(method: str, length: int, new: int, antialias: bool = False) -> np.ndarray:
    """Return the matrix of a method.

    Args:
        method: one of `METHODS`.
        length: of the axis.
        new: the new length.
        antialias: whether an axis that gets shorter is averaged over all of its entries, by the
            method's polynomial, stretched (with a = −0.5 for ``'bicubic'``, as in PyTorch).
    """
    if method.startswith("lanczos"):
        return lanczos(length, new, int(method[-1]), antialias)
    if antialias and method != "nearest":
        return _smoothed(method, length, new)
    return {"nearest": nearest, "bilinear": interpolation, "bicubic": cubic}[method](length, new)


def _smoothed(method: str, length: int, new: int) -> np.ndarray:
    stretch = max(length / new, 1.0)
    centers = (np.arange(new) + 0.5) * (length / new)
    away = (np.arange(length)[:, np.newaxis] + 0.5 - centers) / stretch
    is_cubic = method == "bicubic"
    weights = _keys(away, -0.5) if is_cubic else np.maximum(1 - np.abs(away), 0.0)
    averaged: np.ndarray = weights / weights.sum(axis=0)
    return averaged


def _keys(x: np.ndarray, a: float) -> np.ndarray:
    """Return the weights of entries at distances x from the center (Keys 1981, equation 4)."""
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


def nearest(length: int, new: int) -> np.ndarray:
    """Return the matrix that repeats or leaves out entries; shape (length, new length).

    A new entry is the old one in which its center lies.
    """
    table, columns = np.zeros((length, new)), np.arange(new)
    table[(2 * columns + 1) * length // (2 * new), columns] = 1
    return table


def _parts(length: int, count: int) -> list[tuple[int, int]]:
    return [(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]
