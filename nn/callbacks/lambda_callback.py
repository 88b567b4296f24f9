"""A callback that calls functions."""

from collections.abc import Callable
from typing import Any

from nn.callbacks.callback import HOOKS, Callback
from nn.naming import lookup

Hook = Callable[..., Any]


class LambdaCallback(Callback):
    """Call a function at each of the hooks that have one.

    Args:
        on_epoch_begin: called with (epoch, logs).
        on_epoch_end: called with (epoch, logs).
        on_train_begin: called with (logs).
        on_train_end: called with (logs).
        on_train_batch_begin: called with (batch, logs).
        on_train_batch_end: called with (batch, logs).
        **hooks: functions for any other hooks of ``Callback``, by their names.

    Raises:
        ValueError: a name in ``hooks`` isn't that of a hook.

    >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    >>> callback.on_epoch_end(0, {"loss": 0.5})
    0 0.5
    """

    def __init__(
        self,
        on_epoch_begin: Hook | None = None,
        on_epoch_end: Hook | None = None,
        on_train_begin: Hook | None = None,
        on_train_end: Hook | None = None,
        on_train_batch_begin: Hook | None = None,
        on_train_batch_end: Hook | None = None,
        **hooks: Hook | None,
    ) -> None:
        hooks |= {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        known = {hook: hook for hook in HOOKS}
        for name, function in hooks.items():
            if function is not None:
                setattr(self, lookup("callback hook", name, known), function)
