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
