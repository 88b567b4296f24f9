"""Vectors scaled to norm 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.argument_checks import keywords_checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["normalize"]


@keywords_checked
def normalize(x: ArrayLike, axis: int = -1, order: float = 2) -> NDArray[Any]:
    """Divide ``x`` by its norm along ``axis``; where the norm is 0, ``x`` isn't changed.

    Args:
        x: any shape of at least one axis.
        axis: the axis of the vectors that are scaled to norm 1.
        order: of the norm: 1, 2, ``np.inf``, as in `numpy.linalg.norm`.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    array = np.asarray(x)
    norm = np.linalg.norm(array, order, axis, keepdims=True)
    return np.asarray(array / np.where(norm == 0, norm.dtype.type(1), norm))
