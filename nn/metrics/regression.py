"""Regression metrics: the distance between predictions and targets."""

from __future__ import annotations

import math

import numpy as np

from autodiff import Array
from nn import losses
from nn.argument_checks import one_of
from nn.losses.reduction import weight_of_rows
from nn.losses.shapes import require_same_columns, require_same_shape
from nn.metrics.base import BuiltInMetric, Metric, aligned, as_table
from nn.numbers import whole


class MeanSquaredError(BuiltInMetric):
    """The mean of (y_pred − y_true)².

    >>> metric = MeanSquaredError()
    >>> metric.update_state([[1.0], [2.0]], [[2.0], [4.0]])
    >>> metric.result()
    2.5
    """

    rowwise = staticmethod(losses.mean_squared_error)
    averages_last_axis = True


class RootMeanSquaredError(BuiltInMetric):
    """The square root of the mean of (y_pred − y_true)², over all rows at once.

    >>> metric = RootMeanSquaredError()
    >>> metric.update_state([[1.0], [1.0]], [[4.0], [5.0]])
    >>> round(metric.result(), 4)
    3.5355
    """

    rowwise = staticmethod(losses.mean_squared_error)
    averages_last_axis = True

    def __init__(self, name: str | None = "root_mean_squared_error") -> None:
        super().__init__(name)

    def result(self) -> float:
        """Return the root of the weighted mean, or 0 if there are no values."""
        return math.sqrt(super().result())


class MeanAbsoluteError(BuiltInMetric):
    """The mean of |y_pred − y_true|.

    >>> metric = MeanAbsoluteError()
    >>> metric.update_state([[1.0], [2.0]], [[2.0], [4.0]])
    >>> metric.result()
    1.5
    """

    rowwise = staticmethod(losses.mean_absolute_error)
    averages_last_axis = True


class MeanAbsolutePercentageError(BuiltInMetric):
    """The mean of 100 |y_pred − y_true| / |y_true|.

    >>> metric = MeanAbsolutePercentageError()
    >>> metric.update_state([[2.0], [4.0]], [[1.0], [5.0]])
    >>> metric.result()
    37.5
    """

    rowwise = staticmethod(losses.mean_absolute_percentage_error)
    averages_last_axis = True


class MeanSquaredLogarithmicError(BuiltInMetric):
    """The mean of (log(1 + y_pred) − log(1 + y_true))².

    >>> metric = MeanSquaredLogarithmicError()
    >>> metric.update_state([[0.0], [1.0]], [[1.0], [1.0]])
    >>> round(metric.result(), 4)
    0.2402
    """

    rowwise = staticmethod(losses.mean_squared_logarithmic_error)
    averages_last_axis = True


class LogCoshError(BuiltInMetric):
    """The mean of log cosh(y_pred − y_true).

    >>> metric = LogCoshError()
    >>> metric.update_state([[0.0], [0.0]], [[1.0], [0.0]])
    >>> round(metric.result(), 4)
    0.2169
    """

    rowwise = staticmethod(losses.log_cosh)
    averages_last_axis = True

    def __init__(self, name: str | None = "logcosh") -> None:
        super().__init__(name)


def cosine_similarity(y_true: Array, y_pred: Array, axis: int = -1) -> Array:
    """Compute the cosine of the angle between targets and predictions: 1 for equal directions.

    >>> cosine_similarity([[3.0, 4.0]], [[6.0, 8.0]]).round(6)
    array([1.])
    """
    return -losses.cosine_similarity(y_true, y_pred, axis)


class CosineSimilarity(BuiltInMetric):
    """The mean cosine of the angle between targets and predictions.

    >>> metric = CosineSimilarity()
    >>> metric.update_state([[3.0, 4.0]], [[6.0, 8.0]])
    >>> round(metric.result(), 4)
    1.0
    """

    rowwise = staticmethod(cosine_similarity)
    left_out_by_keras = ("axis",)

    def __init__(self, name: str | None = None, axis: int = -1) -> None:
        super().__init__(name, axis=axis)


class R2Score(Metric):
    """The coefficient of determination: 1 − Σ (y_true − y_pred)² / Σ (y_true − mean)².

    It is 1 for perfect predictions, 0 for those no better than the mean of the targets. Batches are
    combined as in Chan et al. 1979, *Updating formulae and a pairwise algorithm for computing
    sample variances*: a difference of large sums would lose precision.

    Args:
        class_aggregation: the average over columns: ``"uniform_average"``,
            ``"variance_weighted_average"``, or None for an array of scores.
        num_regressors: the number of inputs of a regression, for the adjusted coefficient, which
            decreases with this number; 0 for the coefficient without adjustment.
        name: as in `Metric`.

    >>> R2Score()([1.0, 4.0, 3.0], [2.0, 4.0, 4.0]).__round__(6)
    0.571429
    """

    weight: float
    first: Array  # the first target
    mean: Array  # of the targets minus the first
    variation: Array
    residual: Array

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
    ) -> None:
        super().__init__(name)
        averages = ("uniform_average", "variance_weighted_average", None)
        self.class_aggregation = one_of("class_aggregation", class_aggregation, averages)
        self.num_regressors = whole("num_regressors", num_regressors, least=0)
        self.reset_state()

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Add one batch of shape (N,) or (N, columns)."""
        y_true, y_pred = aligned(y_true, y_pred)
        require_same_shape(self.name, y_true.shape, y_pred.shape)
        y_true = as_table(y_true).astype(np.float64)
        y_pred = as_table(y_pred).astype(np.float64)
        weight = weight_of_rows(sample_weight, len(y_true))
        require_same_columns(self.name, self.residual, y_true.shape[-1])
        self.samples += y_true.size
        self.residual = self.residual + weight @ (y_true - y_pred) ** 2
        added = np.sum(weight)
        if not added:
            return
        if self.first is None:
            self.first = y_true[0]
        targets = y_true - self.first  # equal targets become exactly 0
        mean = weight @ targets / added
        difference, before = mean - self.mean, self.weight
        self.weight = before + added
        self.mean = self.mean + difference * (added / self.weight)
        self.variation = self.variation + weight @ (targets - mean) ** 2
        self.variation = self.variation + difference**2 * (before * added / self.weight)

    def result(self) -> Array:
        """Return the score; it is 0 for a column whose targets are all equal.

        It is adjusted only if there are more targets than ``num_regressors + 1``.
        """
        score = self._unadjusted()
        freedom = self.samples - self.num_regressors - 1
        if self.num_regressors == 0 or freedom <= 0:
            return score
        return 1 - (1 - score) * (self.samples - 1) / freedom

    def _unadjusted(self) -> Array:
        variation = np.atleast_1d(self.variation)
        varies = variation > 0
        scores = np.where(varies, 1 - self.residual / np.where(varies, variation, 1.0), 0.0)
        if self.class_aggregation == "uniform_average":
            return float(np.mean(scores))
        if self.class_aggregation == "variance_weighted_average":
            return float(np.sum(scores * variation) / max(np.sum(variation), 1e-12))
        return scores

    def reset_state(self) -> None:
        """Remove all batches."""
        self.samples = 0
        self.weight = 0.0
        self.first = None
        self.mean = self.variation = self.residual = np.zeros(())
