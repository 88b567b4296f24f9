"""The loops over epochs and batches, with calls of the step, the scores and the callbacks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nn import tree
from nn.messages import warn
from nn.training import agreement
from nn.training.advice import warn_of_large_weights
from nn.training.dataset import Dataset
from nn.training.divergence import Divergence
from nn.training.epoch_schedule import checked_batch_size
from nn.training.run import Run
from nn.training.step import Step, TestStep, TrainStep
from nn.training.streams import Stream, batches_of

if TYPE_CHECKING:
    from nn.callbacks import CallbackList
    from nn.training.epoch_schedule import EpochSchedule
    from nn.training.model_protocol import TrainableModel
    from nn.training.scores import Scores
    from nn.training.user_step import UserStep


def unpack_validation_data(validation_data: Any) -> tuple[Any, ...]:
    """Return the arrays in ``(x, y)`` or ``(x, y, sample_weight)``."""
    if not isinstance(validation_data, list | tuple) or len(validation_data) not in (2, 3):
        raise ValueError(
            "fit expects validation_data as (x, y) or (x, y, sample_weight), got "
            f"{type(validation_data).__name__}. Write validation_data=(x_test, y_test)."
        )
    return tuple(validation_data)


def fit(
    model: TrainableModel,
    data: Dataset | Stream,
    validation: Dataset | Stream | None,
    schedule: EpochSchedule,
    callbacks: CallbackList,
) -> None:
    """Train ``model`` until the schedule ends, or a callback sets ``model.stop_training``.

    The scores of an epoch are running means over its batches, each before its update.
    """
    step, scores = model.step(TrainStep), model.scores()
    run = Run(model, data, validation, schedule, scores, callbacks.are_backups)
    model.stop_training = False
    agreement.begin(model, "fit")
    agreement.share_order(model)
    callbacks.on_train_begin()
    callbacks.resume(run)
    agreement.separate_draws(model)
    divergence = model._training.divergence = Divergence()
    with np.errstate(all="ignore"), scores.in_use():  # a warning reports divergence
        while not _is_over(run):
            if not run.batch:
                callbacks.on_epoch_begin(run.epoch)
            if callbacks.are_user_defined:  # they may change the model
                step = model.step(TrainStep)
            first = _train_epoch(model, step, run, callbacks)
            agreement.check_weights(model, f"in epoch {run.epoch + 1}")
            logs = scores.results()
            loss = logs.get("loss", 0.0)
            if math.isfinite(run.logs.get("loss", 0.0)) and not math.isfinite(loss):
                is_at_start = run.epoch == schedule.initial_epoch and not math.isfinite(first)
                rate = float(model.optimizer.learning_rate)
                divergence.warn(
                    first if is_at_start else loss, run.epoch, rate, is_at_start=is_at_start
                )
            if validation is not None and schedule.validates(run.epoch):
                steps = schedule.validation_steps
                batch_size = checked_batch_size(schedule.validation_batch_size, validation, steps)
                results = evaluate(model, validation, batch_size, steps, callbacks, scores)
                logs |= {f"val_{name}": value for name, value in results.items()}
            callbacks.on_epoch_end(run.epoch, logs)
            agreement.stops(model)
            run.end_epoch(logs)
            callbacks.back_up(run)
    model._training.divergence = None
    if math.isfinite(run.logs.get("loss", 0.0)):  # otherwise a warning was issued
        warn_of_large_weights(model)
    model.optimizer.finalize_variable_values(model.trainable_weights)
    callbacks.on_train_end(run.logs)


def evaluate(
    model: TrainableModel,
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
        batches = batches_of(data, batch_size, steps)
        for index, (data, rows) in enumerate(batches):
            callbacks.on_test_batch_begin(index)
            scores.update(step(data, rows))
            callbacks.on_test_batch_end(index, scores.results)
    callbacks.on_test_end(scores.results)
    return scores.results()


def predict(
    model: TrainableModel,
    data: Dataset | Stream,
    batch_size: int,
    steps: int | None,
    callbacks: CallbackList,
) -> Any:
    """Return the outputs of ``model`` for all rows of ``data``."""
    y_pred: list[Any] = []
    step = model.step(Step)
    callbacks.on_predict_begin()
    batches = batches_of(data, batch_size, steps)
    for index, (data, rows) in enumerate(batches):
        callbacks.on_predict_batch_begin(index)
        y_pred.append(step(data, rows).y_pred)
        callbacks.on_predict_batch_end(index, {"outputs": y_pred[-1]})
    callbacks.on_predict_end()
    return tree.map_leaves(lambda *parts: np.concatenate(parts), *y_pred)


def _train_epoch(
    model: TrainableModel, step: TrainStep | UserStep, run: Run, callbacks: CallbackList
) -> float:
    """Train for the rest of an epoch, and return the loss of its first batch."""
    scores, first = run.scores, 0.0
    batches = run.batches()
    every = model.team.check_every if model.team else 0
    may_differ = callbacks.have_user_batch_hooks and model.team is not None
    if not run.batch:
        scores.reset()
        if step.is_custom:
            model._reset_own_metrics(scores)
    for index, (data, rows) in enumerate(batches, run.batch):
        if callbacks.have_batch_hooks:
            callbacks.on_train_batch_begin(index)
            if callbacks.have_user_batch_hooks:
                step = model.step(TrainStep)
        result = step(data, rows)
        if index == 0:
            first = result.loss
        scores.update(result)
        del result  # frees memory for the next batch
        run.batch = index + 1
        if callbacks.have_batch_hooks:
            callbacks.on_train_batch_end(index, scores.results)
        if agreement.stops(model) if may_differ else model.stop_training:
            break
        if every and not run.batch % every:
            agreement.check_weights(model, f"at batch {run.batch} of epoch {run.epoch + 1}")
        if callbacks.are_backups:
            callbacks.back_up(run)
    return first


def _is_over(run: Run) -> bool:
    """Return whether there is no further epoch; warn if a generator has no batch for one."""
    data, schedule = run.data, run.schedule
    if run.epoch >= schedule.epochs or run.is_stopped:
        return True
    is_first = run.epoch == schedule.initial_epoch
    if is_first or run.batch or not isinstance(data, Stream) or not data.is_exhausted():
        return False
    warn(
        f"training ends after epoch {run.epoch} of {schedule.epochs}: the generator has no more "
        "batches. Let it go on (while True: ...) with steps_per_epoch, or pass a PyDataset."
    )
    return True
