"""The F-score: precision and recall as one number, per class or averaged."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.argument_checks import one_of
from nn.losses.reduction import weight_of_rows
from nn.losses.shapes import require_same_columns, require_same_shape
from nn.metrics.base import Metric, aligned, as_table
from nn.numbers import EPSILON, positive, up_to_one

AVERAGES = (None, "micro", "macro", "weighted")


class FBetaScore(Metric):
    """The weighted harmonic mean (1 + β²) · precision · recall / (β² · precision + recall).

    Args:
        average: None for one score per class; ``"macro"`` for their mean, ``"weighted"`` for their
            mean weighted by the frequency of each class, ``"micro"`` to count all classes together.
        beta: the weight of recall relative to precision; positive.
        threshold: above 0, at most 1: a prediction above it is positive; with None, the largest of
            each row is.
        name: as in `Metric`.

    >>> F1Score(average="micro", threshold=0.5)([[1, 1], [0, 1]], [[0.9, 0.8], [0.6, 0.1]])
    0.66666...
    """

    true_positives: Array
    false_positives: Array
    false_negatives: Array

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
    ) -> None:
        super().__init__(name)
        self.average = one_of("average", average, AVERAGES)
        self.beta = positive("beta", beta)
        self.threshold = None if threshold is None else up_to_one("threshold", threshold)
        self.reset_state()

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Add one batch: targets, 0 or 1 per class, and scores, both of shape (N, classes)."""
        y_true, y_pred = aligned(y_true, y_pred)
        require_same_shape(self.name, y_true.shape, y_pred.shape)
        y_true, y_pred = as_table(y_true), as_table(y_pred)
        require_same_columns(self.name, self.true_positives, y_true.shape[-1])
        positive = self._positive(y_pred).astype(np.float64)
        weight = weight_of_rows(sample_weight, len(y_true))
        self.true_positives = self.true_positives + weight @ (positive * y_true)
        self.false_positives = self.false_positives + weight @ (positive * (1.0 - y_true))
        self.false_negatives = self.false_negatives + weight @ ((1.0 - positive) * y_true)

    def result(self) -> Array:
        """Return the score, or one per class."""
        true, false, missed = self.true_positives, self.false_positives, self.false_negatives
        if self.average == "micro":
            true, false, missed = np.sum(true), np.sum(false), np.sum(missed)
        precision = true / (true + false + EPSILON)
        recall = true / (true + missed + EPSILON)
        square = self.beta**2
        scores = (1 + square) * precision * recall / (square * precision + recall + EPSILON)
        if self.average is None:
            return scores
        if self.average == "weighted":
            occurrences = true + missed
            return float(np.sum(scores * occurrences) / (np.sum(occurrences) + EPSILON))
        return float(np.mean(scores))

    def reset_state(self) -> None:
        """Remove all batches."""
        self.true_positives = self.false_positives = self.false_negatives = np.zeros(())

    def _positive(self, y_pred: Array) -> Array:
        if self.threshold is not None:
            return y_pred > self.threshold
        return (y_pred >= np.max(y_pred, axis=-1, keepdims=True)) & (np.abs(y_pred) > 1e-9)


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall; the arguments are those of `FBetaScore`.

    >>> metric = F1Score(threshold=0.5)
    >>> metric.update_state([[1], [0], [1], [1]], [[0.9], [0.8], [0.4], [0.7]])
    >>> metric.result().round(4)
    array([0.6667])
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
    ) -> None:
        super().__init__(average, 1.0, threshold, name)
