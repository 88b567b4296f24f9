"""The hooks of training, evaluation and prediction; every callback overrides some of them."""

# ruff: noqa: ARG002 # hooks have their arguments, used or not

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.argument_checks import ArgumentsChecked
from nn.callbacks.plain_state import plain_attributes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Logs = dict[str, Any]  # from a quantity's name to its value: {'loss': 0.52, 'accuracy': 0.74}


class Callback(ArgumentsChecked):
    """The base class of callbacks; its hooks do nothing.

    A subclass overrides the hooks that it needs. It may read and change ``self.model`` (set
    ``self.model.stop_training = True`` to end training after the current batch) and may add to
    ``logs``: later callbacks get the additions, and the history records them.

    Attributes:
        model: the model that runs.
        params: 'epochs', 'steps' (batches per epoch) and 'verbose'.

    >>> class Cheer(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(f"epoch {epoch}: {logs['loss']}")
    >>> Cheer().on_epoch_end(0, {"loss": 0.5})
    epoch 0: 0.5
    """

    model: Any = None
    params: Mapping[str, Any] | None = None
    is_backed_up = True  # whether a backup holds the callback's state

    def set_model(self, model: Any) -> None:
        """Called once before the first hook, with the model."""
        self.model = model

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Called once before the first hook, with the parameters of the run."""
        self.params = params

    def wants_batch(self, batch: int) -> bool:
        """Return whether the hook at the end of this batch is called; logs are made only then."""
        return True

    def get_state(self) -> dict[str, Any]:
        """Return the state for a backup: the numbers, strings and arrays in attributes."""
        state = plain_attributes(self)
        state.pop("params", None)
        return state

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the result of `get_state`."""
        vars(self).update(state)

    def resume(self, run: Any, callbacks: Sequence[Callback]) -> None:
        """Called after ``on_train_begin``; may restore the state of an interrupted training run.

        Args:
            run: the training run, a ``nn.training.run.Run``.
            callbacks: all callbacks of this run.
        """

    def back_up(self, run: Any, callbacks: Sequence[Callback]) -> None:
        """Called after each batch and each epoch of ``fit``, after the hooks of all callbacks."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called at the beginning of ``fit``."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called at the end of ``fit``, with the logs of the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before each epoch of ``fit``, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after each epoch and its validation, whose quantities begin with 'val_'."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do the same as ``on_train_batch_begin``, of which this is another name."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Do the same as ``on_train_batch_end``, of which this is another name."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each batch of ``fit``, counted from 0 in each epoch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each batch of ``fit``, with the means over the epoch until now."""
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Called at the beginning of ``evaluate``, and of the validation in ``fit``."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Called at the end of ``evaluate``, and of the validation in ``fit``."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each batch of ``evaluate`` or of the validation in ``fit``."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each batch of ``evaluate`` or of the validation in ``fit``."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Called at the beginning of ``predict``."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Called at the end of ``predict``."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each batch of ``predict``."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each batch of ``predict``; logs hold its 'outputs'."""


HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))
