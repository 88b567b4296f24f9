"""Rows with weights, in the form in which a weight of 2 is the same as two rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COPIES = 8  # of a row, on average, up to which they are looked for

__all__ = ["merged", "weighted"]


def weighted(
    x: NDArray[Any], y: NDArray[Any], sample_weight: NDArray[Any] | None, most: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    """Return the rows that count, with their weights.

    Rows of weight 0 are dropped. Where all rows are one batch, equal rows become one with the sum
    of their weights, so that training has the same bits with two rows as with a weight of 2.

    Args:
        x: the inputs, a row for each example.
        y: the targets.
        sample_weight: one number per row; None for 1.
        most: the number of rows in a batch.

    Raises:
        ValueError: no weight is above 0.
    """
    if sample_weight is not None:
        counts = sample_weight != 0
        if not counts.any():
            raise ValueError("expected a sample_weight above 0, got only zeros. Pass weights.")
        if not counts.all():
            x, y, sample_weight = x[counts], y[counts], sample_weight[counts]
        if (sample_weight == 1).all():
            sample_weight = None
    if len(x) <= _COPIES * most:
        found = merged(x, y, sample_weight)
        if len(found[0]) <= most:
            return found
    return x, y, sample_weight


def merged(
    x: NDArray[Any], y: NDArray[Any], sample_weight: NDArray[Any] | None
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    """Return each different row once, in a fixed order, with the sum of its weights.

    >>> x, y, weight = merged(np.array([[1.0], [0.0], [1.0]]), np.array([1, 0, 1]), None)
    >>> x.ravel().tolist(), y.tolist(), weight.tolist()
    ([0.0, 1.0], [0, 1], [1.0, 2.0])
    """
    both = np.column_stack([x, y.astype(np.float64)])
    _, first, place = np.unique(both, axis=0, return_index=True, return_inverse=True)
    if sample_weight is None and len(first) == len(x):
        return x, y, None
    total = np.bincount(place.ravel(), sample_weight, minlength=len(first))
    return x[first], y[first], total.astype(np.float64)
