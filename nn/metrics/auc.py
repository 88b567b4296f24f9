"""The area under a curve of true and false positives, parametrized by the threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autodiff import Array
from nn.activations import sigmoid
from nn.argument_checks import one_of
from nn.losses.reduction import align_weight
from nn.losses.shapes import require_same_shape
from nn.metrics.base import aligned
from nn.metrics.confusion import ConfusionMetric, ratio
from nn.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Sequence


CURVES = ("ROC", "PR", "PRGAIN")
SUMMATIONS = ("interpolation", "minoring", "majoring")
MARGIN = 1e-7  # the outermost thresholds lie this far outside [0, 1]


class AUC(ConfusionMetric):
    """The area under the ROC curve or the precision-recall curve, approximated by thresholds.

    The ROC area is the probability that a positive has a higher score than a negative: 1/2 for
    guessing. The precision-recall curve is interpolated as in Davis and Goadrich 2006.

    Args:
        num_thresholds: the number of thresholds, evenly spaced over [0, 1].
        curve: ``"ROC"``, ``"PR"``, or ``"PRGAIN"``, whose axes are precision and recall relative
            to those of a classifier that always predicts positive (Flach and Kull 2015).
        summation_method: ``"interpolation"``, or the lower or upper sum: ``"minoring"`` or
            ``"majoring"``.
        name: as in `Metric`.
        thresholds: the inner thresholds, instead of evenly spaced ones.
        multi_label: whether each column is a separate label with its own area; the result is the
            mean of these areas.
        num_labels: the number of columns with ``multi_label``; by default that of the first batch.
        label_weights: a number for each column: the weight of its area, or without
            ``multi_label`` of its predictions.
        from_logits: whether the predictions are scores before the sigmoid.

    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
    0.75
    """

    left_out_by_keras = ("thresholds",)

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        inner = thresholds
        if inner is None:
            inner = np.linspace(0, 1, whole("num_thresholds", num_thresholds, 2))[1:-1].tolist()
        super().__init__(np.sort(inner).tolist(), name=name)
        self.num_thresholds = len(self.thresholds) + 2
        self.init_thresholds = None if thresholds is None else self.thresholds.tolist()
        self.thresholds = np.concatenate([[-MARGIN], self.thresholds, [1 + MARGIN]])
        self.curve = _one_of("curve", curve, CURVES)
        self.summation_method = _one_of("summation_method", summation_method, SUMMATIONS)
        self.from_logits = from_logits
        self.multi_label = multi_label
        self.num_labels = _checked_num_labels(num_labels, multi_label)
        self.label_weights = None if label_weights is None else np.asarray(label_weights, float)
        self._single = {  # the arguments of the area of one column
            "curve": curve,
            "summation_method": summation_method,
            "thresholds": self.thresholds[1:-1],
            "from_logits": from_logits,
        }
        self._areas: list[AUC] = []
        self.reset_state()

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Add one batch; the arguments are those of `ConfusionMetric.update_state`."""
        y_true, y_pred = aligned(y_true, y_pred)
        if self.multi_label or self.label_weights is not None:
            self._check_columns(y_pred.shape)
        if not self.multi_label:
            super().update_state(y_true, y_pred, self._label_weighted(sample_weight, y_pred.shape))
            return
        require_same_shape(self.name, y_true.shape, y_pred.shape)
        if not self._areas:
            self._areas = [AUC(name=self.name, **self._single) for _ in range(y_pred.shape[1])]
        weights = _per_prediction(sample_weight, y_pred.shape)
        for column, area in enumerate(self._areas):
            area.update_state(y_true[:, column], y_pred[:, column], weights[:, column])

    def reset_state(self) -> None:
        """Remove all batches."""
        super().reset_state()
        self._areas = []

    def count(self, truth: Array, scores: Array, weights: Array) -> None:
        """Add flat arrays of truths, probabilities and weights to the counts.

        Raises:
            ValueError: a prediction isn't a probability.
        """
        if self.from_logits:
            scores = sigmoid(scores)
        outside = scores[(scores < 0) | (scores > 1)]
        if len(outside):
            raise ValueError(
                f"{self.name} expects probabilities from 0 to 1, got {outside[0]}. End the model "
                f"with a sigmoid or softmax, or write AUC(from_logits=True)."
            )
        super().count(truth, scores, weights)

    def result(self) -> float:
        """Return the area, or the mean of the areas of all columns."""
        if self.multi_label:
            areas = np.array([area.result() for area in self._areas])
            if not len(areas):
                return 0.0
            if self.label_weights is None:
                return float(np.mean(areas))
            return float(ratio(areas @ self.label_weights, self.label_weights.sum()))
        recall = ratio(self.true_positives, self.positives)
        if self.curve == "ROC":
            return self._area(ratio(self.false_positives, self.negatives), recall)
        if self.curve == "PRGAIN":
            return self._area(*self._gains())
        if self.summation_method == "interpolation":
            return self._interpolated_precision_recall()
        positive = self.true_positives + self.false_positives
        return self._area(recall, ratio(self.true_positives, positive))

    def _gains(self) -> tuple[Array, Array]:
        """Return recall and precision gain: 0 for always predicting positive, 1 for perfection."""
        scale = ratio(self.positives, self.negatives)
        recall = 1 - scale * ratio(self.false_negatives, self.true_positives)
        precision = 1 - scale * ratio(self.false_positives, self.true_positives)
        found = self.true_positives > 0
        return np.maximum(np.where(found, recall, 0.0), 0.0), np.where(found, precision, 1.0)

    def _check_columns(self, shape: tuple[int, ...]) -> None:
        expected = self.num_labels
        if self.label_weights is not None:
            expected = len(self.label_weights)
        if len(shape) != 2 or expected not in (None, shape[1]):
            raise ValueError(
                f"{self.name} expects predictions of shape (rows, {expected or 'labels'}), got "
                f"{shape}. Give the last layer a unit for each label, and make num_labels and "
                "label_weights match."
            )

    def _label_weighted(self, sample_weight: Array, shape: tuple[int, ...]) -> Array:
        """Return the sample weights times the weight of each column's label."""
        if self.label_weights is None:
            return sample_weight
        return _per_prediction(sample_weight, shape) * self.label_weights

    def _area(self, x: Array, y: Array) -> float:
        """Return the sum of the areas between neighboring thresholds; x decreases with them."""
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2
        elif self.summation_method == "minoring":
            heights = np.minimum(y[:-1], y[1:])
        else:
            heights = np.maximum(y[:-1], y[1:])
        return float(np.sum((x[:-1] - x[1:]) * heights))

    def _interpolated_precision_recall(self) -> float:
        """Return the area with true and false positives, not their ratio, interpolated linearly.

        Between two thresholds the true positives are slope · positives + intercept, so that the
        integral of the precision over the recall has a closed form with a logarithm.
        """
        true, positive = self.true_positives, self.true_positives + self.false_positives
        more_true, more_positive = true[:-1] - true[1:], positive[:-1] - positive[1:]
        slope = ratio(more_true, np.maximum(more_positive, 0))
        intercept = true[1:] - slope * positive[1:]
        both = (positive[:-1] > 0) & (positive[1:] > 0)
        growth = np.where(both, ratio(positive[:-1], positive[1:]), 1.0)
        area = slope * (more_true + intercept * np.log(growth))
        return float(np.sum(ratio(area, self.positives)))


def _per_prediction(sample_weight: Array, shape: tuple[int, ...]) -> Array:
    """Return the weight of each prediction: that of its row."""
    weights = np.ones(shape)
    if sample_weight is None:
        return weights
    return weights * align_weight(sample_weight, shape, weights.dtype)


def _checked_num_labels(count: int | None, multi_label: bool) -> int | None:
    if count is None:
        return None
    if not multi_label:
        raise ValueError(
            f"expected num_labels only where multi_label=True, got num_labels={count}. Leave it "
            "out, or write multi_label=True."
        )
    return whole("num_labels", count)


def _one_of(argument: str, value: str, choices: tuple[str, ...]) -> str:
    """Return the choice that differs from ``value`` in capitals only."""
    spelled = {choice.lower(): choice for choice in choices}
    return spelled.get(str(value).lower()) or one_of(argument, value, choices)
