"""Correlations of predictions and targets, along the last axis by default: one for each row."""

from __future__ import annotations

from functools import reduce

import numpy as np

from autodiff import Array
from nn.losses.shapes import require_same_shape
from nn.metrics.base import BuiltInMetric, aligned
from nn.numbers import EPSILON


def pearson_correlation(y_true: Array, y_pred: Array, axis: int = -1) -> Array:
    """Compute Pearson's coefficient, cov(y_true, y_pred) / (σ_true · σ_pred), for each row.

    >>> pearson_correlation([[0.0, 1.0, 2.0]], [[1.0, 2.0, 3.0]]).round(6)
    array([1.])
    """
    true, predicted = _centered("pearson_correlation", y_true, y_pred, axis)[:2]
    return np.mean(_standardized(true, axis) * _standardized(predicted, axis), axis=axis)


def concordance_correlation(y_true: Array, y_pred: Array, axis: int = -1) -> Array:
    """Compute 2 cov / (σ²_true + σ²_pred + (difference of the means)²) for each row (Lin 1989).

    It is 1 for equal values only.

    >>> concordance_correlation([[0.0, 1.0, 2.0]], [[1.0, 2.0, 3.0]]).round(6)
    array([0.571429])
    """
    true, predicted, shift = _centered("concordance_correlation", y_true, y_pred, axis)
    extremes = (np.max(np.abs(x), axis=axis, keepdims=True) for x in (true, predicted, shift))
    unit = np.maximum(1.0, reduce(np.maximum, extremes))  # so that squares don't overflow
    true, predicted, shift = true / unit, predicted / unit, shift / unit
    products = true * predicted, true * true, predicted * predicted, shift * shift
    covariance, *others = (np.mean(product, axis=axis) for product in products)
    return 2 * covariance / (sum(others) + np.squeeze(EPSILON / unit / unit, axis))


def _standardized(x: Array, axis: int) -> Array:
    """Return numbers of mean 0 with a variance of 1; their squares neither over- nor underflow."""
    x = x / np.max(np.abs(x), axis=axis, keepdims=True)
    return x / np.sqrt(np.mean(x * x, axis=axis, keepdims=True))


def _centered(name: str, y_true: Array, y_pred: Array, axis: int) -> tuple[Array, Array, Array]:
    """Return the differences of both from their means along an axis, and that of the means.

    Raises:
        ValueError: there is one value only along the axis.
    """
    y_true, y_pred = aligned(y_true, y_pred)
    require_same_shape(name, y_true.shape, y_pred.shape)
    if not y_pred.ndim or y_pred.shape[axis] < 2:
        raise ValueError(
            f"{name} expects at least 2 values along axis {axis}, got shape {y_pred.shape}. Choose "
            "another axis, such as axis=0 for the correlation within each batch."
        )
    means = np.mean(y_true, axis=axis, keepdims=True), np.mean(y_pred, axis=axis, keepdims=True)
    return y_true - means[0], y_pred - means[1], means[0] - means[1]


class PearsonCorrelation(BuiltInMetric):
    """The mean of `pearson_correlation` over the rows.

    >>> metric = PearsonCorrelation()
    >>> metric.update_state([[1.0, 2.0, 3.0]], [[2.0, 4.0, 6.0]])
    >>> round(metric.result(), 4)
    1.0
    """

    rowwise = staticmethod(pearson_correlation)

    def __init__(self, name: str | None = "pearson_correlation", axis: int = -1) -> None:
        super().__init__(name, axis=axis)


class ConcordanceCorrelation(BuiltInMetric):
    """The mean of `concordance_correlation` over the rows.

    >>> metric = ConcordanceCorrelation()
    >>> metric.update_state([[1.0, 2.0, 3.0]], [[2.0, 3.0, 4.0]])
    >>> round(metric.result(), 4)
    0.5714
    """

    rowwise = staticmethod(concordance_correlation)

    def __init__(self, name: str | None = "concordance_correlation", axis: int = -1) -> None:
        super().__init__(name, axis=axis)
