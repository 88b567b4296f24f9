"""Stop training when it no longer helps (Prechelt 1998, "Early stopping — but when?")."""

from nn.callbacks.callback import Logs
from nn.callbacks.message import announce
from nn.callbacks.monitor import Monitor, check_numbers
from nn.callbacks.weights import Weights, copy_of_weights


class EarlyStopping(Monitor):
    """Stops training when the monitored quantity hasn't improved for ``patience`` epochs.

    The epochs waited grow by 1 with every epoch and fall to 0 with an improvement. Training stops
    when they reach ``patience``, though never after the first epoch, so that a patience of 0
    and of 1 are the same. One object may serve several fits: each starts afresh.

    Args:
        monitor: the quantity's name in the logs.
        min_delta: a change that isn't larger than this doesn't count as an improvement.
        patience: epochs without improvement before training stops.
        verbose: 1 to tell when training stops and weights are restored.
        mode: 'min', 'max', or 'auto', which tells by the quantity's name.
        baseline: a value that must be beaten too for the wait to end.
        restore_best_weights: end with the weights of the best epoch (whatever the baseline),
            also where training ran to its last epoch.
        start_from_epoch: the epochs before this one are not looked at.

    Raises:
        TypeError: a number isn't one.
        ValueError: whether the quantity should rise or fall isn't known.

    Attributes:
        wait: epochs since the last improvement.
        stopped_epoch: the epoch (counted from 0) that training stopped after; 0 if it didn't.
        best: the best value, or None before there is one.
        best_epoch: the epoch that it belongs to, counted from 0.
        best_weights: the weights of that epoch, if they are to be restored.
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
        """Forget earlier trainings."""
        super().on_train_begin(logs)
        self._start_afresh()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the quantity, and stop training if it has been waited for long enough."""
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
        """Restore the best weights, if asked to."""
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
