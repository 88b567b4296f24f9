"""The loops: over epochs and batches, calling the step, the scores and the callbacks."""

from __future__ import annotations

import itertools
import math
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nn import random
from nn.callbacks.message import warn
from nn.training.data import Dataset, rows_of_batches
from nn.training.step import Step, TrainStep

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from nn.callbacks import CallbackList
    from nn.models.model import Model
    from nn.training.scores import Scores


@dataclass(frozen=True)
class Schedule:
    """How ``fit`` walks through the data; the names are those of its arguments."""

    batch_size: int
    epochs: int
    initial_epoch: int
    shuffle: bool
    steps_per_epoch: int | None
    validation_batch_size: int
    validation_steps: int | None
    validation_freq: int | Collection[int]

    def __post_init__(self) -> None:
        _check_count("batch_size", self.batch_size)
        _check_count("epochs", self.epochs, least=0)
        _check_count("initial_epoch", self.initial_epoch, least=0)
        _check_count("validation_batch_size", self.validation_batch_size)
        for name in ("steps_per_epoch", "validation_steps"):
            if getattr(self, name) is not None:
                _check_count(name, getattr(self, name))
        if not hasattr(self.validation_freq, "__contains__"):
            _check_count("validation_freq", self.validation_freq)

    def steps(self, rows: int) -> int:
        """The number of batches in an epoch."""
        return self.steps_per_epoch or math.ceil(rows / self.batch_size)

    def validates(self, epoch: int) -> bool:
        """Whether validation is due after this epoch; the first one is epoch 0."""
        if isinstance(self.validation_freq, int | np.integer):
            return bool((epoch + 1) % self.validation_freq == 0)
        return epoch + 1 in self.validation_freq


def rows_in_batch(batch_size: int | None) -> int:
    """The number of rows in a batch: 32 where the user gave none."""
    if batch_size is None:
        return 32
    _check_count("batch_size", batch_size)
    return batch_size


def unpacked(validation_data: Any) -> tuple[Any, ...]:
    """The arrays in ``(x, y)`` or ``(x, y, sample_weight)``."""
    if not isinstance(validation_data, list | tuple) or len(validation_data) not in (2, 3):
        raise ValueError(
            "fit expects validation_data as (x, y) or (x, y, sample_weight), got "
            f"{type(validation_data).__name__}. Write validation_data=(x_test, y_test)."
        )
    return tuple(validation_data)


def fit(
    model: Model,
    train: Dataset,
    validation: Dataset | None,
    schedule: Schedule,
    callbacks: CallbackList,
) -> None:
    """Train ``model`` until the schedule ends, or a callback sets ``model.stop_training``.

    The scores of an epoch are running means: of each batch, before the update from that batch.
    """
    step, scores = model.step(TrainStep), model.scores()
    epochs = _epochs(train, schedule)
    logs: dict[str, float] = {}
    model.stop_training = False
    callbacks.on_train_begin()
    with np.errstate(all="ignore"), scores.in_use():  # divergence is reported once, in words
        for epoch in range(schedule.initial_epoch, schedule.epochs):
            callbacks.on_epoch_begin(epoch)
            before = logs.get("loss", 0.0)
            if callbacks.are_foreign:  # they may do anything with the model
                step = model.step(TrainStep)
            first = _train_epoch(model, step, scores, train, next(epochs), callbacks)
            logs = scores.results()
            if math.isfinite(before) and not math.isfinite(logs["loss"]):
                _warn_of_divergence(model, epoch, logs["loss"], first, schedule)
            if validation is not None and schedule.validates(epoch):
                size, steps = schedule.validation_batch_size, schedule.validation_steps
                results = evaluate(model, validation, size, steps, callbacks, scores)
                logs |= {f"val_{name}": value for name, value in results.items()}
            callbacks.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
    callbacks.on_train_end(logs)


def evaluate(
    model: Model,
    data: Dataset,
    batch_size: int,
    steps: int | None,
    callbacks: CallbackList,
    scores: Scores,
) -> dict[str, float]:
    """Answer the scores of ``model`` on ``data``, the loss first; nothing is learned."""
    scores.reset()
    step = model.step(Step)
    callbacks.on_test_begin()
    batches = itertools.islice(rows_of_batches(len(data), batch_size), steps)
    for index, rows in enumerate(batches):
        callbacks.on_test_batch_begin(index)
        scores.update(step(data, rows))
        callbacks.on_test_batch_end(index, scores.results)
    callbacks.on_test_end(scores.results)
    return scores.results()


def predict(
    model: Model, data: Dataset, batch_size: int, steps: int | None, callbacks: CallbackList
) -> np.ndarray:
    """Answer the outputs of ``model`` for all rows of ``data``."""
    outputs = []
    step = model.step(Step)
    callbacks.on_predict_begin()
    batches = itertools.islice(rows_of_batches(len(data), batch_size), steps)
    for index, rows in enumerate(batches):
        callbacks.on_predict_batch_begin(index)
        outputs.append(step(data, rows).outputs)
        callbacks.on_predict_batch_end(index, {"outputs": outputs[-1]})
    callbacks.on_predict_end()
    return np.concatenate(outputs)


def _train_epoch(
    model: Model,
    step: TrainStep,
    scores: Scores,
    data: Dataset,
    epoch: Iterator[Any],
    callbacks: CallbackList,
) -> float:
    """Gather the scores of an epoch, and answer the loss of its first batch."""
    scores.reset()
    first = 0.0
    for index, rows in enumerate(epoch):
        if callbacks.hear_of_batches:
            callbacks.on_train_batch_begin(index)
            if callbacks.are_foreign_to_batches:
                step = model.step(TrainStep)
        batch = step(data, rows)
        if index == 0:
            first = batch.loss
        scores.update(batch)
        del batch  # so that the next one may use its memory
        if callbacks.hear_of_batches:
            callbacks.on_train_batch_end(index, scores.results)
        if model.stop_training:
            break
    return first


def _epochs(train: Dataset, schedule: Schedule) -> Iterator[Iterator[Any]]:
    """The rows of the batches of one epoch after the other, each epoch in an order of its own.

    With ``steps_per_epoch`` the data is one endless stream, and an epoch is a piece of it.
    """
    generator = random.generator() if schedule.shuffle else None
    passes = (
        rows_of_batches(len(train), schedule.batch_size, generator) for _ in itertools.count()
    )
    if schedule.steps_per_epoch is None:
        return passes
    stream = itertools.chain.from_iterable(passes)
    return (itertools.islice(stream, schedule.steps_per_epoch) for _ in itertools.count())


def _warn_of_divergence(
    model: Model, epoch: int, loss: float, first: float, schedule: Schedule
) -> None:
    if epoch == schedule.initial_epoch and not math.isfinite(first):
        warn(
            f"the loss is {first} in the first batch, before any update. If an earlier fit "
            "diverged, make the model anew; otherwise scale the inputs and the targets, and look "
            "at what the loss makes of the first outputs, model.predict(x).",
            RuntimeWarning,
        )
        return
    warn(
        f"the loss is {loss} in epoch {epoch + 1}: the updates were too large, and the weights are "
        f"of no use any more. Try a smaller learning rate (it is "
        f"{float(model.optimizer.learning_rate):g}), or scale the inputs.",
        RuntimeWarning,
    )


def _check_count(name: str, count: Any, least: int = 1) -> None:
    if not hasattr(count, "__index__") or operator.index(count) < least:
        raise ValueError(
            f"expected {name} to be a whole number of at least {least}, got {count!r}. "
            f"Write {name}={max(least, 10)}, for example."
        )
