"""Accuracies: the fraction of predictions that are correct, for the kinds of targets."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.losses.labels import require_class_columns, require_labels
from nn.losses.shapes import as_arrays, require_same_shape
from nn.metrics.base import BuiltInMetric


def accuracy(y_true: Array, y_pred: Array) -> Array:
    """Return 1 where the prediction equals the target, 0 elsewhere.

    >>> accuracy([1, 2, 3], [1, 2, 4])
    array([1., 1., 0.], dtype=float32)
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    require_same_shape("accuracy", y_true.shape, y_pred.shape)
    return (y_true == y_pred).astype(np.float32)


def binary_accuracy(y_true: Array, y_pred: Array, threshold: float = 0.5) -> Array:
    """Return 1 where ``y_pred > threshold`` equals the target, 0 or 1, and 0 elsewhere.

    >>> binary_accuracy([1, 0, 1], [0.9, 0.5, 0.5])
    array([1., 1., 0.], dtype=float32)
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    require_same_shape("binary_accuracy", y_true.shape, y_pred.shape)
    return (y_true == (y_pred > threshold)).astype(np.float32)


def categorical_accuracy(y_true: Array, y_pred: Array) -> Array:
    """Return 1 where the largest prediction is in the column of the largest target (one-hot).

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]])
    array([1., 0.], dtype=float32)
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    _require_columns("categorical_accuracy", y_true, y_pred)
    return (np.argmax(y_true, axis=-1) == np.argmax(y_pred, axis=-1)).astype(np.float32)


def sparse_categorical_accuracy(y_true: Array, y_pred: Array) -> Array:
    """Return 1 where the largest prediction is in the column of the target, a class number.

    >>> sparse_categorical_accuracy([2, 0], [[0.1, 0.2, 0.7], [0.1, 0.9, 0.0]])
    array([1., 0.], dtype=float32)
    """
    y_true, y_pred = _labels_and_scores("sparse_categorical_accuracy", y_true, y_pred)
    return (y_true == np.argmax(y_pred, axis=-1)).astype(np.float32)


def top_k_categorical_accuracy(y_true: Array, y_pred: Array, k: int = 5) -> Array:
    """Return 1 where the column of the largest target has one of the ``k`` largest predictions.

    >>> top_k_categorical_accuracy([[0, 0, 1], [0, 1, 0]], [[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], k=2)
    array([0., 1.], dtype=float32)
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    _require_columns("top_k_categorical_accuracy", y_true, y_pred)
    return _in_top_k(np.argmax(y_true, axis=-1), y_pred, k)


def sparse_top_k_categorical_accuracy(
    y_true: Array, y_pred: Array, k: int = 5, from_sorted_ids: bool = False
) -> Array:
    """Return 1 where the target, a class number, has one of the ``k`` largest predictions.

    With ``from_sorted_ids`` the predictions are class numbers, the most probable first.

    >>> sparse_top_k_categorical_accuracy([0, 2], [[0.3, 0.4, 0.3], [0.5, 0.4, 0.1]], k=2)
    array([1., 0.], dtype=float32)
    """
    y_true, y_pred = _labels_and_scores("sparse_top_k_categorical_accuracy", y_true, y_pred)
    if from_sorted_ids:
        return np.any(y_true[..., np.newaxis] == y_pred[..., :k], axis=-1).astype(np.float32)
    return _in_top_k(y_true.astype(np.int64), y_pred, k)


def _require_columns(name: str, y_true: Array, y_pred: Array) -> None:
    require_class_columns(name, y_true.shape, y_pred.shape, sparse=f"sparse_{name}")


def _labels_and_scores(name: str, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    y_true, y_pred = as_arrays(y_true, y_pred)
    require_labels(name, y_true.shape, y_pred.shape)
    return (y_true[..., 0] if y_true.ndim == y_pred.ndim else y_true), y_pred


def _in_top_k(labels: Array, y_pred: Array, k: int) -> Array:
    """Return 1 where fewer than ``k`` predictions exceed that of the label, and this isn't NaN.

    Of a label that isn't the number of a prediction it is 0.
    """
    is_class = (labels >= 0) & (labels < y_pred.shape[-1])
    known = np.where(is_class, labels, 0)
    score = np.take_along_axis(y_pred, known[..., np.newaxis], axis=-1)
    in_top_k = is_class & (np.sum(~(y_pred <= score), axis=-1) < k)
    return in_top_k.astype(np.float32)


class Accuracy(BuiltInMetric):
    """The fraction of predictions that equal their targets.

    >>> metric = Accuracy()
    >>> metric.update_state([1, 2, 3, 4], [1, 2, 3, 5])
    >>> metric.result()
    0.75
    """

    rowwise = staticmethod(accuracy)


class BinaryAccuracy(BuiltInMetric):
    """The fraction of predictions on the correct side of a threshold.

    Args:
        name: as in `Metric`.
        threshold: a prediction above it means 1.

    >>> metric = BinaryAccuracy(threshold=0.5)
    >>> metric.update_state([1, 0, 1, 1], [0.9, 0.2, 0.4, 0.8])
    >>> metric.result()
    0.75
    """

    rowwise = staticmethod(binary_accuracy)

    def __init__(self, name: str | None = None, threshold: float = 0.5) -> None:
        super().__init__(name, threshold=threshold)


class CategoricalAccuracy(BuiltInMetric):
    """The fraction of rows with the largest prediction in the column of the one-hot target.

    >>> metric = CategoricalAccuracy()
    >>> metric.update_state([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]])
    >>> metric.result()
    0.5
    """

    rowwise = staticmethod(categorical_accuracy)


class SparseCategoricalAccuracy(BuiltInMetric):
    """The fraction of rows with the largest prediction in the column of the target's class.

    >>> metric = SparseCategoricalAccuracy()
    >>> metric.update_state([1, 0], [[0.2, 0.8], [0.4, 0.6]])
    >>> metric.result()
    0.5
    """

    rowwise = staticmethod(sparse_categorical_accuracy)


class TopKCategoricalAccuracy(BuiltInMetric):
    """The fraction of rows with the one-hot target among the ``k`` largest predictions.

    >>> metric = TopKCategoricalAccuracy(k=2)
    >>> metric.update_state([[0, 0, 1], [0, 1, 0]], [[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    >>> metric.result()
    0.5
    """

    rowwise = staticmethod(top_k_categorical_accuracy)

    def __init__(self, k: int = 5, name: str | None = None) -> None:
        super().__init__(name, k=k)


class SparseTopKCategoricalAccuracy(BuiltInMetric):
    """The fraction of rows with the target's class among the ``k`` largest predictions.

    >>> metric = SparseTopKCategoricalAccuracy(k=2)
    >>> metric.update_state([2, 1], [[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    >>> metric.result()
    0.5
    """

    rowwise = staticmethod(sparse_top_k_categorical_accuracy)
    left_out_by_keras = ("from_sorted_ids",)

    def __init__(self, k: int = 5, name: str | None = None, from_sorted_ids: bool = False) -> None:
        super().__init__(name, k=k, from_sorted_ids=from_sorted_ids)
