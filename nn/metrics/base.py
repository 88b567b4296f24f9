"""What every metric has in common: it gathers batches, and answers one number for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nn.losses.reduction import align_weight
from nn.losses.shapes import array
from nn.naming import unique_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from nn.losses.shapes import Array


class Metric:
    """The base of all metrics; derive from it to make your own.

    `update_state` takes in one batch, `result` answers for all batches since `reset_state`, and
    calling the metric does the first two at once.

    Args:
        name: the key of its values in the history; by default the class's name in snake case.

    >>> class Largest(Metric):
    ...     largest = -np.inf
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.largest = max(self.largest, np.max(np.abs(y_pred - y_true)))
    ...     def result(self):
    ...         return float(self.largest)
    ...     def reset_state(self):
    ...         self.largest = -np.inf
    >>> Largest()(np.zeros(3), np.array([0.5, -2.0, 1.0]))
    2.0
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name or unique_name(type(self).__name__)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name!r}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in one batch, with the arguments of `update_state`, and answer for all so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def update_state(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 any signature
        """Take in one batch: (y_true, y_pred, sample_weight=None), but for `Mean`."""
        raise self._missing("update_state(y_true, y_pred, sample_weight=None)")

    def result(self) -> Any:
        """Answer for all batches since the last reset: a float, or an array."""
        raise self._missing("result()")

    def reset_state(self) -> None:
        """Forget all batches."""
        raise self._missing("reset_state()")

    def _missing(self, method: str) -> NotImplementedError:
        return NotImplementedError(
            f"expected the metric {type(self).__name__} to have a method {method}, got none. "
            f"Write one."
        )


class RowMean(Metric):
    """The base of the means over all rows of all batches: it keeps a total and a count."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.total = self.count = 0.0

    def add(self, values: Array, sample_weight: Array = None) -> None:
        """Add the values of one batch.

        Args:
            values: one per row; what has more axes is averaged within a row, and a single number
                stands for the whole batch.
            sample_weight: one weight per row, or per value; None weighs all alike.
        """
        self.gather(*sums(np.asarray(values, np.float64), sample_weight))

    def gather(self, total: float, count: float) -> None:
        """Add the weighted sum of the values of a batch, and the sum of their weights."""
        self.total += float(total)
        self.count += float(count)

    def result(self) -> float:
        """The weighted mean; 0 if there was nothing."""
        return self.total / self.count if self.count else 0.0

    def reset_state(self) -> None:
        """Forget all batches."""
        self.total = self.count = 0.0


def sums(values: Array, sample_weight: Array = None) -> tuple[Array, Array]:
    """Add up values, times their weights, and the weights; within a row both are averaged.

    >>> sums(np.array([1.0, 3.0]), np.array([1.0, 0.5]))
    (np.float64(2.5), np.float64(1.5))
    """
    if sample_weight is None:
        return np.sum(_of_rows(values)), float(len(values) if values.ndim else 1)
    if values.ndim:
        weights = align_weight(sample_weight, values.shape, values.dtype)
        weights = np.broadcast_to(weights, values.shape)
    else:
        weights = np.sum(sample_weight)
    return np.sum(_of_rows(values * weights)), np.sum(_of_rows(weights))


def _of_rows(values: Array) -> Array:
    """Average within each row."""
    within_row = tuple(range(1, values.ndim))
    return np.mean(values, axis=within_row) if within_row else values


class Mean(RowMean):
    """The mean of values, one per row, over all rows of all batches.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 3.0])
    >>> mean([8.0], sample_weight=[2.0])
    5.0
    """

    def __init__(self, name: str | None = "mean") -> None:
        super().__init__(name)

    def update_state(self, values: Array, sample_weight: Array = None) -> None:
        """Take in the values of one batch; see `RowMean.add`."""
        self.add(values, sample_weight)


class MeanMetricWrapper(RowMean):
    """The mean of a function of the targets and the predictions.

    Args:
        fn: answers one value per row, or a single number.
        name: by default the function's.
        options: passed on to the function at each call.

    >>> MeanMetricWrapper(lambda y_true, y_pred: np.abs(y_pred - y_true), "error")([1, 2], [1, 4])
    1.0
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, **options: Any) -> None:
        super().__init__(name or getattr(fn, "__name__", type(self).__name__))
        self.fn, self.options = fn, options

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Take in one batch; targets (N,) and predictions (N, 1) are understood to match."""
        y_true, y_pred = aligned(y_true, y_pred)
        self.add(self.fn(y_true, y_pred, **self.options), sample_weight)


class BuiltInMetric(MeanMetricWrapper):
    """The mean of the function ``rowwise``, under the function's name."""

    rowwise: ClassVar[Callable[..., Any]]
    averages_last_axis: ClassVar[bool] = False

    def __init__(self, name: str | None = None, **options: Any) -> None:
        super().__init__(type(self).rowwise, name, **options)

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Take in one batch; targets (N,) and predictions (N, 1) are understood to match."""
        self.add(self.values(y_true, y_pred), self.weights(y_true, sample_weight))

    def weights(self, y_true: Array, sample_weight: Array) -> Array:  # noqa: ARG002 - for others
        """Answer what the rows count, or None; the targets may be traced."""
        return sample_weight

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Answer one value per row of a batch; the predictions may be traced."""
        y_true, y_pred = aligned(y_true, y_pred)
        if self.averages_last_axis and y_true.ndim == y_pred.ndim == 1:
            y_true, y_pred = y_true[:, np.newaxis], y_pred[:, np.newaxis]
        return self.fn(y_true, y_pred, **self.options)


def can_be_recorded(metric: Any) -> bool:
    """Whether a metric is the mean of a function of this library, and gathers nothing else."""
    return (
        isinstance(metric, BuiltInMetric)
        and type(metric).update_state is BuiltInMetric.update_state
        and type(metric).gather is RowMean.gather
    )


def aligned(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Make arrays of both, and give (N,) a last axis of width 1 where the other is (N, 1)."""
    y_true, y_pred = array(y_true), array(y_pred)
    if y_pred.shape == (*y_true.shape, 1):
        y_true = y_true[..., np.newaxis]
    elif y_true.shape == (*y_pred.shape, 1):
        y_pred = y_pred[..., np.newaxis]
    return y_true, y_pred
