"""Keep a model's weights while it trains, in files or in memory."""

# ruff: noqa: ARG002 # Callback names the arguments of its hooks, used or not

import os
from pathlib import Path

from nn.callbacks.callback import Logs
from nn.callbacks.message import announce
from nn.callbacks.monitor import Monitor, check_numbers
from nn.callbacks.weights import Weights, copy_of_weights


class ModelCheckpoint(Monitor):
    """Saves the weights after each epoch, or after every so many batches.

    Without a path, the best weights are kept in memory: ``model.set_weights(c.best_weights)``
    brings them back. Over several fits of one object the best goes on counting, as the file does.

    Args:
        filepath: where to save, ending in '.npz'; may have fields for the epoch (counted from 1),
            the batch and the logs: 'run/{epoch:02d}-{val_loss:.2f}.npz'. None keeps the best
            weights in memory, as if ``save_best_only`` were True.
        monitor: the quantity that tells which weights are best.
        verbose: 1 to tell when weights are saved.
        save_best_only: save only when the quantity improves. While it isn't known yet, as before
            the first validation, a file is saved nevertheless.
        save_weights_only: accepted for Keras's sake; a checkpoint always holds the weights.
        mode: 'min', 'max', or 'auto', which tells by the quantity's name.
        save_freq: 'epoch', or a number of batches.
        initial_value_threshold: the value to beat at first.

    Raises:
        TypeError: ``initial_value_threshold`` isn't a number.
        ValueError: ``filepath`` doesn't end in '.npz', or ``save_freq`` is neither.

    Attributes:
        best: the best value until now, or None.
        best_epoch: the epoch that it belongs to, counted from 0, or None.
        best_weights: where there is no path, that epoch's weights, or None before there are any.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str] | None = None,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        if initial_value_threshold is not None:
            check_numbers(self, initial_value_threshold=initial_value_threshold)
        super().__init__(monitor, mode, best=initial_value_threshold)
        self.filepath = None if filepath is None else _checked_path(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only or filepath is None
        self.save_weights_only = save_weights_only
        self.save_freq = _checked_frequency(save_freq)
        self.best_epoch: int | None = None
        self.best_weights: Weights | None = None
        self._epoch = 0
        self._batches_since_saving = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note which epoch the batches belong to."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save, if enough batches have passed."""
        if isinstance(self.save_freq, str):
            return
        self._batches_since_saving += 1
        if self._batches_since_saving >= self.save_freq:
            self._batches_since_saving = 0
            self._save(self._epoch, {"batch": batch + 1}, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save, if epochs are what counts."""
        if self.save_freq == "epoch":
            self._save(epoch, {}, logs or {})

    def _save(self, epoch: int, batch: dict[str, int], logs: Logs) -> None:
        if self.save_best_only and not self._is_best(epoch, logs):
            return
        if self.filepath is None:
            self.best_weights = copy_of_weights(self.model)
            place = "memory"
        else:
            place = _fill_in(self.filepath, {"epoch": epoch + 1} | batch | logs)
            Path(place).parent.mkdir(parents=True, exist_ok=True)
            self.model.save_weights(place)
        if self.verbose:
            announce(f"Epoch {epoch + 1}: saved the weights to {place}")

    def _is_best(self, epoch: int, logs: Logs) -> bool:
        """Whether to save; without the quantity, only a file, until there is a best to keep."""
        value = self.current(logs)
        if value is None:
            return self.best is None and self.filepath is not None
        if not self.improves(value, self.best):
            return False
        if self.verbose:
            before = "" if self.best is None else f" from {self.best:.5f}"
            announce(f"Epoch {epoch + 1}: {self.monitor} improved{before} to {value:.5f}")
        self.best = value
        self.best_epoch = epoch
        return True


def _checked_path(filepath: str | os.PathLike[str]) -> str:
    path = os.fspath(filepath)
    if not path.endswith(".npz"):
        raise ValueError(
            f"ModelCheckpoint needs a filepath that ends in '.npz', got {path!r}. "
            f"Write for instance {Path(path).stem + '.npz'!r}."
        )
    if Path(path).is_dir():
        raise IsADirectoryError(
            f"ModelCheckpoint needs a file to write to, but {path!r} is a directory. "
            "Choose another name."
        )
    return path


def _checked_frequency(save_freq: str | int) -> str | int:
    is_count = isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq >= 1
    if save_freq != "epoch" and not is_count:
        raise ValueError(
            f"ModelCheckpoint: save_freq must be 'epoch' or a number of batches, got {save_freq!r}."
        )
    return save_freq


def _fill_in(filepath: str, fields: Logs) -> str:
    try:
        return filepath.format(**fields)
    except KeyError as error:
        raise KeyError(
            f"the filepath {filepath!r} of a ModelCheckpoint has the field {error}, which isn't "
            f"among {', '.join(sorted(fields))}. Use one of these."
        ) from error
