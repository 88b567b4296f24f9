"""Save a model, or its weights, during training, to files or in memory."""

# ruff: noqa: ARG002 # hooks have their arguments, used or not

import os
from pathlib import Path

from nn.callbacks.callback import Logs
from nn.callbacks.frequency import checked_frequency
from nn.callbacks.monitor import Monitor, check_numbers
from nn.callbacks.weights import Weights, copy_of_weights
from nn.messages import announce
from nn.saving.saving import check_model_path, check_weights_path


class ModelCheckpoint(Monitor):
    """Save the model after each epoch, or after a number of batches.

    Without a path, the best weights are kept in memory: ``model.set_weights(c.best_weights)``
    restores them. The best value is kept over several fits, like the file.

    Args:
        filepath: the file, whose ending is the format: '.keras', '.h5' or '.npz' for models, and
            '.weights.h5', '.npz' or '.safetensors' for weights. It may have fields for the epoch
            (counted from 1), the batch and the logs: 'run/{epoch:02d}-{val_loss:.2f}.keras'. None
            keeps the best weights in memory, as if ``save_best_only`` were True.
        monitor: the quantity that determines the best weights.
        verbose: 1 to print a message when weights are saved.
        save_best_only: save only when the quantity improves. While it is unknown, as before the
            first validation, a file is saved anyway.
        save_weights_only: whether the weights are saved alone; otherwise the whole model is.
        mode: 'min', 'max', or 'auto', which infers it from the quantity's name.
        save_freq: 'epoch', or a number of batches.
        initial_value_threshold: the initial value to beat.

    Raises:
        TypeError: ``initial_value_threshold`` isn't a number.
        ValueError: the ending of ``filepath`` isn't known, or ``save_freq`` isn't valid.

    Attributes:
        best: the best value so far, or None.
        best_epoch: the epoch of the best value, counted from 0, or None.
        best_weights: the weights of that epoch if there is no path; None before the first.

    >>> import tempfile
    >>> import nn, numpy as np
    >>> from pathlib import Path
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     saved = ModelCheckpoint(folder + "/{epoch}.keras")
    ...     history = model.fit(np.ones((4, 2)), np.ones(4), epochs=2, callbacks=[saved], verbose=0)
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['1.keras', '2.keras']
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
        self.filepath = None if filepath is None else _checked_path(filepath, save_weights_only)
        self.verbose = verbose
        self.save_best_only = save_best_only or filepath is None
        self.save_weights_only = save_weights_only
        self.save_freq = checked_frequency(self, save_freq)
        self.best_epoch: int | None = None
        self.best_weights: Weights | None = None
        self._epoch = 0
        self._batches_since_saving = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Record the epoch of the following batches."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save after every ``save_freq`` batches."""
        if isinstance(self.save_freq, str):
            return
        self._batches_since_saving += 1
        if self._batches_since_saving >= self.save_freq:
            self._batches_since_saving = 0
            self._save(self._epoch, {"batch": batch + 1}, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save if ``save_freq`` is 'epoch'."""
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
            (self.model.save_weights if self.save_weights_only else self.model.save)(place)
        if self.verbose:
            what = "weights" if self.save_weights_only or self.filepath is None else "model"
            announce(f"Epoch {epoch + 1}: saved the {what} to {place}")

    def _is_best(self, epoch: int, logs: Logs) -> bool:
        """Return whether to save; without the quantity, save files until there is a best one."""
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


def _checked_path(filepath: str | os.PathLike[str], save_weights_only: bool) -> str:
    path = os.fspath(filepath)
    (check_weights_path if save_weights_only else check_model_path)(path)
    if Path(path).is_dir():
        raise IsADirectoryError(
            f"ModelCheckpoint expects a file to write to, got the directory {path!r}. "
            "Choose another name."
        )
    return path


def _fill_in(filepath: str, fields: Logs) -> str:
    try:
        return filepath.format(**fields)
    except KeyError as error:
        raise KeyError(
            f"ModelCheckpoint expects the fields {', '.join(sorted(fields))} in its filepath, got "
            f"{error} in {filepath!r}. Use one of these."
        ) from error
