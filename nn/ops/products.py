"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array
from nn.ops.arrays import as_array, cast_to, floats, promoted, promoted_list, summed_dtype
from nn.ops.operation import named, operation


def _product(name: str) -> Any:
    function = getattr(np, name)

    def call(x1: Array, x2: Array) -> Array:
        return function(*promoted(as_array(x1), as_array(x2)))

    return named(name, call, f"Return `numpy.{name}` of two arrays.")


dot, inner, kron, matmul, outer, vdot = map(
    _product, ("dot", "inner", "kron", "matmul", "outer", "vdot")
)


@operation
def tensordot(x1: Array, x2: Array, axes: Any = 2) -> Array:
    """Return the sums of products over axes of both arrays."""
    x1, x2 = promoted(as_array(x1), as_array(x2))
    return np.tensordot(x1, x2, axes)


@operation
def einsum(subscripts: str, *operands: Array) -> Array:
    """Return the sums of products that the subscripts say."""
    return np.einsum(subscripts, *promoted_list(operands))


@operation
def cross(
    x1: Array,
    x2: Array,
    axisa: int = -1,
    axisb: int = -1,
    axisc: int = -1,
    axis: int | None = None,
) -> Array:
    """Return the cross product of vectors of 3 numbers."""
    x1, x2 = promoted(as_array(x1), as_array(x2))
    return np.cross(x1, x2, axisa, axisb, axisc, axis)


@operation
def correlate(x1: Array, x2: Array, mode: str = "valid") -> Array:
    """Return the cross-correlation of two sequences."""
    x1, x2 = promoted(as_array(x1), as_array(x2), as_float=True)
    return np.correlate(x1, x2, mode=mode)  # type: ignore[call-overload] # a word


@operation
def corrcoef(x: Array) -> Array:
    """Return the correlations of the rows with each other."""
    x = floats(x)
    return cast_to(np.corrcoef(x), x.dtype)


@operation
def trace(x: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """Return the sum of a diagonal."""
    x = as_array(x)
    return cast_to(np.trace(x, offset, axis1, axis2), summed_dtype(x))


@operation
def cdist(x: Array, y: Array) -> Array:
    """Return the distances of points: shapes (..., n, d) and (..., m, d) give (..., n, m)."""
    x, y = promoted(as_array(x), as_array(y), as_float=True)
    return np.linalg.norm(x[..., :, np.newaxis, :] - y[..., np.newaxis, :, :], axis=-1)


@operation
def polar(abs_: Array, angle: Array) -> Array:
    """Return complex numbers of these absolute values and angles."""
    size, angle = promoted(as_array(abs_), as_array(angle), as_float=True)
    return size * np.cos(angle) + 1j * (size * np.sin(angle))
