"""The running scores of an epoch: the mean loss over the rows so far, and the metrics."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from nn.metrics.base import can_be_recorded, sums

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nn.training.data import Dataset
    from nn.training.step import Batch


class Scores:
    """Gathers the loss and the metrics, batch by batch.

    Each batch counts for its rows, so that a short last batch counts less.

    Args:
        metrics: from name to metric, called without sample weights.
        weighted_metrics: the same, called with them.

    Attributes:
        is_busy: whether a fit is under way that gathers here.
    """

    def __init__(self, metrics: Mapping[str, Any], weighted_metrics: Mapping[str, Any]) -> None:
        self.metrics = metrics
        self.weighted_metrics = weighted_metrics
        self.is_busy = False
        self._total, self._rows = 0.0, 0
        self._all = [
            *((metric, False) for metric in metrics.values()),
            *((metric, True) for metric in weighted_metrics.values()),
        ]
        self._recorded = [pair for pair in self._all if can_be_recorded(pair[0])]
        self.unrecorded = [pair for pair in self._all if pair not in self._recorded]

    @property
    def names(self) -> list[str]:
        """The names of the scores, the loss first."""
        return ["loss", *self.metrics, *self.weighted_metrics]

    @property
    def recorded_metrics(self) -> list[Any]:
        """The metrics that are part of recorded steps."""
        return [metric for metric, _ in self._recorded]

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let others keep off while the block runs."""
        self.is_busy = True
        try:
            yield
        finally:
            self.is_busy = False

    def reset(self) -> None:
        """Forget all batches."""
        self._total, self._rows = 0.0, 0
        for metric in (*self.metrics.values(), *self.weighted_metrics.values()):
            metric.reset_state()

    def update(self, batch: Batch) -> None:
        """Count one more batch."""
        data, rows = batch.data, len(batch.data)
        self._total += batch.loss * rows
        self._rows += rows
        metrics = self._all
        if batch.sums:
            pairs = iter(batch.sums)
            for metric, _ in self._recorded:
                metric.gather(next(pairs), next(pairs))
            metrics = self.unrecorded
        for metric, is_weighted in metrics:
            weights = (data.sample_weight,) if is_weighted else ()
            metric.update_state(data.y, batch.outputs, *weights)

    def sums(self, data: Dataset, outputs: Any) -> list[Any]:
        """Answer what `update` needs of the metrics that can be part of a recorded step.

        That is, for each of them the sum of its values, in float64, and of their weights.
        """
        found: list[Any] = []
        for metric, is_weighted in self._recorded:
            with ad.scope(metric.name):
                values = metric.values(data.y, outputs).astype(np.float64)
                weights = data.sample_weight if is_weighted else None
                found += sums(values, metric.weights(data.y, weights))
        return found

    def results(self) -> dict[str, Any]:
        """The scores so far, in the order of `names`: floats, or arrays where metrics answer these.

        Raises:
            TypeError: a metric answers something else.
        """
        scores: dict[str, Any] = {"loss": self._total / self._rows if self._rows else 0.0}
        for name, metric in (*self.metrics.items(), *self.weighted_metrics.items()):
            scores[name] = _plain(name, metric.result())
        return scores


def _plain(name: str, result: Any) -> Any:
    """Make a float of a number, and an array, not shared with the metric, of several."""
    numbers = np.asarray(result)
    if numbers.dtype.kind not in "biuf":
        raise TypeError(
            f"expected the metric {name!r} to answer a number or an array of numbers, got "
            f"{result!r}. Let result() answer one of these."
        )
    return numbers.astype(np.float64) if numbers.ndim else float(numbers)


def named(metrics: Sequence[Any], taken: Sequence[str] = (), prefix: str = "") -> dict[str, Any]:
    """Give each metric the name that it has in the logs, different from those ``taken``.

    >>> class Metric:
    ...     name = "mae"
    >>> list(named([Metric(), Metric()])), list(named([Metric()], ["mae"], "weighted_"))
    (['mae', 'mae_1'], ['weighted_mae'])
    """
    found: dict[str, Any] = {}
    for metric in metrics:
        name = metric.name
        if name in taken:
            name = prefix + name
        stem, count = name, 0
        while name in found or name in taken:
            count += 1
            name = f"{stem}_{count}"
        found[name] = metric
    return found
