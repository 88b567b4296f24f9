"""What is recorded of a training: the weights, slopes and state of the optimizer at each step."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nn.layers.container import Container
    from nn.optimizers.base import Optimizer
    from nn.optimizers.store import Store

__all__ = ["RecordedStep", "RecordedTraining", "Recorder"]

_MOST = 1 << 28  # bytes


@dataclass(frozen=True)
class RecordedStep:
    """One update of the weights; the arrays are flat, with the trainable weights in order.

    Attributes:
        epoch: counted from 0.
        loss: of the batch, before the update.
        rate: the learning rate.
        number: of the update, counted from 1, as the optimizer counts.
        before: the weights before the update.
        slopes: those of the loss.
        after: the weights after the update.
        slots: what the optimizer remembers, before the update, in the units of its equations.
    """

    epoch: int
    loss: float
    rate: float
    number: int
    before: np.ndarray
    slopes: np.ndarray
    after: np.ndarray
    slots: Mapping[str, np.ndarray]


@dataclass
class RecordedTraining:
    """A training with all of its steps.

    Attributes:
        model: the trained model.
        x: the inputs, a table or images.
        y: the targets, one row for each of the inputs.
        names: the names of the columns of ``x``.
        steps: the updates.
        history: what ``fit`` returned.
    """

    model: Container
    x: np.ndarray
    y: np.ndarray
    names: list[str]
    steps: list[RecordedStep]
    history: Any


@dataclass
class Recorder:
    """Collects the steps of a training; the training calls ``watching`` around each update."""

    steps: list[RecordedStep] = field(default_factory=list)
    epoch: int = 0

    def begin_epoch(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - of callbacks
        """Note the epoch of the steps that follow."""
        self.epoch = epoch

    @contextmanager
    def watching(self, store: Store, optimizer: Optimizer, loss: float) -> Iterator[None]:
        """Record the update that is made in the block.

        Raises:
            ValueError: the steps don't fit into memory.
        """
        before, slopes = _flat(store), store.gradients.copy()
        units = optimizer.slot_units()
        slots = {
            name: slot * np.float32(units.get(name, 1.0)) for name, slot in optimizer.slots.items()
        }
        rate, number = float(optimizer.learning_rate), optimizer.iterations + 1
        size = before.nbytes * (3 + len(slots)) * (len(self.steps) + 1)
        if size > _MOST:
            raise ValueError(
                f"expected a training of at most {_MOST >> 20} MB to record, got {before.size} "
                f"weights and {len(self.steps)} steps so far. Record fewer epochs, larger batches "
                "or a smaller model."
            )
        yield
        self.steps.append(
            RecordedStep(self.epoch, float(loss), rate, number, before, slopes, _flat(store), slots)
        )


def _flat(store: Store) -> np.ndarray:
    """Return a copy of the trainable weights; some may lie in the buffer of another model."""
    return np.concatenate([np.ravel(weight.value) for weight in store.trainable])
