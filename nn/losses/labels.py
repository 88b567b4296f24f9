"""Checks of targets that are classes, with advice where they don't match the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.losses.shapes import describe, forgotten_flatten, require_same_shape, same_shape

if TYPE_CHECKING:
    from nn.losses.shapes import Shape


def require_class_columns(
    name: str, target: Shape, output: Shape, sparse: str = "sparse_categorical_crossentropy"
) -> None:
    """Check that targets have one column per class.

    Args:
        name: the loss or metric, for the message.
        target: the shape of the targets.
        output: the shape of the predictions.
        sparse: the loss or metric for class numbers, for the message.

    Raises:
        ValueError: the targets look like class numbers, or the output has a single column.
    """
    if output and output[-1] == 1:
        raise ValueError(
            f"{name} expects one column per class, got predictions of shape {describe(output)}: a "
            f"single class always has probability 1. Use binary_crossentropy with a sigmoid, or "
            f"give the last layer a unit per class."
        )
    if looks_like_labels(target, output):
        raise ValueError(
            f"{name} expects one column per class, got y of shape {describe(target)} for "
            f"predictions of shape {describe(output)}. If y holds class numbers, use "
            f"nn.utils.to_categorical(y), or {sparse!r}."
        )
    require_same_shape(name, target, output)


def require_labels(name: str, target: Shape, output: Shape, axis: int = -1) -> None:
    """Check that targets have one class number per row.

    Raises:
        ValueError: the targets look one-hot, or their shape doesn't match that of the output.
    """
    if not output:
        raise ValueError(
            f"{name} expects predictions with one column per class, got a single number. Pass "
            "shape (rows, classes)."
        )
    rows = _without(output, axis)
    if same_shape(target, rows) or same_shape(target, _with_one(rows, axis)):
        return
    advice = "Give y one class number per row."
    if len(output) > 2 and len(target) < len(output):
        advice = forgotten_flatten(output)
    if same_shape(target, output):
        advice = (
            "If y is one-hot, use the loss 'categorical_crossentropy', or np.argmax(y, axis=-1)."
        )
    raise ValueError(
        f"{name} expects one class number per row, of shape {describe(rows)}, got y of shape "
        f"{describe(target)} for predictions of shape {describe(output)}. {advice}"
    )


def require_classes_in_range(
    name: str, y_true: np.ndarray, classes: int, ignore_class: int | None = None
) -> None:
    """Check that class numbers are whole and from 0 to ``classes`` − 1.

    Raises:
        ValueError: one isn't; the message names its row.
    """
    ignored = np.zeros(y_true.shape, bool) if ignore_class is None else y_true == ignore_class
    valid = (y_true >= 0) & (y_true < classes) & (y_true == np.floor(y_true)) | ignored
    if not np.all(valid):
        row = int(np.argmin(valid.reshape(len(y_true), -1).all(axis=1)))
        value = y_true[row][~valid[row]].flat[0] if y_true.ndim > 1 else y_true[row]
        raise ValueError(
            f"{name} expects whole class numbers from 0 to {classes - 1}, because the output has "
            f"{classes} columns, got {value} in row {row} of y. Number the classes from 0, or "
            f"give the last layer a unit per class."
        )


def require_probabilities(name: str, y_true: np.ndarray) -> None:
    """Check that targets are from 0 to 1.

    Raises:
        ValueError: a target is out of this range.
    """
    low, high = np.min(y_true, initial=0), np.max(y_true, initial=1)
    if low < 0 or high > 1:
        raise ValueError(
            f"{name} expects targets from 0 to 1, got {low if low < 0 else high}. Convert the two "
            f"classes to 0 and 1, or use 'sparse_categorical_crossentropy' for more than two."
        )


def looks_like_labels(target: Shape, output: Shape) -> bool:
    """Return whether the targets have one entry per row, and the output several columns."""
    if not output or output[-1] == 1:
        return False
    rows = tuple(output[:-1])
    return same_shape(target, rows) or same_shape(target, (*rows, 1))


def _without(shape: Shape, axis: int) -> Shape:
    axis %= len(shape)
    return (*shape[:axis], *shape[axis + 1 :])


def _with_one(rows: Shape, axis: int) -> Shape:
    axis %= len(rows) + 1
    return (*rows[:axis], 1, *rows[axis:])
