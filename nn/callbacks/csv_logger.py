"""Write the logs of each epoch to a CSV file."""

# ruff: noqa: ARG002 # hooks have their arguments, used or not

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nn.callbacks.callback import Callback, Logs
from nn.distribution import is_main


class CSVLogger(Callback):
    """Write one line per epoch: the epoch, counted from 0, and the logs in sorted columns.

    The first epoch determines the columns. If it has no validation, columns for validation are
    added anyway, as later epochs may need them; missing values are written as NA. The file is
    complete after every epoch.

    Args:
        filename: the file, in an existing directory.
        separator: the text between two columns.
        append: whether to append to an existing file, without a second header.

    >>> import tempfile
    >>> import nn, numpy as np
    >>> from pathlib import Path
    >>> model = nn.Sequential([nn.layers.Dense(1, kernel_initializer="zeros", input_shape=(2,))])
    >>> model.compile(nn.optimizers.SGD(0.0), "mse")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "log.csv"
    ...     history = model.fit(np.ones((4, 2)), np.ones(4), callbacks=[CSVLogger(path)], verbose=0)
    ...     print(path.read_text())
    epoch,loss,val_loss
    0,1.0,NA
    """

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._columns: list[str] | None = None

    def get_state(self) -> dict[str, Any]:
        """Return the columns, and the lines of the file so far."""
        path = Path(self.filename)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return {"_columns": self._columns, "text": text}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the columns, and the lines of the file."""
        self._columns = state["_columns"]
        if is_main():
            Path(self.filename).write_text(state["text"], encoding="utf-8")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Empty the file, unless ``append`` is set."""
        self._columns = None
        if not self.append and is_main():
            Path(self.filename).write_text("", encoding="utf-8")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the line of this epoch."""
        if not is_main():
            return
        logs = logs or {}
        lines: list[list[object]] = []
        if self._columns is None:
            self._columns = _columns(logs)
            if not _has_content(self.filename):
                lines.append(["epoch", *self._columns])
        lines.append([epoch, *(_cell(logs.get(name, "NA")) for name in self._columns)])
        with Path(self.filename).open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=self.separator).writerows(lines)


def _columns(logs: Logs) -> list[str]:
    columns = list(logs)
    if not any(name.startswith("val_") for name in columns):
        columns += [f"val_{name}" for name in columns]
    return columns


def _cell(value: object) -> object:
    """Convert an array to a list, which is written in one line."""
    return value.tolist() if isinstance(value, np.ndarray) else value


def _has_content(filename: str) -> bool:
    path = Path(filename)
    return path.exists() and path.stat().st_size > 0
