"""Counts of true and false positives and negatives, and the metrics computed from them.

A prediction is positive if it is greater than the threshold. Scores and thresholds are compared as
float32, as models compute them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

import numpy as np

from autodiff import Array
from nn.losses.reduction import align_weight
from nn.losses.shapes import require_same_shape
from nn.metrics.base import Metric, aligned
from nn.numbers import finite

Thresholds: TypeAlias = float | Sequence[float] | None


class ConfusionMetric(Metric):
    """The base class: counts true and false positives at each threshold, over all batches.

    Args:
        thresholds: from 0 to 1; for a list, the result is an array. 1/2 by default.
        top_k: only the ``top_k`` largest predictions of a row can be positive; by default, without
            thresholds, all of these are.
        class_id: only this column is counted.
        name: as in `Metric`.
    """

    true_positives: Array
    false_positives: Array
    positives: float
    negatives: float

    def __init__(
        self,
        thresholds: Thresholds = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.init_thresholds = thresholds
        self.thresholds = _checked_thresholds(thresholds, default=0.5 if top_k is None else -np.inf)
        self.top_k, self.class_id = top_k, class_id
        self.reset_state()

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Add one batch.

        Args:
            y_true: 0 and 1; targets (N,) match predictions (N, 1).
            y_pred: scores, of the same shape.
            sample_weight: one weight per row, or per score; None means equal weights.
        """
        y_true, y_pred = aligned(y_true, y_pred)
        require_same_shape(self.name, y_true.shape, y_pred.shape)
        weights = np.ones(y_pred.shape)
        if sample_weight is not None:
            weights = weights * align_weight(sample_weight, y_pred.shape, weights.dtype)
        if self.top_k is not None:
            y_pred = keep_top_k(y_pred, self.top_k)
        if self.class_id is not None:
            y_true, y_pred, weights = (a[..., self.class_id] for a in (y_true, y_pred, weights))
        self.count(y_true.astype(bool).ravel(), y_pred.ravel(), weights.ravel())

    def count(self, truth: Array, scores: Array, weights: Array) -> None:
        """Add flat arrays of truths, scores and weights to the counts."""
        true, false = weights * truth, weights * ~truth
        self.true_positives = self.true_positives + above(self.thresholds, scores, true)
        self.false_positives = self.false_positives + above(self.thresholds, scores, false)
        self.positives += float(np.sum(true))
        self.negatives += float(np.sum(false))

    @property
    def false_negatives(self) -> Array:
        """The weight of positives that are predicted to be negative, per threshold."""
        return np.maximum(self.positives - self.true_positives, 0.0)

    @property
    def true_negatives(self) -> Array:
        """The weight of negatives that are predicted to be negative, per threshold."""
        return np.maximum(self.negatives - self.false_positives, 0.0)

    def reset_state(self) -> None:
        """Remove all batches."""
        self.true_positives = self.false_positives = np.zeros(len(self.thresholds))
        self.positives = self.negatives = 0.0

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(thresholds=self.init_thresholds, **elsewhere)

    def per_threshold(self, values: Array) -> Array:
        """Return a number for one threshold, an array for several."""
        return float(values[0]) if len(values) == 1 else values


class Precision(ConfusionMetric):
    """The fraction of positive predictions that are true; 0 if there are none.

    >>> Precision()([0, 1, 1, 1], [0.9, 0.2, 0.8, 0.7]).__round__(6)
    0.666667
    """

    def result(self) -> Array:
        """Return true positives / (true positives + false positives)."""
        return self.per_threshold(
            ratio(self.true_positives, self.true_positives + self.false_positives)
        )


class Recall(ConfusionMetric):
    """The fraction of positives that are predicted to be positive; 0 if there are none.

    >>> Recall(thresholds=[0.5, 0.75])([0, 1, 1, 1, 1], [0.9, 0.2, 0.8, 0.7, 0.1])
    array([0.5 , 0.25])
    """

    def result(self) -> Array:
        """Return true positives / (true positives + false negatives)."""
        return self.per_threshold(
            ratio(self.true_positives, self.true_positives + self.false_negatives)
        )


class Count(ConfusionMetric):
    """The base class of the four counts."""

    counted: ClassVar[str]

    def __init__(self, thresholds: Thresholds = None, name: str | None = None) -> None:
        super().__init__(thresholds, name=name)

    def result(self) -> Array:
        """Return the count, or the sum of the weights."""
        return self.per_threshold(getattr(self, self.counted))


class TruePositives(Count):
    """The number of positives that are predicted to be positive.

    >>> metric = TruePositives()
    >>> metric.update_state([1, 0, 1, 1], [0.9, 0.8, 0.4, 0.7])
    >>> metric.result()
    2.0
    """

    counted = "true_positives"


class FalsePositives(Count):
    """The number of negatives that are predicted to be positive.

    >>> metric = FalsePositives()
    >>> metric.update_state([1, 0, 1, 1], [0.9, 0.8, 0.4, 0.7])
    >>> metric.result()
    1.0
    """

    counted = "false_positives"


class TrueNegatives(Count):
    """The number of negatives that are predicted to be negative.

    >>> metric = TrueNegatives()
    >>> metric.update_state([1, 0, 0, 1], [0.9, 0.8, 0.4, 0.7])
    >>> metric.result()
    1.0
    """

    counted = "true_negatives"


class FalseNegatives(Count):
    """The number of positives that are predicted to be negative.

    >>> metric = FalseNegatives()
    >>> metric.update_state([1, 0, 1, 1], [0.9, 0.8, 0.4, 0.7])
    >>> metric.result()
    1.0
    """

    counted = "false_negatives"


def above(thresholds: Array, scores: Array, weights: Array) -> Array:
    """Return, for each threshold, the sum of the weights of the scores above it, which NaN isn't.

    >>> above(np.array([0.5, 0.2]), np.array([0.1, 0.5, 0.9]), np.array([1.0, 10.0, 100.0]))
    array([100., 110.])
    """
    scores = np.where(np.isnan(scores), -np.inf, scores).astype(np.float32)
    order = np.argsort(scores)
    sums_from = np.append(np.cumsum(weights[order][::-1])[::-1], 0.0)
    first_above = np.searchsorted(scores[order], thresholds.astype(np.float32), side="right")
    return sums_from[first_above]


def keep_top_k(scores: Array, k: int) -> Array:
    """Replace scores by −∞ except the ``k`` largest of each row; of equal ones, keep the first."""
    best = np.argsort(-scores, axis=-1, kind="stable")[..., :k]
    kept = np.full(scores.shape, -np.inf, dtype=np.float32)
    np.put_along_axis(kept, best, np.take_along_axis(scores, best, axis=-1), axis=-1)
    return kept


def ratio(part: Array, whole: Array) -> Array:
    """Return ``part / whole``, or 0 where ``whole`` is 0."""
    return np.where(whole == 0, 0.0, part / np.where(whole == 0, 1.0, whole))


def _checked_thresholds(thresholds: Thresholds, default: float) -> Array:
    if thresholds is None:
        return np.array([default])
    several = isinstance(thresholds, Sequence | np.ndarray) and not isinstance(thresholds, str)
    numbers: Any = thresholds if several else [thresholds]
    values = np.array([finite("each of thresholds", number) for number in numbers])
    if np.any((values < 0) | (values > 1)):
        raise ValueError(
            f"expected thresholds from 0 to 1, got {thresholds}. For scores beyond this range, "
            f"apply nn.activations.sigmoid first."
        )
    return values
