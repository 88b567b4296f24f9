"""The progress that ``fit``, ``evaluate`` and ``predict`` print.

In a terminal or a notebook, a bar fills up during an epoch and is replaced by one line at its end.
Elsewhere, only the line is printed:

    Epoch 3/10 - 0.1s - loss: 0.5213 - accuracy: 0.7402 - val_loss: 0.5624 - val_accuracy: 0.7190
"""

# ruff: noqa: ARG002 # hooks have their arguments, used or not

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.callbacks.callback import Callback, Logs
from nn.distribution import is_main
from nn.messages import announce

if TYPE_CHECKING:
    from nn.training.progress_bar import Bar

SECONDS_BETWEEN_UPDATES = 0.1


def progress_for(verbose: object) -> Callback:
    """Return the callback that shows progress at the level ``verbose``.

    Args:
        verbose: 0 or False for silence; 2 for one line per epoch; 'auto', 1 or True for bars in
            a terminal or a notebook, and lines elsewhere.

    Raises:
        ValueError: ``verbose`` is something else.
    """
    if verbose in ("auto", 1) and is_main():
        return ProgressBar() if _can_redraw() else ProgressLines()
    if verbose == 2 and is_main():
        return ProgressLines()
    if verbose in ("auto", 0, 1, 2):
        return Callback()
    raise ValueError(
        f"expected verbose to be 'auto', 0 (silent), 1 (a bar) or 2 (a line per epoch), got "
        f"{verbose!r}. Pass one of these."
    )


class ProgressLines(Callback):
    """Print one line per epoch of ``fit``, and one for ``evaluate``."""

    is_backed_up = False

    def __init__(self) -> None:
        self._is_training = False
        self._title = ""
        self._start = 0.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Treat evaluations as validations, which print no line."""
        self._is_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Treat evaluations as such again."""
        self._is_training = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Start the clock."""
        epochs = (self.params or {}).get("epochs", 1)
        self._begin(f"Epoch {epoch + 1}/{epochs}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Print the line."""
        self._end(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Start the clock."""
        if not self._is_training:
            self._begin("Evaluate")

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Print the line."""
        if not self._is_training:
            self._end(logs)

    def _begin(self, title: str) -> None:
        self._title = title
        self._start = time.perf_counter()

    def _end(self, logs: Logs | None) -> None:
        duration = _format_seconds(time.perf_counter() - self._start)
        announce(" - ".join([self._title, duration, *_format_logs(logs or {})]))


class ProgressBar(ProgressLines):
    """Show a bar that fills up during an epoch, an evaluation or a prediction.

    A bar appears after a tenth of a second, so that short epochs cost nothing. It is drawn at most
    ten times a second, and is removed after the last batch, so that the next output starts on an
    empty line.
    """

    def __init__(self) -> None:
        super().__init__()
        self._bar: Bar | None = None
        self._next_update = 0.0

    def wants_batch(self, batch: int) -> bool:
        """Return whether to redraw or remove the bar after this batch."""
        return time.perf_counter() >= self._next_update or batch + 1 == self._steps

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Fill up the bar."""
        self._show(batch + 1, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Fill up the bar of an evaluation."""
        if not self._is_training:
            self._show(batch + 1, logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Start the clock."""
        self._begin("Predict")

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Fill up the bar of a prediction."""
        self._show(batch + 1, {})

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Remove the bar."""
        self._close()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Remove the bar of an epoch that ended early."""
        super().on_train_end(logs)
        self._close()

    @property
    def _steps(self) -> int | None:
        steps: int | None = (self.params or {}).get("steps")
        return steps

    def _begin(self, title: str) -> None:
        super()._begin(title)
        self._close()
        self._next_update = self._start + SECONDS_BETWEEN_UPDATES

    def _end(self, logs: Logs | None) -> None:
        self._close()
        super()._end(logs)

    def _show(self, done: int, logs: Logs | None) -> None:
        if done == self._steps:
            self._close()
            return
        if self._bar is None:
            self._bar = self._new_bar()
        self._bar.n = done
        self._bar.set_postfix_str(" - ".join(_format_logs(logs or {})), refresh=False)
        self._bar.refresh()
        self._next_update = time.perf_counter() + SECONDS_BETWEEN_UPDATES

    def _new_bar(self) -> Bar:
        from nn.training.progress_bar import (
            Bar,
        )  # tqdm is slow to import, and most bars never appear

        bar = Bar(
            desc=self._title,
            total=self._steps,
            file=sys.stdout,
            leave=False,
            dynamic_ncols=True,
            bar_format="{desc} {bar:20} {n_fmt}/{total_fmt} {elapsed}<{remaining}{postfix}",
        )
        bar.start_t -= time.perf_counter() - self._start
        return bar

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _can_redraw() -> bool:
    """Return whether standard output is a terminal or a notebook, which can redraw a line."""
    is_notebook = type(sys.stdout).__module__.startswith("ipykernel")
    return is_notebook or sys.stdout.isatty()


def _format_logs(logs: Mapping[str, Any]) -> list[str]:
    """Format each quantity as 'name: value', the loss first and the validation last."""

    def order(name: str) -> tuple[bool, bool, str]:
        return name.startswith("val_"), name.removeprefix("val_") != "loss", name

    return [f"{name}: {_format_value(logs[name])}" for name in sorted(logs, key=order)]


def _format_value(value: Array) -> str:
    """Format a number with four digits; for an array, format its mean."""
    if isinstance(value, np.ndarray):
        value = float(np.mean(value))
    if not isinstance(value, float):
        return str(value)
    is_plain = value == 0 or 1e-3 <= abs(value) < 1e6
    return f"{value:.4f}" if is_plain else f"{value:.4g}"


def _format_seconds(seconds: float) -> str:
    return f"{seconds:.1f}s" if seconds >= 0.05 else f"{1000 * seconds:.0f}ms"
