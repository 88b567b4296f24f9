"""The loops over epochs and batches, with calls of the step, the scores and the callbacks."""

from __future__ import annotations

import itertools
import math
import operator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nn import random, tree
from nn.messages import warn
from nn.training.advice import warn_of_large_weights
from nn.training.dataset import Dataset, rows_of_batches
from nn.training.step import Step, TestStep, TrainStep
from nn.training.streams import Batches, Stream, batches_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from nn.callbacks import CallbackList
    from nn.training.scores import Scores
    from nn.training.trainable import Trainable
    from nn.training.user_step import UserStep


@dataclass(frozen=True)
class Schedule:
    """The arguments of ``fit`` that determine its epochs and batches, under the same names."""

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

    def steps(self, data: Dataset | Stream) -> int | None:
        """Return the number of batches in an epoch, if it is known."""
        if isinstance(data, Stream):
            return data.steps
        steps = math.ceil(len(data) / self.batch_size)
        return steps if self.steps_per_epoch is None else min(steps, self.steps_per_epoch)

    def validates(self, epoch: int) -> bool:
        """Return whether to validate after this epoch, counted from 0."""
        if isinstance(self.validation_freq, int | np.integer):
            return bool((epoch + 1) % self.validation_freq == 0)
        return epoch + 1 in self.validation_freq


def checked_batch_size(batch_size: int | None) -> int:
    """Return the number of rows in a batch, 32 by default."""
    if batch_size is None:
        return 32
    _check_count("batch_size", batch_size)
    return batch_size


def unpack_validation_data(validation_data: Any) -> tuple[Any, ...]:
    """Return the arrays in ``(x, y)`` or ``(x, y, sample_weight)``."""
    if not isinstance(validation_data, list | tuple) or len(validation_data) not in (2, 3):
        raise ValueError(
            "fit expects validation_data as (x, y) or (x, y, sample_weight), got "
            f"{type(validation_data).__name__}. Write validation_data=(x_test, y_test)."
        )
    return tuple(validation_data)


def fit(
    model: Trainable,
    data: Dataset | Stream,
    validation: Dataset | Stream | None,
    schedule: Schedule,
    callbacks: CallbackList,
) -> None:
    """Train ``model`` until the schedule ends, or a callback sets ``model.stop_training``.

    The scores of an epoch are running means over its batches, each before its update.
    """
    step, scores = model.step(TrainStep), model.scores()
    model._training.order = order = _order(data, schedule)
    epochs = _epochs(data, schedule, order)
    logs: dict[str, float] = {}
    model.stop_training = False
    callbacks.on_train_begin()
    initial_epoch = callbacks.resume(schedule.initial_epoch, partial(_skip, data))
    with np.errstate(all="ignore"), scores.in_use():  # a warning reports divergence
        for epoch in range(initial_epoch, schedule.epochs):
            callbacks.on_epoch_begin(epoch)
            before = logs.get("loss", 0.0)
            if callbacks.are_foreign:  # they may change the model
                step = model.step(TrainStep)
            first = _train_epoch(model, step, scores, next(epochs), callbacks)
            logs = scores.results()
            loss = logs.get("loss", 0.0)
            if math.isfinite(before) and not math.isfinite(loss):
                _warn_of_divergence(model, epoch, loss, first, schedule)
            if validation is not None and schedule.validates(epoch):
                batch_size, steps = schedule.validation_batch_size, schedule.validation_steps
                results = evaluate(model, validation, batch_size, steps, callbacks, scores)
                logs |= {f"val_{name}": value for name, value in results.items()}
            callbacks.on_epoch_end(epoch, logs)
            callbacks.back_up(epoch + 1)
            if model.stop_training or _has_ended(data, epoch, schedule):
                break
    if math.isfinite(logs.get("loss", 0.0)):  # otherwise a warning was issued
        warn_of_large_weights(model)
    if model.optimizer is not None:
        model.optimizer.finalize_variable_values(model.trainable_weights)
    callbacks.on_train_end(logs)


def evaluate(
    model: Trainable,
    data: Dataset | Stream,
    batch_size: int,
    steps: int | None,
    callbacks: CallbackList,
    scores: Scores,
) -> dict[str, float]:
    """Return the scores of ``model`` on ``data``, the loss first."""
    scores.reset()
    step = model.step(TestStep)
    callbacks.on_test_begin()
    with model._scoring(scores, step):
        for index, (batch, rows) in enumerate(batches_of(data, batch_size, steps)):
            callbacks.on_test_batch_begin(index)
            scores.update(step(batch, rows))
            callbacks.on_test_batch_end(index, scores.results)
    callbacks.on_test_end(scores.results)
    return scores.results()


def predict(
    model: Trainable,
    data: Dataset | Stream,
    batch_size: int,
    steps: int | None,
    callbacks: CallbackList,
) -> Any:
    """Return the outputs of ``model`` for all rows of ``data``."""
    y_pred: list[Any] = []
    step = model.step(Step)
    callbacks.on_predict_begin()
    for index, (batch, rows) in enumerate(batches_of(data, batch_size, steps)):
        callbacks.on_predict_batch_begin(index)
        y_pred.append(step(batch, rows).y_pred)
        callbacks.on_predict_batch_end(index, {"outputs": y_pred[-1]})
    callbacks.on_predict_end()
    return tree.map_leaves(lambda *parts: np.concatenate(parts), *y_pred)


def _train_epoch(
    model: Trainable,
    step: TrainStep | UserStep,
    scores: Scores,
    epoch: Batches,
    callbacks: CallbackList,
) -> float:
    """Train for one epoch, and return the loss of its first batch."""
    scores.reset()
    if step.is_custom:
        model._reset_own_metrics(scores)
    first = 0.0
    for index, (data, rows) in enumerate(epoch):
        if callbacks.hear_of_batches:
            callbacks.on_train_batch_begin(index)
            if callbacks.are_foreign_to_batches:
                step = model.step(TrainStep)
        result = step(data, rows)
        if index == 0:
            first = result.loss
        scores.update(result)
        del result  # frees memory for the next batch
        if callbacks.hear_of_batches:
            callbacks.on_train_batch_end(index, scores.results)
        if model.stop_training:
            break
    return first


def _order(data: Dataset | Stream, schedule: Schedule) -> np.random.Generator | None:
    """Return what draws the order of the rows, or of the batches, in each epoch."""
    if isinstance(data, Stream):
        return data.generator
    return random.generator() if schedule.shuffle else None


def _skip(data: Dataset | Stream, epochs: int) -> None:
    """Run the data through some epochs; that of arrays follows from the generator of the order."""
    if isinstance(data, Stream):
        data.skip(epochs)


def _epochs(
    data: Dataset | Stream, schedule: Schedule, order: np.random.Generator | None
) -> Iterator[Batches]:
    """Return the batches of each epoch; each epoch has its own order.

    With ``steps_per_epoch``, an epoch ends after that many batches, as in Keras.
    """
    if isinstance(data, Stream):
        return (data.epoch() for _ in itertools.count())
    epochs = (rows_of_batches(len(data), schedule.batch_size, order) for _ in itertools.count())
    return (
        ((data, rows) for rows in itertools.islice(epoch, schedule.steps_per_epoch))
        for epoch in epochs
    )


def _has_ended(data: Dataset | Stream, epoch: int, schedule: Schedule) -> bool:
    """Return whether a generator has no batch for the next epoch; warn if so."""
    is_last = epoch + 1 >= schedule.epochs
    if is_last or not isinstance(data, Stream) or not data.is_exhausted():
        return False
    warn(
        f"training ends after epoch {epoch + 1} of {schedule.epochs}: the generator has no more "
        "batches. Let it go on (while True: ...) with steps_per_epoch, or pass a PyDataset."
    )
    return True


def _warn_of_divergence(
    model: Trainable, epoch: int, loss: float, first: float, schedule: Schedule
) -> None:
    if epoch == schedule.initial_epoch and not math.isfinite(first):
        warn(
            f"the loss is {first} in the first batch, before any update. If an earlier fit "
            "diverged, make a new model; otherwise scale the inputs and the targets, and check the "
            "first outputs, model.predict(x).",
            RuntimeWarning,
        )
        return
    warn(
        f"the loss is {loss} in epoch {epoch + 1}: the updates were too large, and the weights are "
        f"unusable. Make a new model, and try a smaller learning rate (it is "
        f"{float(model.optimizer.learning_rate):g}), or scale the inputs.",
        RuntimeWarning,
    )


def _check_count(name: str, count: Any, least: int = 1) -> None:
    if not hasattr(count, "__index__") or operator.index(count) < least:
        raise ValueError(
            f"expected {name} to be a whole number of at least {least}, got {count!r}. "
            f"Write {name}={max(least, 10)}, for example."
        )
