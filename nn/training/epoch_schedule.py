"""The arguments of ``fit`` that say how many epochs and batches it runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.numbers import as_whole
from nn.training.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Collection

    from nn.training.dataset import Dataset

__all__ = ["EpochSchedule", "checked_batch_size"]


@dataclass(frozen=True)
class EpochSchedule:
    """The arguments of ``fit`` that determine its epochs and batches, under the same names."""

    batch_size: int | None
    epochs: int
    initial_epoch: int
    shuffle: bool
    steps_per_epoch: int | None
    validation_batch_size: int | None
    validation_steps: int | None
    validation_freq: int | Collection[int]

    def __post_init__(self) -> None:
        _check_count("epochs", self.epochs, least=0)
        _check_count("initial_epoch", self.initial_epoch, least=0)
        for name in (
            "batch_size", "validation_batch_size", "steps_per_epoch", "validation_steps"
        ):  # fmt: skip
            if getattr(self, name) is not None:
                _check_count(name, getattr(self, name))
        if not hasattr(self.validation_freq, "__contains__"):
            _check_count("validation_freq", self.validation_freq)

    def steps(self, data: Dataset | Stream) -> int | None:
        """Return the number of batches in an epoch, if it is known."""
        if isinstance(data, Stream):
            return data.steps
        steps = math.ceil(len(data) / self.rows_per_batch(data))
        return steps if self.steps_per_epoch is None else min(steps, self.steps_per_epoch)

    def rows_per_batch(self, data: Dataset | Stream) -> int:
        """Return the number of rows for each update."""
        return checked_batch_size(self.batch_size, data, self.steps_per_epoch)

    def validates(self, epoch: int) -> bool:
        """Return whether to validate after this epoch, counted from 0."""
        if isinstance(self.validation_freq, int | np.integer):
            return bool((epoch + 1) % self.validation_freq == 0)
        return epoch + 1 in self.validation_freq


def checked_batch_size(
    batch_size: int | None, data: Dataset | Stream | None = None, steps: int | None = None
) -> int:
    """Return the number of rows in a batch: by default enough for all data in the steps, or 32."""
    if batch_size is None:
        if data is None or isinstance(data, Stream) or not steps:
            return 32
        return max(1, math.ceil(len(data) / steps))
    _check_count("batch_size", batch_size)
    return batch_size


def _check_count(name: str, count: Any, least: int = 1) -> None:
    number = as_whole(count)
    if number is None or number < least:
        raise ValueError(
            f"expected {name} to be a whole number of at least {least}, got {count!r}. "
            f"Write {name}={max(least, 10)}, for example."
        )
