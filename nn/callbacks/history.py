"""The history of a training run, which ``fit`` returns."""

# ruff: noqa: ARG002 # hooks have their arguments, used or not

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.callbacks.callback import Callback, Logs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class History(Callback):
    """Record the logs of every epoch.

    ``fit`` makes one and runs it after the user's callbacks, so that additions to the logs are
    recorded. One that is passed to several fits appends to ``history``; ``epoch`` starts again, as
    in Keras.

    Attributes:
        history: maps each quantity's name to its values, one per epoch.
        epoch: the numbers of the epochs of the last fit, counted from 0.
        epochs: maps each quantity's name to the epochs of its values, counted from 1 over all
            fits.
        stopped_after: the epoch, counted as in ``epochs``, after which a callback ended the last
            fit early; None if it ran all epochs.

    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse", metrics=["mae"])
    >>> history = model.fit(np.ones((4, 2)), np.ones(4), epochs=3, verbose=0)
    >>> history.epoch, sorted(history.history), len(history.history["loss"])
    ([0, 1, 2], ['loss', 'mae'], 3)
    """

    def __init__(self) -> None:
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self.epochs: dict[str, list[int]] = {}
        self.stopped_after: int | None = None
        self._latest = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start counting epochs."""
        self.epoch = []
        self.stopped_after = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Record the epoch."""
        self.epoch.append(epoch)
        self._latest = max(epoch, self._latest) + 1
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
            self.epochs.setdefault(name, []).append(self._latest)
        self.model.history = self

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Record the epoch after which training was stopped, if it was."""
        planned = (self.params or {}).get("epochs")
        if self.model.stop_training and self.epoch and self.epoch[-1] + 1 != planned:
            self.stopped_after = self._latest

    def plot(
        self, metrics: str | Sequence[str] | None = None, ax: Axes | Sequence[Axes] | None = None
    ) -> Figure:
        """Draw the loss and the metrics over the epochs; see `nn.plotting.plot`."""
        from nn.pictures.curves import plot  # rarely needed

        return plot(self, metrics, ax)
