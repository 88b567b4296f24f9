"""The record of a training: what ``fit`` answers."""

# ruff: noqa: ARG002 # Callback names the arguments of its hooks, used or not

from typing import Any

from nn.callbacks.callback import Callback, Logs


class History(Callback):
    """Records the logs of every epoch.

    ``fit`` makes one and runs it after the user's callbacks, so that what they add to the logs is
    recorded too. One that is passed to several fits goes on recording in ``history``, while
    ``epoch`` starts again, as in Keras.

    Attributes:
        history: from a quantity's name to its values, one per epoch.
        epoch: the numbers of the epochs of the last fit, counted from 0.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start counting epochs."""
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Record the epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        self.model.history = self
