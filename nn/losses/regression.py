"""Regression losses: the distance between predictions and targets.

Each function takes targets and predictions of one shape and averages over the last axis, so that a
batch of shape (N, width) has N losses. The class of the same name weights and averages these.
"""

from __future__ import annotations

import math

import numpy as np

from autodiff import Array
from nn.losses.base import BuiltInLoss
from nn.losses.shapes import matched
from nn.numbers import EPSILON


def mean_squared_error(y_true: Array, y_pred: Array) -> Array:
    """Compute the mean of (y_pred − y_true)².

    >>> mean_squared_error([[0.0, 1.0]], [[2.0, 1.0]])
    array([2.])
    """
    y_true, y_pred = matched("mean_squared_error", y_true, y_pred)
    return np.mean(np.square(y_pred - y_true), axis=-1)


def mean_absolute_error(y_true: Array, y_pred: Array) -> Array:
    """Compute the mean of |y_pred − y_true|; the slope is 0 where they are equal.

    >>> mean_absolute_error([[1.0, 2.0]], [[2.0, 4.0]])
    array([1.5])
    """
    y_true, y_pred = matched("mean_absolute_error", y_true, y_pred)
    return np.mean(np.abs(y_pred - y_true), axis=-1)


def mean_absolute_percentage_error(y_true: Array, y_pred: Array) -> Array:
    """Compute the mean of 100 |y_pred − y_true| / |y_true|; |y_true| is at least 1e-7.

    >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 5.0]])
    array([37.5])
    """
    y_true, y_pred = matched("mean_absolute_percentage_error", y_true, y_pred)
    return 100.0 * np.mean(np.abs(y_pred - y_true) / np.maximum(np.abs(y_true), EPSILON), axis=-1)


def mean_squared_logarithmic_error(y_true: Array, y_pred: Array) -> Array:
    """Compute the mean of (log(1 + y_pred) − log(1 + y_true))²; both are at least 1e-7.

    >>> mean_squared_logarithmic_error([[0.0, 1.0]], [[1.0, 1.0]]).round(4)
    array([0.2402])
    """
    y_true, y_pred = matched("mean_squared_logarithmic_error", y_true, y_pred)
    ratio = np.log1p(np.maximum(y_pred, EPSILON)) - np.log1p(np.maximum(y_true, EPSILON))
    return np.mean(np.square(ratio), axis=-1)


def huber(y_true: Array, y_pred: Array, delta: float = 1.0) -> Array:
    """Compute the mean of error² / 2 up to |error| = ``delta``, continued as a straight line.

    Huber 1964. With c the error clipped to ±δ, both pieces are c · (error − c / 2).

    >>> huber([[0.0, 0.0]], [[0.5, 3.0]])
    array([1.3125])
    """
    y_true, y_pred = matched("huber", y_true, y_pred)
    error = y_pred - y_true
    clipped = np.clip(error, -delta, delta)
    return np.mean(clipped * (error - 0.5 * clipped), axis=-1)


def log_cosh(y_true: Array, y_pred: Array) -> Array:
    """Compute the mean of log cosh(y_pred − y_true), a smooth `huber`.

    >>> log_cosh([[0.0, 0.0]], [[1.0, 0.0]]).round(4)
    array([0.2169])
    """
    y_true, y_pred = matched("log_cosh", y_true, y_pred)
    error = y_pred - y_true
    return np.mean(np.logaddexp(error, -error) - math.log(2), axis=-1)


def cosine_similarity(y_true: Array, y_pred: Array, axis: int = -1) -> Array:
    """Compute minus the cosine of the angle between targets and predictions; 0 if one is 0.

    >>> cosine_similarity([[3.0, 4.0]], [[6.0, 8.0]]).round(6)
    array([-1.])
    """
    y_true, y_pred = matched("cosine_similarity", y_true, y_pred)
    return -np.sum(unit(y_true, axis) * unit(y_pred, axis), axis=axis)


def unit(x: Array, axis: int = -1) -> Array:
    """Divide ``x`` by its length along ``axis``, or by 1e-7 if that is greater."""
    square = np.sum(np.square(x), axis=axis, keepdims=True)
    return x / np.sqrt(np.maximum(square, EPSILON**2))


class MeanSquaredError(BuiltInLoss):
    """The loss of `mean_squared_error`.

    >>> float(MeanSquaredError()([[1.0, 2.0]], [[2.0, 4.0]]))
    2.5
    """

    rowwise = staticmethod(mean_squared_error)


class MeanAbsoluteError(BuiltInLoss):
    """The loss of `mean_absolute_error`.

    >>> float(MeanAbsoluteError()([[1.0, 2.0]], [[2.0, 4.0]]))
    1.5
    """

    rowwise = staticmethod(mean_absolute_error)


class MeanAbsolutePercentageError(BuiltInLoss):
    """The loss of `mean_absolute_percentage_error`.

    >>> float(MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 5.0]]))
    37.5
    """

    rowwise = staticmethod(mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(BuiltInLoss):
    """The loss of `mean_squared_logarithmic_error`.

    >>> round(float(MeanSquaredLogarithmicError()([[0.0, 1.0]], [[1.0, 1.0]])), 4)
    0.2402
    """

    rowwise = staticmethod(mean_squared_logarithmic_error)


class Huber(BuiltInLoss):
    """The loss of `huber`.

    Args:
        delta: the error from which the loss is a straight line; positive.
        reduction: as in `Loss`.
        name: as in `Loss`.

    >>> float(Huber(delta=1.0)([[0.0, 0.0]], [[0.5, 3.0]]))
    1.3125
    """

    rowwise = staticmethod(huber)
    left_out_by_keras = ("delta",)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
    ) -> None:
        super().__init__(reduction, name, delta=delta)


class LogCosh(BuiltInLoss):
    """The loss of `log_cosh`.

    >>> round(float(LogCosh()([[0.0, 0.0]], [[1.0, 0.0]])), 4)
    0.2169
    """

    rowwise = staticmethod(log_cosh)


class CosineSimilarity(BuiltInLoss):
    """The loss of `cosine_similarity`.

    Args:
        axis: the axis of the vectors.
        reduction: as in `Loss`.
        name: as in `Loss`.

    >>> round(float(CosineSimilarity()([[3.0, 4.0]], [[6.0, 8.0]])), 4)
    -1.0
    """

    rowwise = staticmethod(cosine_similarity)
    left_out_by_keras = ("axis",)

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(reduction, name, axis=axis)
