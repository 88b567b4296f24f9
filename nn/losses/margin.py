"""Hinge losses: 0 for predictions that are on the right side by a margin of at least 1.

Targets are −1 and 1; if all targets of a batch are 0 or 1, 0 stands for −1.
"""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.losses.base import BuiltInLoss
from nn.losses.shapes import matched


def hinge(y_true: Array, y_pred: Array) -> Array:
    """Compute the mean of max(1 − y_true · y_pred, 0).

    >>> hinge([[-1.0, 1.0]], [[-2.0, 0.5]])
    array([0.25])
    """
    y_true, y_pred = matched("hinge", y_true, y_pred)
    return np.mean(np.maximum(1.0 - signs(y_true) * y_pred, 0.0), axis=-1)


def squared_hinge(y_true: Array, y_pred: Array) -> Array:
    """Compute the mean of max(1 − y_true · y_pred, 0)².

    >>> squared_hinge([[1.0, -1.0]], [[0.5, 1.0]])
    array([2.125])
    """
    y_true, y_pred = matched("squared_hinge", y_true, y_pred)
    return np.mean(np.square(np.maximum(1.0 - signs(y_true) * y_pred, 0.0)), axis=-1)


def categorical_hinge(y_true: Array, y_pred: Array) -> Array:
    """Compute max(1 + largest score of another class − score of the target's class, 0).

    >>> categorical_hinge([[0.0, 1.0]], [[0.5, 0.25]])
    array([1.25])
    """
    y_true, y_pred = matched("categorical_hinge", y_true, y_pred)
    correct = np.sum(y_true * y_pred, axis=-1)
    others = np.max((1.0 - y_true) * y_pred, axis=-1)
    return np.maximum(others - correct + 1.0, 0.0)


def signs(y_true: Array) -> Array:
    """Convert targets that are all 0 or 1 to −1 and 1; return others unchanged."""
    are_binary = np.all((y_true == 0) | (y_true == 1))
    return np.where(are_binary, 2.0 * y_true - 1.0, y_true)


class Hinge(BuiltInLoss):
    """The loss of `hinge`.

    >>> float(Hinge()([[1.0, -1.0]], [[0.5, 1.0]]))
    1.25
    """

    rowwise = staticmethod(hinge)


class SquaredHinge(BuiltInLoss):
    """The loss of `squared_hinge`.

    >>> float(SquaredHinge()([[1.0, -1.0]], [[0.5, 1.0]]))
    2.125
    """

    rowwise = staticmethod(squared_hinge)


class CategoricalHinge(BuiltInLoss):
    """The loss of `categorical_hinge`.

    >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.25]]))
    1.25
    """

    rowwise = staticmethod(categorical_hinge)
