"""Many callbacks as one: what the loops of ``fit``, ``evaluate`` and ``predict`` talk to."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from nn.callbacks.callback import HOOKS, Callback, Logs
from nn.callbacks.lambda_callback import LambdaCallback

LogSource = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None


class CallbackList:
    """Calls each hook of each callback, in order, where the callback overrides it.

    Every hook takes ``logs`` as a mapping, or as a function that answers one and is called only
    if some callback is going to look. All callbacks share one dict per call, with its keys in
    alphabetical order and plain floats, so that what one adds the later ones see.

    Args:
        callbacks: a callback, a (nested) sequence of callbacks, or None.
        model: passed to each callback's ``set_model``.
        params: passed to each callback's ``set_params``.

    Attributes:
        are_foreign: whether code of the user's own is called at all.
        hear_of_batches: whether a hook around a batch of training does anything.
        are_foreign_to_batches: whether one that does is the user's own.

    Raises:
        TypeError: something in ``callbacks`` isn't a callback.
    """

    def __init__(
        self, callbacks: object, model: Any = None, params: Mapping[str, Any] | None = None
    ) -> None:
        self.callbacks = list(_flatten(callbacks))
        self.params = params or {}
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(self.params)
        self._listeners = {
            hook: [callback for callback in self.callbacks if _overrides(callback, hook)]
            for hook in HOOKS
        }
        self.are_foreign = any(map(_is_foreign, self.callbacks))
        of_batches = self._listeners["on_train_batch_begin"] + self._listeners["on_train_batch_end"]
        self.hear_of_batches = bool(of_batches)
        self.are_foreign_to_batches = any(map(_is_foreign, of_batches))

    def on_train_begin(self, logs: LogSource = None) -> None:
        """Tell that ``fit`` begins."""
        self._tell("on_train_begin", logs)

    def on_train_end(self, logs: LogSource = None) -> None:
        """Tell that ``fit`` ends."""
        self._tell("on_train_end", logs)

    def on_epoch_begin(self, epoch: int, logs: LogSource = None) -> None:
        """Tell that an epoch begins."""
        self._tell("on_epoch_begin", logs, epoch)

    def on_epoch_end(self, epoch: int, logs: LogSource = None) -> None:
        """Tell that an epoch and its validation end."""
        self._tell("on_epoch_end", logs, epoch)

    def on_train_batch_begin(self, batch: int, logs: LogSource = None) -> None:
        """Tell that a training batch begins."""
        self._tell("on_train_batch_begin", logs, batch)

    def on_train_batch_end(self, batch: int, logs: LogSource = None) -> None:
        """Tell that a training batch ends."""
        self._tell_of_batch_end("on_train_batch_end", logs, batch)

    def on_test_begin(self, logs: LogSource = None) -> None:
        """Tell that an evaluation begins."""
        self._tell("on_test_begin", logs)

    def on_test_end(self, logs: LogSource = None) -> None:
        """Tell that an evaluation ends."""
        self._tell("on_test_end", logs)

    def on_test_batch_begin(self, batch: int, logs: LogSource = None) -> None:
        """Tell that a batch of an evaluation begins."""
        self._tell("on_test_batch_begin", logs, batch)

    def on_test_batch_end(self, batch: int, logs: LogSource = None) -> None:
        """Tell that a batch of an evaluation ends."""
        self._tell_of_batch_end("on_test_batch_end", logs, batch)

    def on_predict_begin(self, logs: LogSource = None) -> None:
        """Tell that ``predict`` begins."""
        self._tell("on_predict_begin", logs)

    def on_predict_end(self, logs: LogSource = None) -> None:
        """Tell that ``predict`` ends."""
        self._tell("on_predict_end", logs)

    def on_predict_batch_begin(self, batch: int, logs: LogSource = None) -> None:
        """Tell that a batch of ``predict`` begins."""
        self._tell("on_predict_batch_begin", logs, batch)

    def on_predict_batch_end(self, batch: int, logs: LogSource = None) -> None:
        """Tell that a batch of ``predict`` ends."""
        self._tell_of_batch_end("on_predict_batch_end", logs, batch)

    def _tell(self, hook: str, logs: LogSource, *position: int) -> None:
        if listeners := self._listeners[hook]:
            _call(listeners, hook, logs, *position)

    def _tell_of_batch_end(self, hook: str, logs: LogSource, batch: int) -> None:
        if listeners := self._listeners[hook]:
            listeners = [callback for callback in listeners if callback.wants_batch(batch)]
            if listeners:
                _call(listeners, hook, logs, batch)


def _call(listeners: list[Callback], hook: str, logs: LogSource, *position: int) -> None:
    shared = _plain(logs() if callable(logs) else logs)
    for callback in listeners:
        getattr(callback, hook)(*position, shared)


def _plain(logs: Mapping[str, Any] | None) -> Logs:
    """Sort the logs by name and make Python floats of their numbers."""
    return {name: _as_float(value) for name, value in sorted((logs or {}).items())}


def _as_float(value: Any) -> Any:
    is_number = isinstance(value, int | float | np.number) or (
        isinstance(value, np.ndarray) and value.ndim == 0
    )
    return float(value) if is_number else value


def _flatten(callbacks: object) -> Iterator[Callback]:
    if callbacks is None:
        return
    if isinstance(callbacks, Callback):
        yield callbacks
    elif isinstance(callbacks, list | tuple):
        for callback in callbacks:
            yield from _flatten(callback)
    elif isinstance(callbacks, type) and issubclass(callbacks, Callback):
        name = callbacks.__name__
        raise TypeError(f"callbacks must be objects, got the class {name}. Make one: {name}().")
    else:
        raise TypeError(
            f"callbacks must be a list of nn.callbacks.Callback objects, got {callbacks!r}. "
            "Derive the class from Callback, or wrap functions in a LambdaCallback."
        )


def _overrides(callback: Callback, hook: str) -> bool:
    """Whether this hook of ``callback`` does anything, by its class or its own attributes."""
    own = hook in vars(callback) or getattr(type(callback), hook) is not getattr(Callback, hook)
    other_name = hook.replace("on_train_batch_", "on_batch_")
    return own or (other_name != hook and _overrides(callback, other_name))


def _is_foreign(callback: Callback) -> bool:
    """Whether a callback runs code of the user's own."""
    return not type(callback).__module__.startswith("nn.") or isinstance(callback, LambdaCallback)
