"""The hooks of training, evaluation and prediction; every callback overrides some of them."""

# ruff: noqa: ARG002 # Callback names the arguments of its hooks, used or not

from collections.abc import Mapping
from typing import Any

Logs = dict[str, Any]  # from a quantity's name to its value: {'loss': 0.52, 'accuracy': 0.74}


class Callback:
    """Does nothing at every point at which a callback may do something.

    A subclass overrides the hooks that it needs. It may read and change ``self.model`` (set
    ``self.model.stop_training = True`` to end training after the current batch) and may add to
    ``logs``: the callbacks that come after it see the addition, and so does the history.

    Attributes:
        model: the model that is being trained, evaluated or run.
        params: 'epochs', 'steps' (batches per epoch) and 'verbose'.

    >>> class Cheer(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(f"epoch {epoch}: {logs['loss']}")
    >>> Cheer().on_epoch_end(0, {"loss": 0.5})
    epoch 0: 0.5
    """

    model: Any = None
    params: Mapping[str, Any] | None = None

    def set_model(self, model: Any) -> None:
        """Called once before the first hook, with the model."""
        self.model = model

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Called once before the first hook, with the parameters of the run."""
        self.params = params

    def wants_batch(self, batch: int) -> bool:
        """Whether the end of this batch matters; if it doesn't for anyone, no logs are made."""
        return True

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called at the beginning of ``fit``."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called at the end of ``fit``, with the logs of the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before each epoch of ``fit``, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after each epoch and its validation, whose quantities begin with 'val_'."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name for ``on_train_batch_begin``."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name for ``on_train_batch_end``."""

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
