"""Stop training when a quantity stops improving (Prechelt 1998, "Early stopping — but when?")."""

from nn.callbacks.callback import Logs
from nn.callbacks.monitor import Monitor, check_numbers
from nn.callbacks.weights import Weights, copy_of_weights
from nn.messages import announce


class EarlyStopping(Monitor):
    """Stop training when the monitored quantity hasn't improved for ``patience`` epochs.

    ``wait`` grows by 1 with every epoch and is reset to 0 by an improvement. Training stops when it
    reaches ``patience``, but never after the first epoch, so that a patience of 0 is the same as 1.
    An object may be used in several fits; each resets it.

    Args:
        monitor: the quantity's name in the logs.
        min_delta: only a change larger than this counts as an improvement.
        patience: epochs without improvement before training stops.
        verbose: 1 to print a message when training stops and weights are restored.
        mode: 'min', 'max', or 'auto', which infers it from the quantity's name.
        baseline: a value that must also be beaten to reset ``wait``.
        restore_best_weights: whether to restore the weights of the best epoch (regardless of the
            baseline), even if training ran all epochs.
        start_from_epoch: the first epoch that is checked.

    Raises:
        TypeError: a numeric argument isn't a number.
        ValueError: the direction of improvement can't be inferred.

    Attributes:
        wait: epochs since the last improvement.
        stopped_epoch: the epoch, counted from 0, after which training stopped; 0 if it didn't.
        best: the best value, or None before there is one.
        best_epoch: the epoch of the best value, counted from 0.
        best_weights: the weights of that epoch, if they are to be restored.

    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> stop = EarlyStopping(monitor="loss", patience=2)
    >>> x, y = np.zeros((4, 2)), np.zeros(4)  # nothing to learn
    >>> history = model.fit(x, y, epochs=50, callbacks=[stop], verbose=0)
    >>> history.epoch, stop.stopped_epoch
    ([0, 1, 2], 2)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        check_numbers(self, patience=patience, start_from_epoch=start_from_epoch)
        if baseline is not None:
            check_numbers(self, baseline=baseline)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._start_afresh()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Reset the counters and the best value."""
        super().on_train_begin(logs)
        self._start_afresh()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Check the quantity, and stop after ``patience`` epochs without improvement."""
        value = self.current(logs or {})
        if value is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.improves(value, self.best):
            self._remember(epoch, value)
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Restore the best weights, if ``restore_best_weights`` is set."""
        super().on_train_end(logs)
        if self.verbose and self.stopped_epoch > 0:
            announce(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                announce(f"Restoring the weights of the best epoch: {self.best_epoch + 1}")
            self.model.set_weights(self.best_weights)

    def _start_afresh(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights: Weights | None = None

    def _remember(self, epoch: int, value: float) -> None:
        self.best = value
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = copy_of_weights(self.model)
        if self.baseline is None or self.improves(value, self.baseline):
            self.wait = 0
