"""The running scores of an epoch: the mean loss over the rows so far, and the metrics."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import tree
from nn.metrics.base import Mean, can_be_recorded, sums
from nn.training.objective import aligned_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nn.training.dataset import Dataset
    from nn.training.objective import Objective
    from nn.training.step import StepResult


@dataclass(frozen=True)
class OutputMetric:
    """A metric of one output.

    Attributes:
        name: in the logs.
        metric: the metric.
        is_weighted: whether it is called with sample weights.
        output: the position of the output.
    """

    name: str
    metric: Any
    is_weighted: bool = False
    output: int = 0


class Scores:
    """Accumulate the losses and the metrics over batches, each weighted by its number of rows.

    Args:
        scores: the metrics, with their names and outputs.
        objective: the losses, whose single values are scores too where there are several.

    Attributes:
        is_busy: whether ``fit`` is using these scores.
        tracker: the running mean of the total loss.
        losses: the running means of the losses of several outputs.
        scores: the metrics, in order.
    """

    def __init__(self, scores: Sequence[OutputMetric], objective: Objective) -> None:
        self.objective = objective
        self.is_busy = False
        self.tracker = Mean("loss")
        self.losses = [Mean(name) for name in objective.names]
        self._logs: Mapping[str, Any] | None = None  # from a user-defined step
        if self.losses:
            scores = sorted(scores, key=lambda score: score.name)  # as Keras has them
        self.scores = list(scores)
        self._recorded = [score for score in self.scores if can_be_recorded(score.metric)]
        self.unrecorded = [score for score in self.scores if score not in self._recorded]

    @property
    def names(self) -> list[str]:
        """The names of the scores, the loss first."""
        return ["loss", *(loss.name for loss in self.losses), *(s.name for s in self.scores)]

    @property
    def all_metrics(self) -> list[Any]:
        """The running losses, and the metrics, in the order of `names`."""
        return [self.tracker, *self.losses, *(score.metric for score in self.scores)]

    @property
    def recorded_metrics(self) -> list[Any]:
        """The metrics that are part of recorded steps."""
        return [score.metric for score in self._recorded]

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Mark the scores as busy while the block runs."""
        self.is_busy = True
        try:
            yield
        finally:
            self.is_busy = False

    def reset(self) -> None:
        """Reset the loss and the metrics."""
        self._logs = None
        for metric in self.all_metrics:
            metric.reset_state()

    def get_state(self) -> dict[str, Any]:
        """Return the scores that a user-defined step has returned; metrics keep their own state."""
        return {"logs": None if self._logs is None else self.results()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the result of `get_state`."""
        self._logs = state["logs"]

    def update(self, result: StepResult) -> None:
        """Add the result of one batch."""
        if result.logs is not None:
            self._logs = result.logs
            return
        self.add_loss(result)
        batch = result.batch
        scores = self.scores if batch.y is not None else []
        if result.sums:
            pairs = iter(result.sums)
            for score in self._recorded:
                score.metric.gather(next(pairs), next(pairs))
            scores = self.unrecorded
        if scores:
            self._update(scores, batch.y, result.y_pred, batch.sample_weight)

    def add_loss(self, result: StepResult) -> None:
        """Add the losses of one batch, weighted by its number of rows."""
        count = len(result.batch)
        self.tracker.total += result.loss * count
        self.tracker.count += count
        for mean, loss in zip(self.losses, result.losses, strict=False):
            mean.total += float(loss) * count
            mean.count += count

    def update_metrics(self, y: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        """Update all metrics with one batch."""
        self._update(self.scores, y, y_pred, sample_weight)

    def _update(
        self, scores: Sequence[OutputMetric], y: Any, y_pred: Any, sample_weight: Any
    ) -> None:
        for score, target, prediction, weight in self._parts(scores, y, y_pred, sample_weight):
            score.metric.update_state(target, prediction, *((weight,) if score.is_weighted else ()))

    def _parts(
        self, scores: Sequence[OutputMetric], y: Any, y_pred: Any, sample_weight: Any
    ) -> Iterator[tuple[OutputMetric, Any, Any, Any]]:
        """Return each metric with the targets, predictions and weights of its output.

        Raises:
            ValueError: an output with metrics has no targets.
        """
        if self.objective.outputs.is_single and not tree.is_structure(y):
            yield from ((score, y, y_pred, sample_weight) for score in scores)
            return
        targets, weights = self.objective.targets(y), self.objective.weights(sample_weight)
        predictions = tree.leaves(y_pred)
        for score in scores:
            position = score.output
            if targets[position] is None:
                raise ValueError(
                    f"expected targets for the metric {score.name!r}, got none for its output. "
                    "Pass them in y, or leave out the metric."
                )
            target = aligned_with(targets[position], predictions[position])
            yield score, target, predictions[position], weights[position]

    def sums(self, batch: Dataset, y_pred: Array) -> list[Array]:
        """Return, for each recorded metric, the float64 sums of its values and of their weights."""
        found: list[Any] = []
        parts = self._parts(self._recorded, batch.y, y_pred, batch.sample_weight)
        for score, target, prediction, weight in parts:
            metric = score.metric
            with ad.scope(score.name):
                values = metric.values(target, prediction).astype(np.float64)
                weight = weight if score.is_weighted else None
                found += sums(values, metric.row_weights(target, prediction, weight))
        return found

    def results(self) -> dict[str, Any]:
        """Return the scores so far, in the order of `names`: floats, or arrays.

        Raises:
            TypeError: a metric returns something else.
        """
        scores = self.metrics_results() if self._logs is None else self._logs
        return {name: _plain(name, score) for name, score in scores.items()}

    def metrics_results(self) -> dict[str, Any]:
        """Return the results of all metrics, in the order of `names`; see `flat_results`."""
        return flat_results(zip(self.names, self.all_metrics, strict=True))


def flat_results(metrics: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the results of metrics by name; the entries of a dictionary keep their own names."""
    found: dict[str, Any] = {}
    for name, metric in metrics:
        result = metric.result()
        found |= result if isinstance(result, dict) else {name: result}
    return found


def _plain(name: str, result: Array) -> Array:
    """Convert one number to a float, and several to an array not shared with the metric."""
    numbers = np.asarray(result.numpy() if isinstance(result, ad.Tensor) else result)
    if numbers.dtype.kind not in "biuf":
        raise TypeError(
            f"expected the metric {name!r} to return a number or an array of numbers, got "
            f"{result!r}. Let result() return one of these, or several in a dictionary by name."
        )
    return numbers.astype(np.float64) if numbers.ndim else float(numbers)


def unique_names(
    metrics: Sequence[tuple[str, str | None]], taken: Sequence[str] = (), prefix: str = ""
) -> list[str]:
    """Return names for the logs; they differ from each other and from ``taken``.

    Args:
        metrics: the name of each metric, and that of its output, if it is one of several.
        taken: other names in the logs.
        prefix: added to the name of a metric where the name is taken.

    >>> unique_names([("mae", None), ("mae", None)])
    ['mae', 'mae_1']
    >>> unique_names([("mae", "u"), ("mae", "u")], ["u_mae"], "weighted_")
    ['u_weighted_mae', 'u_weighted_mae_1']
    >>> unique_names([("mse", None), ("mse", None)], ["mae"], "weighted_")
    ['mse', 'weighted_mse']
    """
    found: list[str] = []
    for metric, output in metrics:
        start = f"{output}_" if output else ""
        stem = start + metric
        if stem in taken or stem in found:
            stem = f"{start}{prefix}{metric}"
        name, count = stem, 0
        while name in found or name in taken:
            count += 1
            name = f"{stem}_{count}"
        found.append(name)
    return found
