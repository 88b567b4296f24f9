"""A list of callbacks whose hooks the loops of ``fit``, ``evaluate`` and ``predict`` call."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from nn.built_in import is_built_in
from nn.callbacks.callback import HOOKS, Callback, Logs
from nn.callbacks.lambda_callback import LambdaCallback

LogSource = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None


class CallbackList:
    """Call each hook of each callback, in order, where the callback overrides it.

    Every hook takes ``logs`` as a mapping, or as a function that returns one and is called only
    if a callback uses it. All callbacks share one dict per call, with its keys in alphabetical
    order and plain floats, so that later callbacks get the additions of earlier ones.

    Args:
        callbacks: a callback, a (nested) sequence of callbacks, or None.
        model: passed to each callback's ``set_model``.
        params: passed to each callback's ``set_params``.

    Attributes:
        are_user_defined: whether any callback is user-defined.
        have_batch_hooks: whether any callback has a hook for training batches.
        have_user_batch_hooks: whether any user-defined callback has one.

    Raises:
        TypeError: an item of ``callbacks`` isn't a callback.

    >>> from nn.callbacks import LambdaCallback
    >>> said = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
    >>> CallbackList([said]).on_epoch_end(0, {"loss": 0.5})
    0 {'loss': 0.5}
    """

    def __init__(
        self, callbacks: object, model: Any = None, params: Mapping[str, Any] | None = None
    ) -> None:
        self.callbacks = list(_flatten(callbacks))
        self.params = params or {}
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(self.params)
        self._callbacks_of = {
            hook: [callback for callback in self.callbacks if _overrides(callback, hook)]
            for hook in HOOKS
        }
        self._backups = [
            callback for callback in self.callbacks if type(callback).back_up != Callback.back_up
        ]
        self.are_user_defined = any(map(_is_user_defined, self.callbacks))
        hooks = ("on_train_batch_begin", "on_train_batch_end")
        of_batches = [callback for hook in hooks for callback in self._callbacks_of[hook]]
        self.have_batch_hooks = bool(of_batches)
        self.have_user_batch_hooks = any(map(_is_user_defined, of_batches))

    def resume(self, run: Any) -> None:
        """Let callbacks restore the state of an interrupted run; see `Callback.resume`.

        A run that was interrupted during an epoch continues it; ``on_epoch_begin`` is called for
        callbacks whose state isn't in the backup, such as the printed progress.
        """
        for callback in self.callbacks:
            callback.resume(run, self.callbacks)
        if run.batch:
            callbacks = self._callbacks_of["on_epoch_begin"]
            _call([c for c in callbacks if not c.is_backed_up], "on_epoch_begin", None, run.epoch)

    def back_up(self, run: Any) -> None:
        """Let callbacks save the state of the run."""
        for callback in self._backups:
            callback.back_up(run, self.callbacks)

    @property
    def are_backups(self) -> bool:
        """Whether any callback saves the state of the run."""
        return bool(self._backups)

    def on_train_begin(self, logs: LogSource = None) -> None:
        """Call the hook when ``fit`` begins."""
        self._call_all("on_train_begin", logs)

    def on_train_end(self, logs: LogSource = None) -> None:
        """Call the hook when ``fit`` ends."""
        self._call_all("on_train_end", logs)

    def on_epoch_begin(self, epoch: int, logs: LogSource = None) -> None:
        """Call the hook when an epoch begins."""
        self._call_all("on_epoch_begin", logs, epoch)

    def on_epoch_end(self, epoch: int, logs: LogSource = None) -> None:
        """Call the hook when an epoch and its validation end."""
        self._call_all("on_epoch_end", logs, epoch)

    def on_train_batch_begin(self, batch: int, logs: LogSource = None) -> None:
        """Call the hook when a training batch begins."""
        self._call_all("on_train_batch_begin", logs, batch)

    def on_train_batch_end(self, batch: int, logs: LogSource = None) -> None:
        """Call the hook when a training batch ends."""
        self._call_at_batch_end("on_train_batch_end", logs, batch)

    def on_test_begin(self, logs: LogSource = None) -> None:
        """Call the hook when an evaluation begins."""
        self._call_all("on_test_begin", logs)

    def on_test_end(self, logs: LogSource = None) -> None:
        """Call the hook when an evaluation ends."""
        self._call_all("on_test_end", logs)

    def on_test_batch_begin(self, batch: int, logs: LogSource = None) -> None:
        """Call the hook when a batch of an evaluation begins."""
        self._call_all("on_test_batch_begin", logs, batch)

    def on_test_batch_end(self, batch: int, logs: LogSource = None) -> None:
        """Call the hook when a batch of an evaluation ends."""
        self._call_at_batch_end("on_test_batch_end", logs, batch)

    def on_predict_begin(self, logs: LogSource = None) -> None:
        """Call the hook when ``predict`` begins."""
        self._call_all("on_predict_begin", logs)

    def on_predict_end(self, logs: LogSource = None) -> None:
        """Call the hook when ``predict`` ends."""
        self._call_all("on_predict_end", logs)

    def on_predict_batch_begin(self, batch: int, logs: LogSource = None) -> None:
        """Call the hook when a batch of ``predict`` begins."""
        self._call_all("on_predict_batch_begin", logs, batch)

    def on_predict_batch_end(self, batch: int, logs: LogSource = None) -> None:
        """Call the hook when a batch of ``predict`` ends."""
        self._call_at_batch_end("on_predict_batch_end", logs, batch)

    def _call_all(self, hook: str, logs: LogSource, *position: int) -> None:
        if callbacks := self._callbacks_of[hook]:
            _call(callbacks, hook, logs, *position)

    def _call_at_batch_end(self, hook: str, logs: LogSource, batch: int) -> None:
        if callbacks := self._callbacks_of[hook]:
            callbacks = [callback for callback in callbacks if callback.wants_batch(batch)]
            if callbacks:
                _call(callbacks, hook, logs, batch)


def _call(callbacks: list[Callback], hook: str, logs: LogSource, *position: int) -> None:
    shared = _plain(logs() if callable(logs) else logs)
    for callback in callbacks:
        getattr(callback, hook)(*position, shared)


def _plain(logs: Mapping[str, Any] | None) -> Logs:
    """Sort the logs by name, and convert numbers to Python floats."""
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
        raise TypeError(
            f"expected callbacks to be objects, got the class {name}. Make one: {name}()."
        )
    else:
        raise TypeError(
            f"expected callbacks to be a list of nn.callbacks.Callback objects, got {callbacks!r}. "
            "Derive the class from Callback, or wrap functions in a LambdaCallback."
        )


def _overrides(callback: Callback, hook: str) -> bool:
    """Return whether the class or the instance of ``callback`` overrides a hook."""
    own = hook in vars(callback) or getattr(type(callback), hook) is not getattr(Callback, hook)
    alias = hook.replace("on_train_batch_", "on_batch_")
    return own or (alias != hook and _overrides(callback, alias))


def _is_user_defined(callback: Callback) -> bool:
    """Return whether a callback runs user-defined code."""
    return not is_built_in(type(callback)) or isinstance(callback, LambdaCallback)
