"""Losses of areas: how far predicted areas are from covering the true ones.

Without ``axis``, the areas of a whole batch are one, and the loss is one number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_axes
from nn.losses.base import BuiltInLoss
from nn.losses.shapes import matched
from nn.numbers import EPSILON


def dice(y_true: Array, y_pred: Array, axis: Any = None) -> Array:
    """Compute 1 − 2 Σ y_true · y_pred / (Σ y_true + Σ y_pred) (Milletari et al. 2016).

    Args:
        y_true: 0 and 1, or fractions.
        y_pred: probabilities, of the same shape.
        axis: the axes to add up over; all by default.

    >>> dice([[1.0, 1.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]).round(6)
    np.float64(0.333333)
    """
    y_true, y_pred = matched("dice", y_true, y_pred)
    axis = as_axes(axis)
    both = np.sum(y_true * y_pred, axis=axis)
    each = np.sum(y_true, axis=axis) + np.sum(y_pred, axis=axis)
    return 1.0 - 2.0 * both / (each + EPSILON)


def tversky(
    y_true: Array, y_pred: Array, alpha: float = 0.5, beta: float = 0.5, axis: Any = None
) -> Array:
    """Compute 1 − T / (T + α F + β P) (Salehi et al. 2017), which is `dice` for α = β = 1/2.

    T is Σ y_true · y_pred, F = Σ y_true · (1 − y_pred), P = Σ (1 − y_true) · y_pred, as in Keras.

    Args:
        y_true: 0 and 1, or fractions.
        y_pred: probabilities, of the same shape.
        alpha: the weight of what is missed.
        beta: the weight of what is predicted wrongly.
        axis: the axes to add up over; all by default.

    >>> round(float(tversky([[1.0, 1.0, 0.0]], [[1.0, 0.0, 1.0]])), 4)
    0.5
    """
    y_true, y_pred = matched("tversky", y_true, y_pred)
    axis = as_axes(axis)
    both = np.sum(y_true * y_pred, axis=axis)
    missed = np.sum(y_true * (1.0 - y_pred), axis=axis)
    wrong = np.sum((1.0 - y_true) * y_pred, axis=axis)
    return 1.0 - both / (both + alpha * missed + beta * wrong + EPSILON)


class Dice(BuiltInLoss):
    """The loss of `dice`.

    >>> Dice(axis=-1, reduction=None)([[1.0, 1.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]]).round(6)
    array([0.333333, 0.      ])
    """

    rowwise = staticmethod(dice)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        axis: Any = None,
    ) -> None:
        super().__init__(reduction, name, axis=axis)


class Tversky(BuiltInLoss):
    """The loss of `tversky`, which documents the options.

    >>> round(float(Tversky(alpha=0.3, beta=0.7)([[1.0, 1.0, 0.0]], [[1.0, 0.0, 1.0]])), 4)
    0.5
    """

    rowwise = staticmethod(tversky)

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        axis: Any = None,
    ) -> None:
        super().__init__(reduction, name, alpha=alpha, beta=beta, axis=axis)
