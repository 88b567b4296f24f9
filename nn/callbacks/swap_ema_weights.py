"""A callback that evaluates with the moving averages of the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.callbacks.callback import Callback
from nn.callbacks.weights import copy_of_weights

if TYPE_CHECKING:
    from nn.callbacks.callback import Logs
    from nn.callbacks.weights import Weights


class SwapEMAWeights(Callback):
    """Put the moving averages of the weights into the model for evaluation and prediction.

    The optimizer keeps them with ``use_ema=True``; see `nn.optimizers.averaging`. Afterwards the
    model has its own weights again, so that training continues from these.

    Args:
        swap_on_epoch: whether the model has the averages at the end of each epoch too, for the
            callbacks after this one, such as ``ModelCheckpoint``.

    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(nn.optimizers.SGD(use_ema=True), "mse")
    >>> x, y = np.ones((4, 2)), np.ones((4, 1))
    >>> history = model.fit(x, y, validation_data=(x, y), callbacks=[SwapEMAWeights()], verbose=0)
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = bool(swap_on_epoch)
        self._own: Weights | None = None  # the model's, while it has the averages

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Begin with the model's own weights."""
        self._own = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Put the model's own weights back."""
        self._put_own()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Put the averages into the model, if so chosen."""
        if self.swap_on_epoch:
            self._put_averages()

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Leave the averages in the model, which ``fit`` ends with."""
        self._own = None

    def on_test_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Put the averages into the model."""
        self._put_averages()

    def on_test_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Put the model's own weights back."""
        self._put_own()

    on_predict_begin, on_predict_end = on_test_begin, on_test_end

    def _put_averages(self) -> None:
        model = self.model
        if not getattr(model.optimizer, "use_ema", False):
            raise ValueError(
                "SwapEMAWeights expects an optimizer with use_ema=True, got "
                f"{model.optimizer!r}. Write compile(nn.optimizers.Adam(use_ema=True), ...)."
            )
        if self._own is None:
            self._own = copy_of_weights(model)
            model.optimizer.finalize_variable_values(model.trainable_weights)

    def _put_own(self) -> None:
        if self._own is not None:
            self.model.set_weights(self._own)
            self._own = None
