"""The best of one rate among the thresholds where another one reaches a value."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from autodiff import Array
from nn.metrics.confusion import ConfusionMetric, ratio
from nn.numbers import fraction, whole

_RATES = {
    "sensitivity": ("true_positives", "false_negatives"),
    "specificity": ("true_negatives", "false_positives"),
    "precision": ("true_positives", "false_positives"),
    "recall": ("true_positives", "false_negatives"),
}  # the part and the rest of a whole


class _OperatingPoint(ConfusionMetric):
    """The base class: the best `wanted` rate where the `held` one is at least `value`.

    Args:
        value: of the rate that is held, from 0 to 1.
        num_thresholds: the number of thresholds, evenly spaced over [0, 1]; 1 for 1/2 alone.
        class_id: only this column is counted.
        name: as in `Metric`.
    """

    wanted: ClassVar[str]
    held: ClassVar[str]

    def __init__(
        self, value: float, num_thresholds: int, class_id: int | None, name: str | None
    ) -> None:
        super().__init__(class_id=class_id, name=name)
        self.value = fraction(self.held, value)
        self.num_thresholds = whole("num_thresholds", num_thresholds)
        if num_thresholds > 1:
            self.thresholds = np.linspace(0, 1, num_thresholds)
        self.reset_state()

    def result(self) -> float:
        """Return the best rate, or 0 if the other one is too low at each threshold."""
        is_reached = self._rate(self.held) >= self.value
        return float(np.max(np.where(is_reached, self._rate(self.wanted), 0.0)))

    def _rate(self, name: str) -> Array:
        part, rest = (getattr(self, counts) for counts in _RATES[name])
        return ratio(part, part + rest)


class SensitivityAtSpecificity(_OperatingPoint):
    """The best sensitivity (the fraction of positives found) at a specificity, or a higher one.

    >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    wanted, held = "sensitivity", "specificity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name)
        self.specificity = self.value


class SpecificityAtSensitivity(_OperatingPoint):
    """The best specificity (the fraction of negatives found) at a sensitivity, or a higher one.

    >>> SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]).__round__(6)
    0.666667
    """

    wanted, held = "specificity", "sensitivity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name)
        self.sensitivity = self.value


class PrecisionAtRecall(_OperatingPoint):
    """The best precision at a recall, or a higher one.

    >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    wanted, held = "precision", "recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name)
        self.recall = self.value


class RecallAtPrecision(_OperatingPoint):
    """The best recall at a precision, or a higher one.

    >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.5
    """

    wanted, held = "recall", "precision"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name)
        self.precision = self.value
