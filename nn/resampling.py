"""Parts of an axis, and values between its entries: matrices that an axis is multiplied by.

>>> along(np.array([[1.0, 2.0, 6.0]]), averages(3, 2), axis=1)
array([[1.5, 4. ]])
"""

from __future__ import annotations

import numpy as np

from autodiff import Array

__all__ = ["along", "averages", "interpolation", "largest", "nearest"]


def along(x: Array, matrix: np.ndarray, axis: int) -> Array:
    """Multiply an axis by a matrix, shape (length, new length).

    The dtype stays, but whole numbers become float32: the matrix has fractions.
    """
    x = x if x.dtype.kind in "fc" else x.astype(np.float32)
    matrix = matrix.astype(x.dtype)
    if axis in (-1, x.ndim - 1):
        return x @ matrix
    return np.moveaxis(np.moveaxis(x, axis, -1) @ matrix, -1, axis)


def averages(length: int, count: int) -> np.ndarray:
    """Return the matrix of the means over `count` parts of an axis, as equal as may be.

    Parts overlap by an entry where they can't be equal.
    """
    matrix = np.zeros((length, count))
    for part, (start, stop) in enumerate(_parts(length, count)):
        matrix[start:stop, part] = 1 / (stop - start)
    return matrix


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
    matrix, columns = np.zeros((length, new)), np.arange(new)
    matrix[left, columns] += 1 - share
    matrix[np.minimum(left + 1, length - 1), columns] += share
    return matrix


def nearest(length: int, new: int) -> np.ndarray:
    """Return the matrix that repeats or leaves out entries; shape (length, new length).

    A new entry is the old one in which its center lies.
    """
    matrix, columns = np.zeros((length, new)), np.arange(new)
    matrix[(2 * columns + 1) * length // (2 * new), columns] = 1
    return matrix


def _parts(length: int, count: int) -> list[tuple[int, int]]:
    return [(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]
