"""What every loss has in common: one loss per row, then weighted and reduced to one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from nn.losses.reduction import REDUCTIONS, reduce_losses
from nn.losses.shapes import array, require_same_shape
from nn.naming import to_snake_case

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from nn.losses.shapes import Array, Shape


class Loss:
    """The base of all losses; derive from it and write `call` to make your own.

    Args:
        name: shown by the model; by default the class's name in snake case.
        reduction: one of `REDUCTIONS`.

    >>> import numpy as np
    >>> class Quartic(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return np.mean((y_pred - y_true) ** 4, axis=-1)
    >>> Quartic()(np.zeros((2, 1)), np.array([[1.0], [2.0]]))
    np.float64(8.5)
    """

    from_logits = False

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size"
    ) -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(
                f"expected a reduction among {REDUCTIONS}, got {reduction!r}. "
                f"Leave it out for the mean over the batch."
            )
        self.name = name or to_snake_case(type(self).__name__)
        self.reduction = reduction

    def __repr__(self) -> str:
        options = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({options})"

    def __call__(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> Array:
        """Answer the reduced loss.

        Args:
            y_true: the targets.
            y_pred: what the model answered.
            sample_weight: one weight per row (or per loss); None weighs all alike.
        """
        y_true, y_pred = array(y_true), array(y_pred)
        self.check_shapes(y_true.shape, y_pred.shape)
        losses = self.call(y_true, y_pred)
        weight = self.row_weights(y_true, sample_weight)
        return reduce_losses(losses, weight, self.reduction)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """Answer one loss per row; the shape of ``y_pred`` without its last axis."""
        raise NotImplementedError(
            f"expected the loss {type(self).__name__} to have a method call(y_true, y_pred), "
            f"got none. Write one that answers one loss per row."
        )

    def on_scores(self, activation: str, axis: int) -> Loss | None:  # noqa: ARG002 others use them
        """Answer the same loss for what a model's last activation was given, if there is one."""
        return None

    def row_weights(self, y_true: Array, sample_weight: Array) -> Array:  # noqa: ARG002 others use it
        """Answer the weights that `__call__` uses; a loss that skips some targets adjusts them."""
        return sample_weight

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Refuse shapes that this loss can't take; the base takes any.

        Raises:
            ValueError: the shapes don't fit.
        """

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Refuse targets that this loss can't take; meant for all targets, once before training.

        Args:
            y_true: all the targets.
            output_shape: the shape of the model's output; the number of rows may be None.

        Raises:
            ValueError: the shapes don't fit, or a target is out of range.
        """
        self.check_shapes(y_true.shape, output_shape)

    def get_config(self) -> dict[str, Any]:
        """Answer the arguments that make the same loss again."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """Make the loss that `get_config` described."""
        return cls(**config)


class FunctionLoss(Loss):
    """A loss whose `call` is a function of the targets and the predictions.

    Args:
        function: answers one loss per row, or a single number.
        reduction: one of `REDUCTIONS`.
        name: by default the function's.
        options: passed on to the function at each call.
    """

    def __init__(
        self,
        function: Callable[..., Array],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name or getattr(function, "__name__", None), reduction)
        self.function = function
        self.options = options

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """Answer what the function answers."""
        return self.function(y_true, y_pred, **self.options)

    def get_config(self) -> dict[str, Any]:
        """Answer the arguments that make the same loss again."""
        return {"function": self.function, **super().get_config(), **self.options}


class BuiltInLoss(FunctionLoss):
    """A loss of this library: `rowwise` is its function, and target and output are shaped alike."""

    rowwise: ClassVar[Callable[..., Array]]
    scores_before: ClassVar[str] = ""  # the activation whose scores it takes with from_logits

    def on_scores(self, activation: str, axis: int) -> Loss | None:
        """Answer the same loss with ``from_logits``, where this one takes the probabilities."""
        config = self.get_config()
        if (
            activation != self.scores_before
            or config["from_logits"]
            or (activation == "softmax" and config["axis"] != axis)
        ):
            return None
        return self.from_config({**config, "from_logits": True})

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(type(self).rowwise, reduction, name, **options)

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Refuse a target whose shape differs from the output's.

        Raises:
            ValueError: the shapes differ.
        """
        require_same_shape(self.name, target, output)

    def get_config(self) -> dict[str, Any]:
        """Answer the arguments that make the same loss again."""
        config = super().get_config()
        del config["function"]
        return config
