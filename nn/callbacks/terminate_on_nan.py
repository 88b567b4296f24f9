"""Stop training when the loss is NaN or infinite."""

import math

from nn.callbacks.callback import Callback, Logs
from nn.messages import announce


class TerminateOnNaN(Callback):
    """Stop training after a batch whose loss is NaN or infinite.

    Args:
        raise_error: whether to raise an error instead of setting ``stop_training``.

    Raises:
        RuntimeError: during training, if ``raise_error`` is True.

    >>> import warnings
    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(nn.optimizers.SGD(1e30), "mse")
    >>> x, y = np.ones((4, 2)), np.zeros(4)
    >>> with warnings.catch_warnings(action="ignore"):  # about numbers that overflow
    ...     history = model.fit(x, y, epochs=50, callbacks=[TerminateOnNaN()], verbose=0)
    Batch 0: the loss is inf, training ends
    >>> len(history.epoch) < 50
    True
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Stop training if the loss is NaN or infinite."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        text = f"Batch {batch}: the loss is {loss}, training ends"
        if self.raise_error:
            raise RuntimeError(f"{text}. Try a smaller learning rate.")
        announce(text)
        self.model.stop_training = True
