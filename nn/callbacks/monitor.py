"""Watching one quantity and telling improvement from its opposite."""

# ruff: noqa: ARG002 # Callback names the arguments of its hooks, used or not

from numbers import Real

import numpy as np

from nn.callbacks.callback import Callback, Logs
from nn.callbacks.message import warn

_FALLING = {"loss", "error", "crossentropy", "hinge", "divergence", "poisson", "huber", "cosh",
            "logcosh", "mse", "mae", "mape", "msle", "rmse", "kld", "perplexity"}  # fmt: skip
_RISING = {"accuracy", "acc", "auc", "precision", "recall", "sensitivity", "specificity", "f1",
           "fbeta", "iou", "similarity", "r2"}  # fmt: skip


class Monitor(Callback):
    """Base of the callbacks that wait for one quantity to improve.

    Args:
        monitor: the quantity's name in the logs; 'val_…' for those of the validation data.
        mode: 'min' if falling is improving, 'max' if rising is; 'auto' tells by the name.
        min_delta: a smaller change than this doesn't count as an improvement.
        best: the value to beat at first, or None.

    Raises:
        TypeError: ``min_delta`` isn't a number.
        ValueError: ``mode`` is none of the three, or 'auto' doesn't know the quantity.

    Attributes:
        best: the best value until now, or None.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        min_delta: float = 0.0,
        best: float | None = None,
    ) -> None:
        check_numbers(self, min_delta=min_delta)
        self.monitor = monitor
        self.mode = mode
        self.min_delta = abs(min_delta)
        self.best = best
        self._rises = _rises(type(self).__name__, monitor, mode)
        self._is_settled = False  # the quantity was there, or a warning has said that it wasn't
        self._warning: str | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Be ready to warn again."""
        self._is_settled = False
        self._warning = None

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Warn if there was no validation, where one of its quantities was waited for."""
        if not self._is_settled:
            self._warn()

    def current(self, logs: Logs) -> float | None:
        """Answer the monitored quantity, or warn, once per fit, that it isn't in the logs.

        In an epoch without validation a quantity of the validation may be yet to come, so that its
        warning waits for the end of the fit.

        Raises:
            ValueError: it is an array, so that one value isn't better than another.
        """
        value: float | None = logs.get(self.monitor)
        if isinstance(value, np.ndarray):
            raise ValueError(
                f"{type(self).__name__} expects one number to monitor, got {self.monitor!r}, an "
                f"array of shape {value.shape}. Monitor another quantity, or let the metric answer "
                "one number, as F1Score(average='macro') does."
            )
        if value is None and not self._is_settled:
            self._warning = self._explain_missing(logs)
            if not self._waits_for_validation(logs):
                self._warn()
        self._is_settled |= value is not None
        return value

    def improves(self, value: float, reference: float | None) -> bool:
        """Whether ``value`` is better than ``reference`` by more than ``min_delta``."""
        if reference is None:
            return True
        if self._rises:
            return value - self.min_delta > reference
        return value + self.min_delta < reference

    def _warn(self) -> None:
        self._is_settled = True
        if self._warning is not None:
            warn(self._warning)

    def _waits_for_validation(self, logs: Logs) -> bool:
        has_validation = any(name.startswith("val_") for name in logs)
        return self.monitor.startswith("val_") and not has_validation

    def _explain_missing(self, logs: Logs) -> str:
        cure = ""
        if self._waits_for_validation(logs):
            cure = (
                ", or pass validation_data or validation_split to fit, with a validation_freq of "
                "no more than its epochs"
            )
        return (
            f"{type(self).__name__} monitors {self.monitor!r}, which isn't among the quantities "
            f"of this training: {', '.join(sorted(logs)) or 'none'}. Monitor one of these{cure}."
        )


def check_numbers(owner: Callback, **arguments: object) -> None:
    """Raise a TypeError where an argument of a callback isn't a number."""
    for name, value in arguments.items():
        if not isinstance(value, Real):
            raise TypeError(
                f"{type(owner).__name__} expects {name} to be a number, got {value!r} of type "
                f"{type(value).__name__}. Write it without quotes, or leave it out."
            )


def rises(quantity: str) -> bool | None:
    """Tell by its name whether a higher value of a quantity is a better one; None: it doesn't say.

    >>> rises("val_accuracy"), rises("loss"), rises("learning_rate")
    (True, False, None)
    """
    words = set(quantity.lower().split("_"))
    if words & _FALLING:
        return False
    return True if words & _RISING else None


def _rises(owner: str, monitor: str, mode: str) -> bool:
    """Whether a higher value of ``monitor`` is a better one."""
    if mode not in ("auto", "min", "max"):
        raise ValueError(f"{owner}: mode must be 'auto', 'min' or 'max', got {mode!r}.")
    told = rises(monitor) if mode == "auto" else mode == "max"
    if told is None:
        raise ValueError(
            f"{owner}: whether {monitor!r} should rise or fall can't be told from its name. "
            "Pass mode='max' if higher is better, mode='min' if lower is."
        )
    return told
