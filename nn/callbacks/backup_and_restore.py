"""Resume an interrupted training run, with the same results as without the interruption."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.callbacks.callback import Callback, Logs
from nn.callbacks.frequency import checked_frequency
from nn.callbacks.plain_state import decode, encode
from nn.distribution.sharing import is_main, object_of_main
from nn.messages import warn
from nn.saving.atomic_files import replace_file
from nn.saving.reading import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BackupAndRestore"]

_STATE = "state"


class BackupAndRestore(Callback):
    """Save the state of training at intervals, and resume it when the script is started again.

    The resumed run ends with the same weights and history, bit for bit, as an uninterrupted one.
    The optimizers, the orders of the rows, dropout, and the numbers, strings, arrays and generators
    in the attributes of all callbacks, of user-defined layers and models, and of the data are
    restored. A generator of batches is run up to the batch that comes next. Random numbers are the
    same if they are drawn from these generators, ``nn``, ``random`` or ``numpy.random``.

    Args:
        backup_dir: a folder for the backup of this run alone; it is created if it doesn't exist.
        save_freq: 'epoch', or a number of batches, which are counted over epochs.
        double_checkpoint: whether the backup before is kept too, for a file that the disk damages:
            a kill never does, as a backup is replaced when the new one is complete.
        delete_checkpoint: whether the backup is deleted when training ends.

    Raises:
        ValueError: ``save_freq`` is another one, or ``backup_dir`` is empty; or, as ``fit`` begins,
            the backup is of another model or of other callbacks.

    >>> import tempfile
    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> x, y = np.ones((4, 2)), np.ones(4)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     history = model.fit(x, y, epochs=2, callbacks=[BackupAndRestore(folder)], verbose=0)
    >>> history.epoch
    [0, 1]
    """

    is_backed_up = False

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        self.backup_dir = os.fspath(backup_dir)
        if not self.backup_dir:
            raise ValueError(
                "BackupAndRestore expects a folder as backup_dir, got ''. Pass one for this "
                "training alone: BackupAndRestore('backup')."
            )
        self.save_freq = checked_frequency(self, save_freq)
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._batches_since_saving = 0

    @property
    def path(self) -> str:
        """The file of the backup."""
        return os.path.join(self.backup_dir, "backup.npz")

    @property
    def path_before(self) -> str:
        """The file of the backup before, with ``double_checkpoint``."""
        return os.path.join(self.backup_dir, "before.npz")

    def resume(self, run: Any, callbacks: Sequence[Callback]) -> None:
        """Restore the training run, if there is a backup."""
        self._batches_since_saving = 0
        stateful = _stateful(callbacks)
        state = object_of_main(self._read)
        if state is None:
            return
        self._check_names(state["names"], _names(stateful))
        with reading(self.path):
            run.set_state(state["run"])
            for callback, attributes in zip(stateful, state["callbacks"], strict=True):
                callback.set_state(attributes)

    def back_up(self, run: Any, callbacks: Sequence[Callback]) -> None:
        """Save the state of the training run, if it is time."""
        if not self._is_due(run):
            return
        stateful = _stateful(callbacks)
        state = {
            "run": run.get_state(),
            "names": _names(stateful),
            "callbacks": [callback.get_state() for callback in stateful],
        }
        if not is_main():
            return
        arrays: dict[str, np.ndarray] = {}
        text = json.dumps(encode(state, arrays)).encode()
        buffer = BytesIO()
        np.savez(buffer, **{_STATE: np.frombuffer(text, np.uint8)}, **arrays)  # type: ignore[arg-type]
        Path(self.backup_dir).mkdir(parents=True, exist_ok=True)
        if self.double_checkpoint and os.path.exists(self.path):
            os.replace(self.path, self.path_before)
        replace_file(self.path, buffer.getvalue())

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002 - a hook's argument
        """Delete the backup, if ``delete_checkpoint`` is set."""
        if not (self.delete_checkpoint and is_main()):
            return
        for path in (self.path, self.path_before):
            Path(path).unlink(missing_ok=True)
        with suppress(OSError):  # there are other files in it, or it isn't there
            os.rmdir(self.backup_dir)

    def _read(self) -> Any:
        """Return what is in the backup, or in the one before; None if there is none.

        Raises:
            ValueError: they are broken.
        """
        paths = [path for path in (self.path, self.path_before) if os.path.exists(path)]
        for path in paths[:-1]:
            try:
                return _content(path)
            except ValueError as error:
                warn(f"BackupAndRestore goes back to {paths[-1]!r}: {error}")
        return _content(paths[-1]) if paths else None

    def _is_due(self, run: Any) -> bool:
        """Return whether to save after this batch, or after this epoch."""
        if isinstance(self.save_freq, str) or run.is_between:
            return self.save_freq == "epoch" and bool(run.is_between)
        self._batches_since_saving += 1
        if self._batches_since_saving < self.save_freq:
            return False
        self._batches_since_saving = 0
        return True

    def _check_names(self, expected: list[str], got: list[str]) -> None:
        if expected != got:
            raise ValueError(
                f"BackupAndRestore expects the callbacks of the interrupted training, {expected}, "
                f"got {got}. Pass the same, or delete {self.backup_dir!r} to start over."
            )


def _stateful(callbacks: Sequence[Callback]) -> list[Callback]:
    return [callback for callback in callbacks if callback.is_backed_up]


def _names(callbacks: Sequence[Callback]) -> list[str]:
    return [type(callback).__name__ for callback in callbacks]


def _content(path: str) -> Any:
    """Return what is in a file."""
    with open(path, "rb") as opened, reading(path), np.load(opened) as file:
        arrays = {name: file[name] for name in file.files if name != _STATE}
        return decode(json.loads(file[_STATE].tobytes()), arrays)
