"""Numbers and dense arrays beside a sparse matrix, in sums and differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array

__all__ = ["beside_sparse", "is_zero", "refuse_number"]


def is_zero(x: Any) -> bool:
    """Return whether an operand is the plain number 0, with which ``sum`` of Python begins."""
    return not isinstance(x, Tensor) and np.ndim(x) == 0 and bool(x == 0)


def refuse_number(x: Any) -> None:
    """Raise an error where SciPy does: a number added to a sparse matrix would fill it.

    Raises:
        NotImplementedError: the operand is a number, or an array of no axes.
    """
    if np.ndim(x) == 0:
        raise NotImplementedError(
            f"a number added to a sparse matrix, or subtracted, isn't supported (at "
            f"{user_line()}). Write A.toarray() + x."
        )


def beside_sparse(x: Array) -> Array:
    """Return the dense operand of a sum, but not a difference: of float16, SciPy makes float32."""
    refuse_number(x)
    return x.astype(np.float32) if getattr(x, "dtype", None) == np.float16 else x
