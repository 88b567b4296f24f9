"""Set the learning rate of each epoch by a function."""

# ruff: noqa: ARG002 # hooks have their arguments, used or not

import inspect
import math
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from nn.callbacks.callback import Callback, Logs
from nn.messages import announce


class LearningRateScheduler(Callback):
    """Call a function before each epoch to set the learning rate.

    The rate of each epoch is added to the logs, and so to the history, as 'learning_rate'.

    Args:
        schedule: called as ``schedule(epoch, rate)``, or ``schedule(epoch)`` if it takes one
            argument, with the epoch counted from 0 and the current rate; returns the new rate.
        verbose: 1 to print the rate of each epoch.

    Raises:
        TypeError: during training, if ``schedule`` doesn't return a number.

    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(nn.optimizers.SGD(0.8), "mse")
    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)
    >>> history = model.fit(np.ones((4, 2)), np.ones(4), epochs=3, callbacks=[halve], verbose=0)
    >>> [round(rate, 3) for rate in history.history["learning_rate"]]
    [0.8, 0.4, 0.2]
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(
                f"LearningRateScheduler expects a function of the epoch, got {schedule!r}. Write "
                "LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch)), for example."
            )
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = _takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the rate."""
        optimizer = self.model.optimizer
        current = (float(optimizer.learning_rate),) if self._takes_rate else ()
        rate = _as_rate(epoch, self.schedule(epoch, *current))
        optimizer.learning_rate = rate
        if self.verbose:
            announce(f"Epoch {epoch + 1}: setting the learning rate to {rate:.6g}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Add the rate to the logs."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes_two(schedule: Callable[..., float]) -> bool:
    """Return whether ``schedule`` takes two arguments; True if it has no signature."""
    try:
        signature = inspect.signature(schedule)
    except ValueError:
        return True
    try:
        signature.bind(0, 0.0)
    except TypeError:
        return False
    return True


def _as_rate(epoch: int, rate: Any) -> float:
    is_number = isinstance(rate, numbers.Real) or (isinstance(rate, np.ndarray) and rate.ndim == 0)
    if not is_number or not math.isfinite(rate):
        raise TypeError(
            f"LearningRateScheduler expects its schedule to return a finite number, got {rate!r} "
            f"for epoch {epoch}. Return the rate, for instance: return 0.9 * rate."
        )
    return float(rate)
