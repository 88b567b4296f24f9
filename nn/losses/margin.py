"""Losses that ask for a margin: none from a prediction of the right sign that is large enough.

Targets are −1 and 1; where all of a batch are 0 or 1, 0 stands for −1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.losses.base import BuiltInLoss
from nn.losses.shapes import matched

if TYPE_CHECKING:
    from nn.losses.shapes import Array


def hinge(y_true: Array, y_pred: Array) -> Array:
    """The mean of max(1 − y_true · y_pred, 0).

    >>> hinge([[-1.0, 1.0]], [[-2.0, 0.5]])
    array([0.25])
    """
    y_true, y_pred = matched("hinge", y_true, y_pred)
    return np.mean(np.maximum(1.0 - signs(y_true) * y_pred, 0.0), axis=-1)


def squared_hinge(y_true: Array, y_pred: Array) -> Array:
    """The mean of max(1 − y_true · y_pred, 0)²."""
    y_true, y_pred = matched("squared_hinge", y_true, y_pred)
    return np.mean(np.square(np.maximum(1.0 - signs(y_true) * y_pred, 0.0)), axis=-1)


def categorical_hinge(y_true: Array, y_pred: Array) -> Array:
    """How much the best wrong score lacks of being 1 below the right one; targets are one-hot."""
    y_true, y_pred = matched("categorical_hinge", y_true, y_pred)
    right = np.sum(y_true * y_pred, axis=-1)
    wrong = np.max((1.0 - y_true) * y_pred, axis=-1)
    return np.maximum(wrong - right + 1.0, 0.0)


def signs(y_true: Array) -> Array:
    """Turn targets that are all 0 or 1 into −1 and 1; others stay."""
    are_binary = np.all((y_true == 0) | (y_true == 1))
    return np.where(are_binary, 2.0 * y_true - 1.0, y_true)


class Hinge(BuiltInLoss):
    """The loss of `hinge`."""

    rowwise = staticmethod(hinge)


class SquaredHinge(BuiltInLoss):
    """The loss of `squared_hinge`."""

    rowwise = staticmethod(squared_hinge)


class CategoricalHinge(BuiltInLoss):
    """The loss of `categorical_hinge`."""

    rowwise = staticmethod(categorical_hinge)
