"""Train a model with a recorder that remembers each step."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.callbacks import LambdaCallback
from nn.pictures.recording import Recorder
from nn.pictures.training_page import TrainingRecording

__all__ = ["recorded_training"]


def recorded_training(model: Any, x: Any, y: Any, options: dict[str, Any]) -> TrainingRecording:
    """Call ``model.fit``, and return what happened in each step; see `Model.record`."""
    names = list(map(str, getattr(x, "columns", ())))
    table, targets = np.asarray(x, np.float32), np.asarray(y, np.float32)
    if table.ndim == 1:
        table = table[:, np.newaxis]
    if table.ndim < 2 or targets.ndim not in (1, 2):
        raise ValueError(
            f"expected a table or images to record a training, and a row of targets for each, got "
            f"x of shape {table.shape} and y of shape {targets.shape}. Flatten the rows, or use "
            "fit."
        )
    callbacks = options.pop("callbacks", None) or []
    others = list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
    recorder = Recorder()
    watch = LambdaCallback(on_epoch_begin=recorder.begin_epoch)
    model._require_compiled("record")
    model._training.observer = recorder
    try:
        history = model.fit(x, y, callbacks=[*others, watch], **options)
    finally:
        model._training.observer = None
    if not recorder.steps:
        raise RuntimeError(
            f"model {model.name!r} expects its steps to be those of fit to record them, got none: "
            "it overrides train_step, or trained for no epoch. Leave it out, or pass epochs=1."
        )
    return TrainingRecording(
        model,
        table,
        targets if targets.ndim == 2 else targets[:, np.newaxis],
        names or _names(table),
        recorder.steps,
        history,
    )


def _names(table: np.ndarray) -> list[str]:
    """Return names for the columns of a table; images have none."""
    if table.ndim > 2:
        return []
    return [f"x{i + 1}" if table.shape[1] > 1 else "x" for i in range(table.shape[1])]
