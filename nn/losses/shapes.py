"""Targets and predictions brought to one dtype, and refused where their shapes don't fit.

NumPy would broadcast targets of shape (N,) against predictions of shape (N, 1) to an N × N table,
whose mean is a number that trains a model towards nothing. So shapes have to be equal here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any  # a NumPy array, or the engine's stand-in for one while it is traced
Shape: TypeAlias = Sequence[int | None]  # None: any number of rows


def matched(name: str, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Answer targets and predictions of equal shapes, both of the predictions' dtype.

    Predictions of integers are made float64.

    Args:
        name: the function that asks, for the message.
        y_true: an array or a list.
        y_pred: an array or a list.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred = array(y_true), array(y_pred)
    require_same_shape(name, y_true.shape, y_pred.shape)
    return same_dtype(y_true, y_pred)


def same_dtype(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Give both the predictions' dtype, float64 for integers: integer targets widen nothing."""
    if y_pred.dtype.kind in "iub":
        y_pred = y_pred.astype(np.float64)
    if y_true.dtype != y_pred.dtype:
        y_true = y_true.astype(y_pred.dtype)
    return y_true, y_pred


def require_same_shape(name: str, target: Shape, output: Shape) -> None:
    """Refuse a target whose shape differs from the output's.

    Raises:
        ValueError: the shapes differ; the message says how to mend it.

    >>> require_same_shape("mean_squared_error", (8,), (8, 1))
    Traceback (most recent call last):
    ...
    ValueError: mean_squared_error expects targets and predictions of one shape, got y of shape
    (8,) and predictions of shape (8, 1). Give y a last axis of width 1: y.reshape(-1, 1).
    """
    if not same_shape(target, output):
        raise ValueError(
            f"{name} expects targets and predictions of one shape, got y of shape "
            f"{describe(target)} and predictions of shape {describe(output)}. "
            f"{_advice(target, output)}"
        )


def same_shape(target: Shape, output: Shape) -> bool:
    """Tell whether two shapes agree; the number of rows counts only where both know it."""
    if len(target) != len(output):
        return False
    return all(None in pair or pair[0] == pair[1] for pair in zip(target, output, strict=True))


def describe(shape: Shape) -> str:
    """Write a shape with N for an unknown number of rows.

    >>> describe((None, 3))
    '(N, 3)'
    """
    entries = ["N" if width is None else str(width) for width in shape]
    return f"({entries[0]},)" if len(entries) == 1 else f"({', '.join(entries)})"


def array(values: Array) -> Array:
    """Make an array of a list or a number; what is an array, or traced, stays as it is."""
    return values if hasattr(values, "dtype") else np.asarray(values)


def _advice(target: Shape, output: Shape) -> str:
    if len(output) == len(target) + 1 and output[-1] == 1:
        return "Give y a last axis of width 1: y.reshape(-1, 1)."
    if len(target) == len(output) + 1 and target[-1] == 1:
        return "Take away the last axis of y: y[..., 0]."
    if len(target) == len(output) > 1 and same_shape(target[:-1], output[:-1]):
        return f"Give the last layer {target[-1]} units, or y {output[-1]} columns."
    return "Give y the shape of the predictions."
