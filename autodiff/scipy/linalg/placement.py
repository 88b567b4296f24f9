"""Functions that only place entries in a matrix, such as ``block_diag``.

SciPy's function is run on the positions of the entries, which tells where each of them goes.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.linalg

from autodiff.core.errors import user_line
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked

__all__ = ["placed"]


def placed(function: Function, *arrays: Array) -> Array:
    """Return what a function makes of arrays: their entries in other places, and zeros."""
    shapes = [np.shape(array) for array in arrays]
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    positions = [
        np.arange(1 + end - math.prod(shape), 1 + end).reshape(shape)
        for shape, end in zip(shapes, ends, strict=True)
    ]
    entries = np.concatenate([np.zeros(1, bool), *(np.reshape(array, -1) for array in arrays)])
    return entries[function(*positions).astype(int)]


@composite(scipy.linalg.block_diag, exact=True)
def block_diag(*arrs: Array) -> Array:
    """Return a matrix with these blocks along its diagonal."""
    return placed(scipy.linalg.block_diag, *arrs)


@composite(scipy.linalg.circulant, exact=True)
def circulant(c: Array) -> Array:
    """Return the matrix whose columns are c, rotated."""
    return placed(scipy.linalg.circulant, c)


@composite(scipy.linalg.toeplitz, exact=True)
def toeplitz(c: Array, r: Array = None) -> Array:
    """Return the matrix with constant diagonals, its first column c and first row r."""
    mirrored = np.conjugate(c) if np.iscomplexobj(c) else c  # np.conjugate turns bools into ints
    return placed(scipy.linalg.toeplitz, c, mirrored if r is None else r)


@composite(scipy.linalg.hankel, exact=True)
def hankel(c: Array, r: Array = None) -> Array:
    """Return the matrix with constant antidiagonals, its first column c and last row r."""
    return placed(scipy.linalg.hankel, c, *([] if r is None else [r]))


@composite(scipy.linalg.convolution_matrix, exact=True)
def convolution_matrix(a: Array, n: int, mode: str = "full") -> Array:
    """Return the matrix that convolves vectors of n entries with a."""
    return placed(lambda a: scipy.linalg.convolution_matrix(a, n, mode), a)


@composite(scipy.linalg.leslie, exact=True)
def leslie(f: Array, s: Array) -> Array:
    """Return the matrix of a population with fecundities f and survival rates s."""
    return placed(scipy.linalg.leslie, f, s)


@composite(scipy.linalg.diagsvd, exact=True)
def diagsvd(s: Array, M: int, N: int) -> Array:
    """Return the M×N matrix with these singular values on its diagonal."""
    return placed(lambda s: scipy.linalg.diagsvd(s, M, N), s)


# Companions of a polynomial a.


def _companion(function: Function) -> Function:
    """Return a function whose matrix has 0, 1 and the entries of -a / a[0]."""

    def companion(a: Array) -> Array:
        a = np.atleast_1d(a)
        a = checked(
            a, a[..., :1] == 0,
            message=f"expected a first coefficient other than 0, by which {function.__name__} "
            f"divides, got 0. Leave out leading zeros.",
        )  # fmt: skip
        pattern = function(np.arange(1.0, a.shape[-1] + 1))  # has -k for the entry k - 1
        entries = -a / a[..., :1]
        picked = entries[..., np.maximum(-pattern, 1).astype(int) - 1]
        return np.where(pattern < 0, picked, pattern.astype(np.real(peek(picked)).dtype))

    return companion


for _function in (scipy.linalg.companion, scipy.linalg.fiedler_companion):
    composite(_function)(_companion(_function))


@composite(scipy.linalg.fiedler)
def fiedler(a: Array) -> Array:
    """Return the distances of all pairs of numbers."""
    if np.size(a) <= 1:
        return scipy.linalg.fiedler(peek(a))
    return np.abs(a[..., :, None] - a[..., None, :])


@composite(scipy.linalg.khatri_rao)
def khatri_rao(a: Array, b: Array) -> Array:
    """Return the Kronecker products of the columns of a with those of b."""
    a, b = as_array(a), as_array(b)
    if min(a.ndim, b.ndim) < 2 or a.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"expected two matrices with as many columns, got the shapes {a.shape} and {b.shape} "
            f"at {user_line()}."
        )
    both = a[..., :, None, :] * b[..., None, :, :]
    *stack, rows, more, columns = both.shape
    return np.reshape(both, (*stack, rows * more, columns))
