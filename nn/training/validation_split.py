"""The validation split: the last rows of the data, which aren't trained on."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn import losses
from nn.losses.base import BuiltInLoss
from nn.messages import warn
from nn.training.class_weight import labels_of
from nn.training.dataset import Dataset

__all__ = ["split"]

_OF_LABELS = (
    losses.SparseCategoricalCrossentropy,
    losses.BinaryCrossentropy,
    losses.Hinge,
    losses.SquaredHinge,
)


def split(
    data: Dataset, validation_split: float, loss: losses.Loss | None = None
) -> tuple[Dataset, Dataset | None]:
    """Split off the last rows for validation, before any shuffling, as Keras does.

    Args:
        data: all the rows.
        validation_split: the fraction of rows to validate on, from 0 (none) to below 1;
            ``floor(rows * (1 - validation_split))`` rows are for training.
        loss: decides whether the targets are classes; if it is None or user-defined, their
            values decide.

    Raises:
        TypeError: the fraction isn't a number.
        ValueError: the fraction is outside [0, 1), or leaves either part without rows.

    Warns:
        UserWarning: a class has no row in the training part.
    """
    if not isinstance(validation_split, Real):
        raise TypeError(
            f"expected validation_split to be a fraction of the rows in [0, 1), got "
            f"{validation_split!r} of type {type(validation_split).__name__}. Pass 0.2 to validate "
            "on the last fifth."
        )
    if not 0 <= validation_split < 1:
        raise ValueError(
            f"expected validation_split to be a fraction of the rows in [0, 1), got "
            f"{validation_split}. Pass 0.2 to validate on the last fifth."
        )
    if validation_split == 0:
        return data, None
    rows = len(data)
    count = math.floor(rows * (1.0 - validation_split))
    if count in (0, rows):
        raise ValueError(
            f"validation_split={validation_split} of {rows} rows leaves {count} rows to train "
            f"on and {rows - count} to validate on. Pass more rows, or another fraction."
        )
    train = data.take(slice(0, count))
    _warn_of_missing_classes(data.y, train.y, loss)
    return train, data.take(slice(count, rows))


def _warn_of_missing_classes(
    y: NDArray[Any] | None, train_y: NDArray[Any] | None, loss: losses.Loss | None
) -> None:
    if not isinstance(y, np.ndarray) or train_y is None or not _holds_classes(y, loss):
        return
    missing = np.setdiff1d(labels_of(y), labels_of(train_y))
    missing = missing[missing != getattr(loss, "ignore_class", None)]
    if len(missing):
        warn(
            f"no row of class {', '.join(map(str, missing[:5]))} is left to train on: "
            f"validation_split takes the last {len(y) - len(train_y)} rows, before shuffling. "
            "Shuffle the rows beforehand, or pass validation_data."
        )


def _holds_classes(y: NDArray[Any], loss: losses.Loss | None) -> bool:
    """Return whether targets are classes: by a built-in loss, or else by their values.

    One-hot rows are classes for every loss, and so are 0 and 1. For a user-defined loss, so are two
    other whole numbers, and the labels 0 to K - 1.
    """
    if y.ndim == 2 and y.shape[1] > 1:
        return bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())
    if y.ndim > 2 or (y != np.round(y)).any():
        return False
    if isinstance(loss, _OF_LABELS):
        return True
    values = np.unique(y)
    counts_up = bool((values == np.arange(len(values))).all())
    if isinstance(loss, BuiltInLoss):
        return len(values) == 2 and counts_up
    return 2 * len(values) <= len(y) and (len(values) == 2 or counts_up)
