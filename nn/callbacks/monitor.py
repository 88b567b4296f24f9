"""The base class of callbacks that monitor one quantity for improvement."""

# ruff: noqa: ARG002 # hooks have their arguments, used or not

from numbers import Real

import numpy as np

from nn.callbacks.callback import Callback, Logs
from nn.messages import warn
from nn.metrics.direction import rises


class Monitor(Callback):
    """The base class of callbacks that monitor one quantity for improvement.

    Args:
        monitor: the quantity's name in the logs; 'val_…' for those of the validation data.
        mode: 'min' if lower is better, 'max' if higher is; 'auto' infers it from the name.
        min_delta: only a change larger than this counts as an improvement.
        best: the initial value to beat, or None.

    Raises:
        TypeError: ``min_delta`` isn't a number.
        ValueError: ``mode`` is none of the three, or 'auto' can't infer the direction.

    Attributes:
        best: the best value so far, or None.
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
        self._is_settled = False  # the quantity was found, or a warning was issued
        self._warning: str | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Allow a new warning."""
        self._is_settled = False
        self._warning = None

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Warn if a validation quantity is monitored, but there was no validation."""
        if not self._is_settled:
            self._warn()

    def current(self, logs: Logs) -> float | None:
        """Return the monitored quantity; if the logs lack it, return None and warn once per fit.

        A later epoch may have a validation, so the warning about a missing validation quantity is
        delayed to the end of the fit.

        Raises:
            ValueError: the quantity is an array, which has no best value.
        """
        value: float | None = logs.get(self.monitor)
        if isinstance(value, np.ndarray):
            raise ValueError(
                f"{type(self).__name__} expects one number to monitor, got {self.monitor!r}, an "
                f"array of shape {value.shape}. Monitor another quantity, or let the metric return "
                "one number, as F1Score(average='macro') does."
            )
        if value is None and not self._is_settled:
            self._warning = self._explain_missing(logs)
            if not self._waits_for_validation(logs):
                self._warn()
        self._is_settled |= value is not None
        return value

    def improves(self, value: float, reference: float | None) -> bool:
        """Return whether ``value`` is better than ``reference`` by more than ``min_delta``."""
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


def _rises(owner: str, monitor: str, mode: str) -> bool:
    """Return whether a higher value of ``monitor`` is better."""
    if not isinstance(monitor, str):
        raise TypeError(
            f"{owner} expects the name of a quantity to monitor, got {monitor!r}. Write "
            "monitor='val_loss', for example."
        )
    if mode not in ("auto", "min", "max"):
        raise ValueError(
            f"{owner} expects mode to be 'auto', 'min' or 'max', got {mode!r}. Pass one of these."
        )
    is_rising = rises(monitor) if mode == "auto" else mode == "max"
    if is_rising is None:
        raise ValueError(
            f"{owner} expects the name of a known quantity for mode='auto', got {monitor!r}. "
            "Pass mode='max' if higher is better, mode='min' if lower is."
        )
    return is_rising
