"""A batch that several processes compute together, each its share of the rows.

Each runs the step on its rows, which yields its term of the loss and of the slopes. One all-reduce
adds up the scores, a few numbers in float64, and another one the flat gradient, in place. So the
optimizer of each process gets the slopes of the whole batch, and the weights stay the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from nn import tree
from nn.distribution.fingerprint import checksum_of_some
from nn.distribution.sharing import Share, on_share, share_of
from nn.layers.masks import attach_masks, masks_of
from nn.training.own_metrics import OwnMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.distribution import DataParallel
    from nn.layers.weight import Weight
    from nn.training.dataset import Dataset

__all__ = ["SharedBatches"]


class SharedBatches:
    """Run the batches of a step on all processes.

    Args:
        distribution: several processes.
        moving: weights that a step assigns to, such as moving averages: what the processes add to
            them is averaged.
        metrics: metrics that layers update while they run.
    """

    def __init__(
        self, distribution: DataParallel, moving: Sequence[Weight], metrics: Sequence[Any]
    ) -> None:
        self.distribution, self.communicator = distribution, distribution.communicator
        self.moving = list(moving)
        self._metrics = OwnMetrics(metrics)
        self._compared: Callable[[], Dataset | None] = lambda: None  # data that was the same

    def run(
        self, run: Callable[[Dataset, Any], Any], data: Dataset, rows: Any, gradients: Any = None
    ) -> Any:
        """Run a step on the share of this process, and return its result for the whole batch.

        Args:
            run: the step of one process.
            data: the same on all processes.
            rows: those of the batch.
            gradients: the flat buffer that the step writes the slopes into, if it does.

        Raises:
            RuntimeError: the processes have different data.
        """
        count = rows.stop - rows.start if type(rows) is slice else len(rows)
        share = share_of(count, self.distribution.rank, self.distribution.size)
        before, known = self._moving_values(), self._metrics.values()
        with on_share(share):
            result = run(data, _some_of(rows, share))
        result = self._whole(result, data, rows, share)
        if gradients is not None and gradients.size:
            self.communicator.add_up(gradients)
        self._merge_moving(before, share)
        self._metrics.merge(known, self.communicator, share)
        return result

    def _whole(self, result: Any, data: Dataset, rows: Any, share: Share) -> Any:
        """Return the result for all rows, from those for the shares."""
        found = 0
        if data is not self._compared():
            found = checksum_of_some(array[rows] for _, array in data.arrays())
            self._compared = ref(data)
        sums = [float(part) / share.copies for part in result.sums]
        losses = [float(part) * share.fraction for part in result.losses]
        numbers = np.array([float(result.loss), *sums, *losses, found])
        self.communicator.add_up(numbers)
        if numbers[-1] != found * self.distribution.size:
            raise RuntimeError(
                f"process {self.distribution.rank} expects the same rows in each process, which "
                "takes its share of them, got others. Seed what reads, shuffles or splits the "
                "data in the script: nn.utils.set_random_seed(1)."
            )
        end = 1 + len(sums)
        y_pred = result.y_pred
        if y_pred is not None and share.copies == 1:
            masks = tree.map_leaves(
                lambda mask: None if mask is None else self._rows(mask, rows), masks_of(y_pred)
            )
            y_pred = tree.map_leaves(lambda part: self._rows(part, rows), y_pred)
            attach_masks(y_pred, masks)
        scored = replace(data, x=np.empty((len(data), 0), np.float32))  # needs no inputs
        return result._replace(
            batch=scored.take(rows),
            loss=float(numbers[0]),
            y_pred=y_pred,
            sums=numbers[1:end].tolist(),
            losses=numbers[end:-1].tolist(),
        )

    def _rows(self, part: Any, rows: Any) -> Any:
        """Return the outputs for all rows."""
        count = rows.stop - rows.start if type(rows) is slice else len(rows)
        size = self.distribution.size
        shares = [share_of(count, rank, size) for rank in range(size)]
        counts = [share.stop - share.start for share in shares]
        array = np.asarray(part)
        if array.shape[:1] != (counts[self.distribution.rank],):
            raise ValueError(
                f"expected outputs with a row for each row of the inputs, to share them among "
                f"processes, got shape {array.shape} for {counts[self.distribution.rank]} rows. "
                "Use one process for such a model."
            )
        return self.communicator.rows_of_all(array, counts)

    def _moving_values(self) -> np.ndarray:
        return _joined([np.asarray(weight.value) for weight in self.moving])

    def _merge_moving(self, before: np.ndarray, share: Share) -> None:
        """Average what the processes have added to moving averages."""
        if not before.size:
            return
        change = (self._moving_values() - before) * np.float32(share.fraction)
        self.communicator.add_up(change)
        whole, start = before + change, 0
        for weight in self.moving:
            weight.value[...] = whole[start : start + weight.size].reshape(weight.shape)
            start += weight.size


def _some_of(rows: Any, share: Share) -> Any:
    if type(rows) is slice:
        return slice(rows.start + share.start, rows.start + share.stop)
    return rows[share.start : share.stop]


def _joined(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Return copies of the entries of all arrays in one."""
    return np.concatenate([a.ravel() for a in arrays]) if arrays else np.empty(0, np.float32)
