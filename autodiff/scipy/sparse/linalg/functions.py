"""The exponential of a constant matrix times a vector, and norms of sparse matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse.linalg

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.scipy.face import is_traced
from autodiff.scipy.linalg.functions import without_draws
from autodiff.scipy.sparse.matrix import TracedMatrix, as_traced_matrix

__all__: list[str] = []


@primitive
@without_draws
def exponential_times(B: Array, *, matrix: Any, options: dict[str, Any]) -> Array:
    """Return exp(A) B for a constant A."""
    return scipy.sparse.linalg.expm_multiply(matrix, B, **options)


derivative(
    exponential_times,
    B=lambda g, z, B, *, matrix, options: exponential_times(g, matrix=matrix.T, options=options),
)


@composite(scipy.sparse.linalg.expm_multiply, exact=True)
def expm_multiply(A: Any, B: Array, *, traceA: Any = None, **interval: Any) -> Array:
    """Return exp(A) B for a constant A and a traced B."""
    if is_traced(A) or any(value is not None for value in interval.values()):
        raise NotImplementedError(
            f"expm_multiply at {user_line()} has slopes in B, at one time. For slopes in A use "
            f"autodiff.scipy.linalg.expm of A.toarray(), and for times t multiply A by them."
        )
    options = {} if traceA is None else {"traceA": traceA}
    return exponential_times(B, matrix=A.copy() if hasattr(A, "copy") else A, options=options)


@composite(scipy.sparse.linalg.norm, exact=True)
def norm(x: Any, ord: Any = None, axis: Any = None) -> Array:
    """Return a norm of a sparse matrix; those other than Frobenius' are of the dense matrix."""
    matrix: TracedMatrix = as_traced_matrix(x)
    if axis is None and ord in (None, "fro", "f"):
        return np.linalg.norm(matrix.data)
    return np.linalg.norm(matrix.toarray(), ord, axis)
