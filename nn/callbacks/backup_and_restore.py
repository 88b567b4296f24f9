"""Go on with a training that was interrupted, as if it hadn't been."""

from __future__ import annotations

import json
import os
import random
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.callbacks.callback import Callback, Logs
from nn.callbacks.plain_state import decode, encode
from nn.random import SeedGenerator, seeds
from nn.saving.files import replace_file
from nn.saving.reading import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["BackupAndRestore"]

_STATE = "state"


class BackupAndRestore(Callback):
    """Saves all of a training after each epoch, to go on with it when the script is started again.

    The resumed training ends with the same weights and the same history, bit for bit, as one that
    wasn't interrupted: with the optimizer, the orders of the rows, dropout, and the numbers, texts
    and arrays in the attributes of all callbacks. A generator of batches is run up to the place.
    Numbers that are drawn from elsewhere than ``nn``, ``random`` and ``numpy.random`` differ.

    Args:
        backup_dir: a folder for the backup of this training alone; it is made if it isn't there.
        save_freq: 'epoch', the only choice.
        double_checkpoint: accepted for Keras's sake; a backup is replaced when the new one is
            complete.
        delete_checkpoint: whether the backup is deleted when the training ends.

    Raises:
        ValueError: ``save_freq`` is another one; or, as ``fit`` begins, the backup is of another
            model or of other callbacks.
    """

    is_backed_up = False

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        if save_freq != "epoch":
            raise ValueError(
                f"BackupAndRestore expects save_freq='epoch', got {save_freq!r}. Leave it out, and "
                "pass a smaller steps_per_epoch to fit for more backups."
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint

    @property
    def path(self) -> str:
        """The file of the backup."""
        return os.path.join(self.backup_dir, "backup.npz")

    def resume(self, epoch: int, skip: Callable[[int], None], callbacks: Sequence[Callback]) -> int:
        """Restore the training, if there is a backup, and return the epoch to go on with."""
        if not os.path.exists(self.path):
            return epoch
        with open(self.path, "rb") as opened, reading(self.path), np.load(opened) as file:
            arrays = {name: file[name] for name in file.files if name != _STATE}
            state = decode(json.loads(file[_STATE].tobytes()), arrays)
            stateful = _stateful(callbacks)
            self._check_names(state["names"], _names(stateful))
            skip(state["epoch"] - epoch)
            self.model.set_weights(state["weights"])
            if self.model.optimizer is not None:
                self.model.store  # noqa: B018 - builds the optimizer
                self.model.optimizer.set_state(state["optimizer"])
            for callback, attributes in zip(stateful, state["callbacks"], strict=True):
                callback.set_state(attributes)
        _set_random_state(self.model, state["random"])
        return int((self.params or {})["epochs"] if state["is_stopped"] else state["epoch"])

    def back_up(self, epoch: int, callbacks: Sequence[Callback]) -> None:
        """Save the training as it is before this epoch."""
        optimizer, stateful = self.model.optimizer, _stateful(callbacks)
        state = {
            "epoch": epoch,
            "is_stopped": bool(self.model.stop_training),
            "weights": self.model.get_weights(),
            "optimizer": None if optimizer is None else optimizer.get_state(),
            "names": _names(stateful),
            "callbacks": [callback.get_state() for callback in stateful],
            "random": _random_state(self.model),
        }
        arrays: dict[str, np.ndarray] = {}
        text = json.dumps(encode(state, arrays)).encode()
        buffer = BytesIO()
        np.savez(buffer, **{_STATE: np.frombuffer(text, np.uint8)}, **arrays)  # type: ignore[arg-type]
        Path(self.backup_dir).mkdir(parents=True, exist_ok=True)
        replace_file(self.path, buffer.getvalue())

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002 - a hook's argument
        """Delete the backup, if ``delete_checkpoint`` is set."""
        if self.delete_checkpoint and os.path.exists(self.path):
            os.unlink(self.path)
            with suppress(OSError):  # there are other files in it
                os.rmdir(self.backup_dir)

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


def _random_state(model: Any) -> dict[str, Any]:
    """Return the states of all sources of random numbers."""
    return {
        "stream": seeds.get_state(),
        "python": random.getstate(),
        "numpy": np.random.get_state(legacy=False),  # noqa: NPY002 - what users may draw from
        "generators": [generator.bit_generator.state for generator in _generators(model)],
    }


def _set_random_state(model: Any, state: dict[str, Any]) -> None:
    seeds.set_state(state["stream"])
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])  # noqa: NPY002 - what users may draw from
    for generator, found in zip(_generators(model), state["generators"], strict=True):
        generator.bit_generator.state = found


def _generators(model: Any) -> list[np.random.Generator]:
    """Return the generators of the layers, and that of the order of the rows."""
    found = [model._training.order]
    for layer in model.flat_layers():
        found += [value for _, value in sorted(vars(layer).items())]
    generators = [x.generator if isinstance(x, SeedGenerator) else x for x in found]
    return [x for x in generators if isinstance(x, np.random.Generator)]
