"""Scripted logs, and a model that only counts its batches, which drive the callbacks."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
from hypothesis import strategies as st

from nn.callbacks import (
    History,
)
from nn.callbacks.callback import Logs
from nn.callbacks.callback_list import CallbackList


@dataclass
class FakeModel:
    """Its one weight is the number of batches that it was trained on."""

    learning_rate: float = 0.5
    weight: np.ndarray = field(default_factory=lambda: np.zeros(1))
    stop_training: bool = False

    def __post_init__(self):
        self.optimizer = SimpleNamespace(learning_rate=self.learning_rate)

    def get_weights(self):
        return [self.weight]

    def set_weights(self, weights):
        self.weight = weights[0]

    def save_weights(self, path):
        np.savez(path, *self.get_weights())

    save = save_weights


def fit(model, callbacks, script, batches=1, first=0):
    """Call the hooks as ``fit`` does; each entry of ``script`` is the logs of an epoch."""
    history = History()
    every = CallbackList([callbacks, history], model, {"epochs": len(script), "steps": batches})
    model.stop_training = False
    every.on_train_begin()
    for epoch, logs in enumerate(script, first):
        every.on_epoch_begin(epoch)
        for batch in range(batches):
            every.on_train_batch_begin(batch)
            model.weight += 1
            every.on_train_batch_end(batch, logs)
            if model.stop_training:
                break
        every.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    every.on_train_end(logs)
    return history


def losses(*values: float, name: str = "val_loss") -> list[Logs]:
    return [{"loss": 1.0, name: value} for value in values]


eighths = st.integers(0, 12).map(lambda n: n / 8)
curves = st.lists(eighths, min_size=1, max_size=12)
