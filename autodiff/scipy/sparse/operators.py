"""The operators of a Tensor and a constant sparse matrix of SciPy: ``A @ t``, ``A / t``."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse

from autodiff.core.errors import user_line
from autodiff.core.registry import operators
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.scipy.sparse.beside import beside_sparse, refuse_number
from autodiff.scipy.sparse.matrix import as_traced_matrix
from autodiff.scipy.sparse.products import times

__all__: list[str] = []

_has_numbers = np.ndim(scipy.sparse.coo_array([[1.0]]) @ np.ones(1)) == 0
"""Whether SciPy's product of a coo_array of one row and a vector is a number: since 1.15."""


def _constant(matrix: Any) -> Any:
    """Return a copy: the backward pass needs the present entries."""
    compressed = matrix if matrix.format in ("csr", "csc", "bsr", "dia") else matrix.tocsr()
    return compressed.copy() if compressed is matrix else compressed


def _product(left: Any, right: Any) -> Array:
    matrix, t = (right, left) if isinstance(left, Tensor) else (left, right)
    inner = 0 if matrix is left else -1
    if matrix.ndim != 2 or t.ndim not in (1, 2) or t.shape[inner] != matrix.shape[1 + inner]:
        raise ValueError(
            f"a product with a sparse matrix needs a vector or matrix of matching length, got "
            f"shapes {left.shape} and {right.shape} at {user_line()}. Transpose one of them."
        )
    constant = _constant(matrix)
    found = times(t, matrix=constant) if matrix is left else times(t.T, matrix=constant.T).T
    is_number = isinstance(matrix, scipy.sparse.coo_array) and _has_numbers
    return found[0] if is_number and found.shape == (1,) else found


def _entry_by_entry(left: Any, right: Any) -> Any:
    matrix, t = (right, left) if isinstance(left, Tensor) else (left, right)
    return as_traced_matrix(matrix).multiply(t)


def _quotient(left: Any, right: Any) -> Any:
    if isinstance(left, Tensor):
        raise TypeError(
            f"a traced value divided by a sparse matrix, whose other entries are 0, at "
            f"{user_line()}. Divide by A.toarray()."
        )
    return as_traced_matrix(left) / right


def _sum(left: Any, right: Any) -> Array:
    return _on_dense(np.add)(*(beside_sparse(x) for x in (left, right)))


def _on_dense(ufunc: Any) -> Function:
    def operate(left: Any, right: Any) -> Array:
        for operand in (left, right):
            refuse_number(operand)
        return ufunc(*(x if isinstance(x, Tensor) else x.toarray() for x in (left, right)))

    return operate


for _name in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil"):
    for _kind, _times in (("array", _entry_by_entry), ("matrix", _product)):
        _type = getattr(scipy.sparse, f"{_name}_{_kind}")
        operators[np.matmul, _type] = _product
        operators[np.multiply, _type] = _times
        operators[np.divide, _type] = _quotient
        operators[np.add, _type] = _sum
        operators[np.subtract, _type] = _on_dense(np.subtract)
