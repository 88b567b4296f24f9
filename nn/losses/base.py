"""The base class of losses: one loss per row, weighted and reduced to one number."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Self

from autodiff import Array
from nn.argument_checks import ArgumentsChecked, one_of, options_checked, undefined
from nn.configs.configurable import Configurable
from nn.configs.dtype_policy import check_dtype
from nn.conversion import as_real
from nn.layers.masks import mask_of
from nn.losses.reduction import REDUCTIONS, both, counted_weights, reduce_losses
from nn.losses.shapes import as_arrays, of_one_rank, require_same_shape
from nn.naming import to_snake_case

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from nn.losses.shapes import Shape


class Loss(ArgumentsChecked, Configurable):
    """The base class of losses; for a user-defined loss, subclass it and define `call`.

    Args:
        name: the name in messages; by default the class name in snake case.
        reduction: one of `REDUCTIONS`.
        dtype: float32 is the only one.

    >>> import numpy as np
    >>> class Quartic(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return np.mean((y_pred - y_true) ** 4, axis=-1)
    >>> Quartic()(np.zeros((2, 1)), np.array([[1.0], [2.0]]))
    np.float64(8.5)
    """

    from_logits = False

    left_out_by_keras: ClassVar = ("dtype",)

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        check_dtype(type(self), dtype)
        self.name = name or to_snake_case(type(self).__name__)
        self.reduction, self.dtype = one_of("reduction", reduction, REDUCTIONS), None

    def __call__(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> Array:
        """Return the reduced loss, without the steps that the mask of the predictions leaves out.

        Args:
            y_true: the targets.
            y_pred: the predictions of the model.
            sample_weight: one weight per row (or per loss); None means equal weights.
        """
        mask = mask_of(y_pred)
        y_true, y_pred = as_arrays(y_true, y_pred)
        self.check_shapes(y_true.shape, y_pred.shape)
        losses = as_real("losses", self.call(y_true, y_pred))
        counted = both(self.counted(y_true), mask, losses.shape)
        weight = counted_weights(counted, sample_weight, losses, self.reduction)
        return reduce_losses(losses, weight, self.reduction)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """Return one loss per row, of the shape of ``y_pred`` without its last axis."""
        raise NotImplementedError(
            undefined(self, "call(self, y_true, y_pred)", "return one loss per row")
        )

    def on_logits(self, activation: str, axis: int) -> Loss | None:  # noqa: ARG002 for subclasses
        """Return the same loss for the inputs of the last activation, or None if there is none."""
        return None

    def counted(self, y_true: Array) -> Array | None:  # noqa: ARG002 for subclasses
        """Return which losses count, an array of bools; None where all do."""
        return None

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Check the shapes of targets and predictions; the base class accepts any.

        Raises:
            ValueError: this loss doesn't accept the shapes.
        """

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Check all targets, once before training.

        Args:
            y_true: all the targets.
            output_shape: the shape of the model's output; the number of rows may be None.

        Raises:
            ValueError: this loss doesn't accept the shapes, or a target is out of range.
        """
        self.check_shapes(y_true.shape, output_shape)


class FunctionLoss(Loss):
    """A loss whose `call` is a function of the targets and the predictions.

    Args:
        function: returns one loss per row, or a single number.
        reduction: one of `REDUCTIONS`.
        name: by default that of the function.
        options: passed to the function at each call.

    >>> import numpy as np
    >>> def cubic(y_true, y_pred):
    ...     return np.mean(np.abs(y_true - y_pred) ** 3, axis=-1)
    >>> FunctionLoss(cubic)(np.zeros((2, 1)), np.array([[1.0], [2.0]]))
    np.float64(4.5)
    """

    def __init__(
        self,
        function: Callable[..., Array],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name or getattr(function, "__name__", None), reduction)
        options_checked(type(self), options, function)
        self.function = function
        self.options = options

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """Return the result of the function."""
        return self.function(y_true, y_pred, **self.options)

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(**elsewhere) | self.options


class BuiltInLoss(Loss):
    """A loss of this library, of the function `rowwise`; targets and predictions have one shape.

    Args:
        reduction: one of `REDUCTIONS`.
        name: by default that of the function.
        options: passed to the function at each call.
    """

    rowwise: ClassVar[Callable[..., Array]]
    probabilities_by: ClassVar[str] = ""  # the activation after the logits

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name or self.rowwise.__name__, reduction)
        options_checked(type(self), options, self.rowwise)
        self.function, self.options = self.rowwise, options
        self.from_logits = options.get("from_logits", False)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """Return the result of the function."""
        return self.function(y_true, y_pred, **self.options)

    def on_logits(self, activation: str, axis: int) -> Self | None:
        """Return the same loss with ``from_logits``, or None if it isn't that of the activation.

        A subclass with a ``call`` of its own expects what the model returns.
        """
        if (
            activation != self.probabilities_by
            or self.from_logits
            or (activation == "softmax" and self.options["axis"] != axis)
            or type(self).call is not BuiltInLoss.call
        ):
            return None
        twin = copy(self)
        twin.options, twin.from_logits = {**self.options, "from_logits": True}, True
        return twin

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Check that targets and predictions have the same shape, but for a last axis of 1.

        Raises:
            ValueError: the shapes differ.
        """
        require_same_shape(self.name, *of_one_rank(target, output))

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(**self.options, **elsewhere)
