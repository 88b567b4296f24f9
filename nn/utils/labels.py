"""Class numbers as rows of 0 and 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.argument_checks import keywords_checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["to_categorical"]


@keywords_checked
def to_categorical(x: ArrayLike, num_classes: int | None = None) -> NDArray[np.float64]:
    """Convert class numbers to rows with a single 1 (one-hot).

    Args:
        x: class numbers from 0 on, of any shape; a last axis of 1 is removed, fractions truncated.
        num_classes: the number of columns; by default the largest class number plus 1.

    Raises:
        TypeError: the labels aren't numbers.
        ValueError: a label is negative, not finite, or has no column; or there are no labels.

    >>> to_categorical([0, 2, 1])
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.]])
    """
    labels = _class_numbers(np.asarray(x))
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        num_classes = _count_classes(labels)
    if labels.size and labels.max() >= num_classes:
        raise ValueError(
            f"expected labels below num_classes={num_classes}, got {labels.max()}. Write "
            f"num_classes={labels.max() + 1}, or number the classes from 0 on."
        )
    rows = np.zeros((*labels.shape, num_classes))
    np.put_along_axis(rows, labels[..., np.newaxis], 1, axis=-1)
    return rows


def _class_numbers(labels: NDArray[Any]) -> NDArray[np.intp]:
    """Return labels truncated to whole numbers, and check that these are from 0 on."""
    if labels.dtype.kind not in "biuf":
        raise TypeError(
            f"expected class numbers, got labels of dtype {labels.dtype}. Number the classes: "
            "classes, labels = np.unique(labels, return_inverse=True)."
        )
    if not np.isfinite(labels).all():
        row = int(np.argmin(np.isfinite(labels.ravel())))
        raise ValueError(
            f"expected a class number in every row, got {labels.ravel()[row]} in row {row}. "
            "Drop or fill in the rows without a label."
        )
    numbers = labels.astype(np.intp)
    if numbers.size and numbers.min() < 0:
        raise ValueError(
            f"expected class numbers from 0 on, got {numbers.min()}. Renumber the classes: "
            "classes, labels = np.unique(labels, return_inverse=True)."
        )
    return numbers


def _count_classes(labels: NDArray[np.intp]) -> int:
    if not labels.size:
        raise ValueError(
            "expected at least one label to count the classes from, got none. Pass num_classes."
        )
    return int(labels.max()) + 1
