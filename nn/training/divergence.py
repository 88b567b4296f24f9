"""A loss that is NaN or infinite: where it came from, and the warning of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import autodiff as ad
from nn.messages import warn
from nn.training.function_of_weights import function_of_weights

if TYPE_CHECKING:
    from nn.training.batch_program import Rows
    from nn.training.dataset import Dataset
    from nn.training.model_protocol import TrainableModel

__all__ = ["Divergence"]


class Divergence:
    """The watch over the losses of one fit.

    Attributes:
        origin: where the first NaN or infinity came from, as a sentence; "" while all losses are
            finite, and where it isn't known.
    """

    def __init__(self) -> None:
        self.origin = ""
        self._is_seen = False

    def note(self, model: TrainableModel, data: Dataset, rows: Rows) -> None:
        """Find the origin of a loss that isn't finite, before it gets into the weights.

        The batch is computed once more, with layers as in prediction, for the first such loss.
        """
        if self._is_seen:
            return
        self._is_seen = True
        broken = [w.path for w in model.trainable_weights if not np.isfinite(w.numpy()).all()]
        if broken:
            return  # by slopes of an earlier batch
        try:
            function, arguments = function_of_weights(model, data.take(rows))
            self.origin = ad.first_nonfinite(function, 0)(*arguments)
        except (TypeError, ValueError, NotImplementedError):  # what can't be shown isn't named
            return

    def warn(self, loss: float, epoch: int, rate: float, *, is_at_start: bool) -> None:
        """Warn of a loss that isn't finite.

        Args:
            loss: of the epoch.
            epoch: counted from 0.
            rate: the learning rate.
            is_at_start: whether the loss of the first batch wasn't finite, before any update.
        """
        if is_at_start:
            origin = f" {self.origin}" if self.origin else ""
            warn(
                f"the loss is {loss} in the first batch, before any update.{origin} If an earlier "
                "fit diverged, make a new model; otherwise scale the inputs and the targets, and "
                "check the first outputs, model.predict(x).",
                RuntimeWarning,
            )
            return
        slower = f"try a smaller learning rate (it is {rate:g}), or scale the inputs"
        if self.origin:
            text = (
                f"and the weights are unusable. {self.origin} Make a new model; keep that "
                f"operation from such numbers, or, where the updates were too large, {slower}."
            )
        else:
            text = (
                "the updates were too large, and the weights are unusable. Make a new model, and "
                f"{slower}."
            )
        joint = ", " if self.origin else ": "
        warn(f"the loss is {loss} in epoch {epoch + 1}{joint}{text}", RuntimeWarning)
