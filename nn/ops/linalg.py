"""Linear algebra, of one matrix or of stacks of them. Integers become float32."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array
from nn.ops.arrays import as_array, cast_to, floats, promoted
from nn.ops.control import jvp as jvp
from nn.ops.operation import operation

# fmt: off
__all__ = [
    "cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "jvp", "logdet", "lstsq",
    "lu_factor", "matrix_rank", "norm", "normalize", "pinv", "qr", "slogdet", "solve",
    "solve_triangular", "svd",
]
# fmt: on


@operation
def cholesky(x: Array, upper: bool = False) -> Array:
    """Return the triangular factor of a positive definite matrix."""
    lower = np.linalg.cholesky(floats(x))
    return np.swapaxes(lower, -2, -1).conj() if upper else lower


@operation
def cholesky_inverse(x: Array, upper: bool = False) -> Array:
    """Return the inverse of a matrix whose Cholesky factor is the lower (upper) triangle of x."""
    x = _matrices("cholesky_inverse", x)
    inverse = np.linalg.inv(np.swapaxes(np.triu(x), -2, -1) if upper else np.tril(x))
    return np.swapaxes(inverse, -2, -1) @ inverse


@operation
def det(x: Array) -> Array:
    """Return the determinant."""
    return np.linalg.det(floats(x))


@operation
def slogdet(x: Array) -> tuple[Array, Array]:
    """Return the sign of the determinant and the logarithm of its absolute value."""
    sign, logarithm = np.linalg.slogdet(floats(x))
    return sign, logarithm


@operation
def logdet(x: Array) -> Array:
    """Return the logarithm of the determinant of a positive definite matrix."""
    return 2.0 * np.sum(
        np.log(np.diagonal(np.linalg.cholesky(floats(x)), axis1=-2, axis2=-1)), axis=-1
    )


@operation
def eig(x: Array) -> tuple[Array, Array]:
    """Return the eigenvalues and the eigenvectors, complex where they need be."""
    values, vectors = np.linalg.eig(floats(x))
    return values, vectors


@operation
def eigh(x: Array) -> tuple[Array, Array]:
    """Return the eigenvalues of a symmetric matrix in ascending order, and the eigenvectors."""
    values, vectors = np.linalg.eigh(floats(x))
    return values, vectors


@operation
def inv(x: Array) -> Array:
    """Return the inverse."""
    return np.linalg.inv(floats(x))


@operation
def pinv(x: Array, rcond: float | None = None) -> Array:
    """Return the pseudoinverse; singular values up to ``rcond`` times the largest count as 0."""
    return np.linalg.pinv(floats(x), rcond)


@operation
def solve(a: Array, b: Array) -> Array:
    """Return the x with a @ x = b; b has a matrix, or a vector if it has one axis fewer."""
    a, b = promoted(as_array(a), as_array(b), as_float=True)
    if b.ndim == a.ndim - 1:
        return np.linalg.solve(a, b[..., np.newaxis])[..., 0]
    return np.linalg.solve(a, b)


@operation
def solve_triangular(a: Array, b: Array, lower: bool = False) -> Array:
    """Return the x with a @ x = b for the upper triangle of a, or with ``lower`` the lower one."""
    a = _matrices("solve_triangular", a)
    return solve(np.tril(a) if lower else np.triu(a), b)


@operation
def lstsq(a: Array, b: Array, rcond: float | None = None) -> Array:
    """Return the x that minimizes the norm of a @ x - b."""
    a, b = promoted(as_array(a), as_array(b), as_float=True)
    return np.linalg.lstsq(a, b, rcond)[0]


@operation
def qr(x: Array, mode: str = "reduced") -> tuple[Array, Array]:
    """Return an orthogonal and an upper triangular factor."""
    q, r = np.linalg.qr(floats(x), mode)  # type: ignore[call-overload] # a word
    return q, r


@operation
def svd(x: Array, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return the singular value decomposition (u, s, vh), or s alone."""
    x = floats(x)
    if not compute_uv:
        return np.linalg.svdvals(x)
    return tuple(np.linalg.svd(x, full_matrices))


@operation
def matrix_rank(x: Array, tol: float | None = None) -> Array:
    """Return the number of singular values above ``tol``, in int32."""
    return cast_to(as_array(np.linalg.matrix_rank(floats(x), tol)), "int32")


@operation
def lu_factor(x: Array) -> tuple[Array, Array]:
    """Return the factors L and U in one matrix, and the row that each row was interchanged with.

    It needs SciPy.
    """
    from autodiff.scipy import linalg  # SciPy is optional

    factors, pivots = linalg.lu_factor(_matrices("lu_factor", x, are_square=False))
    return factors, pivots


@operation
def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """Return a norm of vectors or matrices, as `numpy.linalg.norm`."""
    axis = tuple(axis) if isinstance(axis, list) else axis
    return np.linalg.norm(floats(x), ord, axis, keepdims)


@operation
def normalize(x: Array, axis: int = -1, order: Any = 2, epsilon: float | None = None) -> Array:
    """Divide by the norm along an axis, or by ``epsilon``, 1e-7 by default, if that is larger."""
    x = floats(x)
    size = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.maximum(size, 1e-7 if epsilon is None else epsilon)


def _matrices(name: str, x: Array, are_square: bool = True) -> Array:
    """Return matrices in a float dtype; raise a ValueError for other shapes."""
    x = floats(x)
    if x.ndim < 2 or (are_square and x.shape[-1] != x.shape[-2]):
        expected = "square matrices, shape (..., n, n)" if are_square else "matrices, (..., m, n)"
        raise ValueError(
            f"{name} expects {expected}, got shape {x.shape}. Pass the matrix as the first "
            "argument."
        )
    return x
