"""Class weights: the weight of each row in the loss, by its class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn import tree
from nn.training.dataset import Dataset

__all__ = ["labels_of", "weigh_classes"]


def weigh_classes(data: Dataset, class_weight: Mapping[int, float] | None) -> Dataset:
    """Multiply each row's weight by the weight of its class; 1 for a class that isn't named.

    Args:
        data: its ``y`` holds whole-number labels, shape (rows,) or (rows, 1), or one-hot
            rows, whose class is the column of the largest entry.
        class_weight: maps labels to weights; a label may be a float that is whole.

    Raises:
        TypeError: ``class_weight`` isn't a mapping from whole numbers to numbers.
        ValueError: the targets aren't classes, or a weight isn't finite.

    >>> from nn.training.preparation import prepare
    >>> weigh_classes(prepare([[1], [2], [3]], [0, 1, 2]), {1: 5.0}).sample_weight
    array([1., 5., 1.], dtype=float32)
    """
    if class_weight is None:
        return data
    _check_class_weight(class_weight)
    labels, indices = np.unique(labels_of(data.y), return_inverse=True)
    weights = np.array([class_weight.get(label, 1) for label in labels.tolist()], np.float32)
    sample_weight = weights[indices]
    if data.sample_weight is not None:
        sample_weight = sample_weight * data.sample_weight
    return replace(data, sample_weight=sample_weight)


def labels_of(y: NDArray[Any] | None) -> NDArray[np.int64]:
    """Return a class per row: the label, or the column of the largest entry of a one-hot row."""
    if y is None:
        raise ValueError("expected targets for class_weight, got y=None. Pass y.")
    if tree.is_structure(y):
        raise ValueError(
            "expected the targets of one output for class_weight, got those of several. Use "
            "sample_weight, with an array for each output."
        )
    if y.ndim == 2 and y.shape[1] > 1:
        y = np.argmax(y, axis=1)
    labels: NDArray[Any] = y.reshape(-1)
    if len(labels) != len(y) or (labels != np.round(labels)).any():
        raise ValueError(
            "expected classes as targets for class_weight, whole numbers, one per row, or one-hot "
            f"rows, got shape {y.shape} and dtype {y.dtype}, such as {labels[0]}. Leave out "
            "class_weight, or use sample_weight."
        )
    return labels.astype(np.int64)


def _check_class_weight(class_weight: object) -> None:
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            "expected class_weight to map each class to its weight, like {0: 1.0, 1: 3.0}, got "
            f"{type(class_weight).__name__}. Convert a list by dict(enumerate(weights))."
        )
    for label, weight in class_weight.items():
        if not isinstance(label, Real) or not float(label).is_integer():
            raise TypeError(
                f"expected class_weight to map whole numbers, got {label!r} as a class. "
                "Use the labels in y (for one-hot rows, the number of the column)."
            )
        if not isinstance(weight, Real):
            raise TypeError(
                f"expected class_weight to map to numbers, got {weight!r} for class {label}. "
                "Leave the class out for a weight of 1."
            )
        if not math.isfinite(weight):
            raise ValueError(
                f"expected class_weight to map to finite numbers, got {weight} for class {label}. "
                "Leave the class out for a weight of 1."
            )
