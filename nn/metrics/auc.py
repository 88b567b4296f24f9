"""The area under a curve of true against false positives, as the threshold moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.activations import sigmoid
from nn.metrics.confusion import ConfusionMetric, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.losses.shapes import Array

CURVES = ("ROC", "PR")
SUMMATIONS = ("interpolation", "minoring", "majoring")
MARGIN = 1e-7  # the outermost thresholds lie this far outside [0, 1]


class AUC(ConfusionMetric):
    """The area under the ROC curve, or the precision-recall curve, by steps of the threshold.

    The ROC area is the chance that a positive scores above a negative: 1/2 for guessing. The area
    under the precision-recall curve interpolates as Davis and Goadrich 2006 do.

    Args:
        num_thresholds: how many thresholds, evenly spaced over [0, 1].
        curve: ``"ROC"`` or ``"PR"``.
        summation_method: ``"interpolation"``, or the lower or upper sum: ``"minoring"`` or
            ``"majoring"``.
        name: as in `Metric`.
        thresholds: other inner thresholds than evenly spaced ones.
        from_logits: the predictions are scores before the sigmoid.

    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
    0.75
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        thresholds: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        if thresholds is None and num_thresholds < 2:
            raise ValueError(f"expected num_thresholds above 1, got {num_thresholds}. Write 200.")
        inner = np.linspace(0, 1, num_thresholds)[1:-1] if thresholds is None else thresholds
        super().__init__(np.sort(inner).tolist(), name=name)
        self.thresholds = np.concatenate([[-MARGIN], self.thresholds, [1 + MARGIN]])
        self.curve = _one_of("curve", curve, CURVES)
        self.summation_method = _one_of("summation_method", summation_method, SUMMATIONS)
        self.from_logits = from_logits
        self.reset_state()

    def count(self, truth: Array, scores: Array, weights: Array) -> None:
        """Add flat arrays of truths, probabilities and weights to the counts.

        Raises:
            ValueError: a prediction is no probability.
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
        """Answer the area."""
        recall = ratio(self.true_positives, self.positives)
        if self.curve == "ROC":
            return self._area(ratio(self.false_positives, self.negatives), recall)
        if self.summation_method == "interpolation":
            return self._interpolated_precision_recall()
        positive = self.true_positives + self.false_positives
        return self._area(recall, ratio(self.true_positives, positive))

    def _area(self, x: Array, y: Array) -> float:
        """Sum the strips between neighboring thresholds; x falls as the threshold grows."""
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2
        elif self.summation_method == "minoring":
            heights = np.minimum(y[:-1], y[1:])
        else:
            heights = np.maximum(y[:-1], y[1:])
        return float(np.sum((x[:-1] - x[1:]) * heights))

    def _interpolated_precision_recall(self) -> float:
        """Let true and false positives, not their ratio, go straight from threshold to threshold.

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


def _one_of(argument: str, value: str, choices: tuple[str, ...]) -> str:
    for choice in choices:
        if str(value).lower() == choice.lower():
            return choice
    raise ValueError(f"expected {argument} among {choices}, got {value!r}. Choose one of these.")
