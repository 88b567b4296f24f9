"""Reduce the learning rate when a quantity stops improving."""

import numpy as np

from nn.callbacks.callback import Logs
from nn.callbacks.monitor import Monitor, check_numbers
from nn.messages import announce


class ReduceLROnPlateau(Monitor):
    """Multiply the learning rate by ``factor`` after ``patience`` epochs without improvement.

    The rate of each epoch is added to the logs, and so to the history, as 'learning_rate'.

    Args:
        monitor: the quantity's name in the logs.
        factor: multiplies the rate, from 0 to below 1.
        patience: epochs without improvement before the rate falls.
        verbose: 1 to print a message when the rate falls.
        mode: 'min', 'max', or 'auto', which infers it from the quantity's name.
        min_delta: only a change larger than this counts as an improvement.
        cooldown: epochs after a reduction that don't count as waiting.
        min_lr: the rate never falls below this.

    Raises:
        TypeError: a numeric argument isn't a number.
        ValueError: ``factor`` is outside [0, 1).

    Attributes:
        wait: epochs since the last improvement, reduction or cooldown.
        cooldown_counter: the remaining epochs of the cooldown.

    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(nn.optimizers.SGD(0.5), "mse")
    >>> reduce = ReduceLROnPlateau(monitor="loss", factor=0.5, patience=2)
    >>> x, y = np.zeros((4, 2)), np.zeros(4)  # nothing to learn
    >>> history = model.fit(x, y, epochs=5, callbacks=[reduce], verbose=0)
    >>> [float(rate) for rate in history.history["learning_rate"]]
    [0.5, 0.5, 0.5, 0.25, 0.25]
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        check_numbers(self, factor=factor, patience=patience, cooldown=cooldown, min_lr=min_lr)
        if not 0 <= factor < 1:
            raise ValueError(
                f"ReduceLROnPlateau expects a factor in [0, 1), got {factor}. "
                "Pass 0.1 to make the rate ten times smaller."
            )
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._start_afresh()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Reset the counters and the best value."""
        super().on_train_begin(logs)
        self._start_afresh()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Check the quantity, and reduce the rate after ``patience`` epochs without improvement."""
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        value = self.current(logs)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improves(value, self.best):
            self.best = value
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def in_cooldown(self) -> bool:
        """Return whether the rate was reduced less than ``cooldown`` epochs ago."""
        return self.cooldown_counter > 0

    def _start_afresh(self) -> None:
        self.best = None
        self.wait = 0
        self.cooldown_counter: int = 0

    def _reduce(self, epoch: int) -> None:
        rate = float(self.model.optimizer.learning_rate)
        if np.float32(rate) <= np.float32(self.min_lr):  # the optimizer may hold it in float32
            return
        lower = max(rate * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = lower
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose:
            announce(f"Epoch {epoch + 1}: reducing the learning rate to {lower:.6g}")
