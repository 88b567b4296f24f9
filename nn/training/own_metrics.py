"""Metrics that layers update while they run, each process with its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.metrics.base import RowMean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.distribution.sharing import Share

__all__ = ["OwnMetrics"]


class OwnMetrics:
    """Add up what the processes have added to metrics.

    Args:
        metrics: in attributes of layers.
    """

    def __init__(self, metrics: Sequence[Any]) -> None:
        self.metrics = list(metrics)

    def values(self) -> list[np.ndarray]:
        """Return the state of each metric, in one array."""
        return [_state(metric) for metric in self.metrics]

    def merge(self, before: Sequence[np.ndarray], communicator: Any, share: Share) -> None:
        """Add what the other processes have added since ``before``.

        Raises:
            NotImplementedError: a metric has changed that isn't a mean.
        """
        for metric, known in zip(self.metrics, before, strict=True):
            change = _state(metric) - known
            changed = np.array([float(change.any())])
            communicator.add_up(changed)
            if not changed[0]:
                continue
            if not isinstance(metric, RowMean):
                raise NotImplementedError(
                    f"expected a mean as a metric that a layer updates on several processes, got "
                    f"{metric!r}, whose parts can't be merged. Pass it to compile(metrics=...), or "
                    "use one process."
                )
            change /= share.copies
            communicator.add_up(change)
            metric._live[:] = 0
            metric.total, metric.count = (known + change).tolist()


def _state(metric: Any) -> np.ndarray:
    if isinstance(metric, RowMean):
        return np.array([metric.total, metric.count]) + metric._live
    parts = [np.ravel(variable.numpy()).astype(float) for variable in metric.variables]
    return np.concatenate([np.empty(0), *parts])
