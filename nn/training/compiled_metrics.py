"""The metrics of ``compile`` as one metric, which ``model.metrics`` has, as in Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn import tree
from nn.metrics import Metric
from nn.training.objective import aligned_with

if TYPE_CHECKING:
    from autodiff import Array
    from nn.training.scores import Scores

__all__ = ["CompiledMetrics"]


class CompiledMetrics(Metric):
    """All metrics of ``compile``: a user-defined ``train_step`` updates them together.

    Those of ``metrics`` ignore sample weights, and those of ``weighted_metrics`` use them. The
    result is a dictionary.

    Args:
        scores: hold the metrics.
    """

    def __init__(self, scores: Scores) -> None:
        super().__init__("compile_metrics")
        self._scores = scores

    @property
    def metrics(self) -> list[Any]:
        """The single metrics."""
        return [score.metric for score in self._scores.scores]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Array | None = None) -> None:
        """Add one batch."""
        several = tree.is_structure(y_true) or tree.is_structure(y_pred)
        y_true = y_true if several else aligned_with(y_true, y_pred)
        self._scores.update_metrics(y_true, y_pred, sample_weight)

    def result(self) -> Any:
        """Return the results by name."""
        return {score.name: score.metric.result() for score in self._scores.scores}

    def reset_state(self) -> None:
        """Remove all batches."""
        for metric in self.metrics:
            metric.reset_state()
