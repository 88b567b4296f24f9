"""Checks that targets and predictions have one shape, and their conversion to one dtype.

NumPy would broadcast targets of shape (N,) against predictions of shape (N, 1) to an N × N array,
whose mean is a meaningless loss. So the shapes have to be equal, but for a last axis of width 1,
which is added or removed as in Keras.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from autodiff import Array
from nn.conversion import as_real

Shape: TypeAlias = Sequence[int | None]  # None: any number of rows


def require_same_columns(name: str, before: Array, columns: int) -> None:
    """Raise a ValueError where the sums of earlier batches are of another number of columns.

    Args:
        name: the name of the metric.
        before: its sums, one per column, or a scalar before the first batch.
        columns: the number of columns of this batch.
    """
    if before.ndim and len(before) != columns:
        raise ValueError(
            f"{name} expects batches of {len(before)} columns, as the first one, got {columns}. "
            "Call reset_state() before other batches."
        )


def matched(name: str, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Return targets and predictions as arrays of the predictions' dtype, and of one shape.

    Integer predictions become float64. A last axis of width 1 that one lacks is added or removed.

    Args:
        name: the name of the calling function, for the message.
        y_true: an array or a list.
        y_pred: an array or a list.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    target, output = of_one_rank(y_true.shape, y_pred.shape)
    require_same_shape(name, target, output)
    if len(target) != y_true.ndim:
        y_true = y_true.reshape(target)
    if len(output) != y_pred.ndim:
        y_pred = y_pred.reshape(output)
    return same_dtype(y_true, y_pred)


def of_one_rank(target: Shape, output: Shape) -> tuple[Shape, Shape]:
    """Return both shapes with as many axes, where only a last one of width 1 makes the difference.

    A vector gets it, as a column of one number per row; from other arrays it is removed.

    >>> of_one_rank((8,), (8, 1)), of_one_rank((8, 3, 1), (8, 3)), of_one_rank((8,), (8, 2))
    (((8, 1), (8, 1)), ((8, 3), (8, 3)), ((8,), (8, 2)))
    """
    longer, shorter = (target, output) if len(target) > len(output) else (output, target)
    if len(longer) == len(shorter) + 1 and longer[-1] == 1:
        if len(shorter) == 1:
            shorter = (*shorter, 1)
        else:
            longer = longer[:-1]
    return (longer, shorter) if len(target) > len(output) else (shorter, longer)


def same_dtype(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Convert both to the dtype of the predictions, or to float64 if these are integers."""
    if y_pred.dtype.kind in "iub":
        y_pred = y_pred.astype(np.float64)
    if y_true.dtype != y_pred.dtype:
        y_true = y_true.astype(y_pred.dtype)
    return y_true, y_pred


def require_same_shape(name: str, target: Shape, output: Shape) -> None:
    """Check that targets and predictions have the same shape.

    Raises:
        ValueError: the shapes differ; the message advises how to change them.

    >>> require_same_shape("mean_squared_error", (8, 3), (8, 1))
    Traceback (most recent call last):
    ...
    ValueError: mean_squared_error expects targets and predictions of one shape, got y of shape
    (8, 3) and predictions of shape (8, 1). Give the last layer 3 units, or y 1 columns.
    """
    if not same_shape(target, output):
        raise ValueError(
            f"{name} expects targets and predictions of one shape, got y of shape "
            f"{describe(target)} and predictions of shape {describe(output)}. "
            f"{_advice(target, output)}"
        )


def same_shape(target: Shape, output: Shape) -> bool:
    """Return whether two shapes are equal; a number of rows that is None equals any."""
    if len(target) != len(output):
        return False
    return all(None in pair or pair[0] == pair[1] for pair in zip(target, output, strict=True))


def describe(shape: Shape) -> str:
    """Format a shape, with N for an unknown number of rows.

    >>> describe((None, 3))
    '(N, 3)'
    """
    entries = ["N" if width is None else str(width) for width in shape]
    return f"({entries[0]},)" if len(entries) == 1 else f"({', '.join(entries)})"


def as_arrays(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Return both as arrays of real numbers; see `as_real`. Of float16 they become float32.

    Float16 can't hold the 1e-7 that keeps logarithms and quotients finite.
    """
    return _widened(as_real("y_true", y_true)), _widened(as_real("y_pred", y_pred))


def _widened(x: Array) -> Array:
    return x.astype(np.float32) if x.dtype == np.float16 else x


def forgotten_flatten(output: Shape) -> str:
    """Return the advice for predictions with an axis too many."""
    return (
        f"Each row's predictions have {len(output) - 1} axes: put Flatten() before the first Dense "
        "layer, which acts on the last axis alone, or give y the shape of the predictions."
    )


def _advice(target: Shape, output: Shape) -> str:
    is_one_number = all(width == 1 for width in target[1:])  # for each row, with axes added
    if len(output) > (2 if is_one_number else max(len(target), 2)):
        return forgotten_flatten(output)
    if len(target) == 1 and len(output) == 2 and output[-1] != 1:
        return (
            "Give the last layer 1 unit, as y has one number per row. If y holds class numbers, "
            "use the loss 'sparse_categorical_crossentropy'."
        )
    if len(output) == len(target) + 1 and output[-1] == 1:
        return "Give y a last axis of width 1: y.reshape(-1, 1)."
    if len(target) == len(output) + 1 and target[-1] == 1:
        return "Remove the last axis of y: y[..., 0]."
    if len(target) == len(output) > 1 and same_shape(target[:-1], output[:-1]):
        return f"Give the last layer {target[-1]} units, or y {output[-1]} columns."
    return "Give y the shape of the predictions."
