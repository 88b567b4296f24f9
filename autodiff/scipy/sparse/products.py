"""Products of sparse matrices with dense vectors and matrices.

For ``y = A x``, the slope in x is ``Aᵀ g``, and that in an entry at the place i, j is ``gᵢ xⱼ``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array

__all__ = ["filled", "pairwise", "places", "product", "times"]


@primitive
def times(x: Array, *, matrix: Any) -> Array:
    """Return the product of a constant sparse matrix with x."""
    return matrix @ x


derivative(times, x=lambda g, z, x, *, matrix: times(g, matrix=matrix.T))


# Matrices with traced entries. Their structure is a matrix of SciPy in a compressed form, whose
# numbers aren't used.


def filled(structure: Any, data: Array) -> Any:
    """Return the matrix of a structure with these entries."""
    parts = (data, structure.indices, structure.indptr)
    return type(structure)(parts, shape=structure.shape)


def places(structure: Any) -> tuple[Array, Array]:
    """Return the rows and columns of the entries, in their order."""
    entries = structure.tocoo()
    return entries.row, entries.col


@primitive
def product(data: Array, x: Array, *, structure: Any, transposed: bool = False) -> Array:
    """Return the product of a matrix, or of its transpose, with x."""
    matrix = filled(structure, data)
    return (matrix.T if transposed else matrix) @ x


def pairwise(g: Array, x: Array, structure: Any, transposed: bool) -> Array:
    """Return gᵢ xⱼ for each entry of a matrix, summed over the columns of g and x."""
    i, j = places(structure)[:: -1 if transposed else 1]
    both = g[i] * x[j]
    return np.sum(both, axis=-1) if np.ndim(both) == 2 else both


def _slope_data(
    g: Array, z: Array, data: Array, x: Array, *, structure: Any, transposed: bool = False
) -> Array:
    del z, data
    return pairwise(g, x, structure, transposed)


def _slope_x(
    g: Array, z: Array, data: Array, x: Array, *, structure: Any, transposed: bool = False
) -> Array:
    del z, x
    return product(data, g, structure=structure, transposed=not transposed)


derivative(product, data=_slope_data, x=_slope_x)
