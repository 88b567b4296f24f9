"""The coefficients of a linear system: the entries of a sparse matrix, a dense one, a constant.

For ``A x = b``, the slope in b is ``w = A⁻ᵀ g``, the solution of the transposed system, and that in
the entry i, j of A is ``-wᵢ xⱼ`` (the implicit function theorem).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from scipy.sparse.linalg import LinearOperator

from autodiff.core.options import settled
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.scipy.sparse.matrix import TracedMatrix
from autodiff.scipy.sparse.products import filled, pairwise
from autodiff.transforms.bound import bound

__all__ = ["ConstantMatrix", "DenseMatrix", "Entries", "coefficients_of", "kept"]


@dataclass(frozen=True, eq=False)
class Entries:
    """The entries of a sparse matrix, whose places are constant."""

    structure: Any

    def matrix(self, data: Array, transposed: bool) -> Any:
        """Return SciPy's matrix, or its transpose."""
        matrix = filled(self.structure, data)
        return matrix.T if transposed else matrix

    def slope(self, w: Array, z: Array, transposed: bool) -> Array:
        """Return the slope in the entries."""
        return -pairwise(w, z, self.structure, transposed)


@dataclass(frozen=True, eq=False)
class DenseMatrix:
    """A dense matrix."""

    def matrix(self, data: Array, transposed: bool) -> Any:
        """Return the matrix, or its transpose."""
        return data.T if transposed else data

    def slope(self, w: Array, z: Array, transposed: bool) -> Array:
        """Return the slope in all entries."""
        left, right = (z, w) if transposed else (w, z)
        return -(left[:, None] * right)


class ConstantMatrix:
    """A constant matrix or linear operator: it has no data, and no slope is needed.

    The first run is of the operator itself, all others of one that later changes don't reach.
    """

    def __init__(self, operator: Any) -> None:
        self._operator, self._again = operator, kept(operator)
        self._is_first = True

    def matrix(self, data: None, transposed: bool) -> Any:  # noqa: ARG002 - as for the others
        """Return the matrix, or its transpose."""
        operator = self._operator if self._is_first else self._again
        self._is_first = False
        return operator.T if transposed else operator


def kept(operator: Any) -> Any:
    """Return a linear operator, or one of its parts, with what its functions read now."""
    if isinstance(operator, LinearOperator):
        new = copy.copy(operator)
        vars(new).update({name: kept(part) for name, part in vars(operator).items()})
        return new
    if type(operator) is tuple:
        return tuple(map(kept, operator))
    if scipy.sparse.issparse(operator):
        return operator.copy()
    return settled(bound(operator))


def coefficients_of(A: Any) -> tuple[Array, Any]:
    """Return the data of a matrix that have slopes, and how to make the matrix of them."""
    if isinstance(A, TracedMatrix):
        return A.data, Entries(A.structure)
    if isinstance(A, Tensor):
        return A, DenseMatrix()
    return None, ConstantMatrix(np.asarray(A) if isinstance(A, (list, tuple)) else A)
