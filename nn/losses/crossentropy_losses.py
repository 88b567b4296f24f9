"""The classes of cross-entropy losses: the functions with options, weights and checks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from autodiff import Array
from nn import primitives
from nn.losses.base import BuiltInLoss
from nn.losses.crossentropy import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    smooth,
    sparse_categorical_crossentropy,
)
from nn.losses.labels import (
    looks_like_labels,
    require_class_columns,
    require_classes_in_range,
    require_labels,
    require_probabilities,
)
from nn.losses.shapes import describe, of_one_rank, require_same_shape, same_dtype

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from nn.losses.shapes import Shape


class BinaryCrossentropy(BuiltInLoss):
    """The loss of `binary_crossentropy`, which documents the options.

    >>> BinaryCrossentropy(from_logits=True)([[1.0], [0.0]], [[2.0], [-2.0]]).round(6)
    np.float64(0.126928)
    """

    rowwise: ClassVar[Callable[..., Array]] = staticmethod(binary_crossentropy)
    probabilities_by = "sigmoid"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            reduction,
            name,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            **options,
        )

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Check that targets and predictions have the same shape.

        Raises:
            ValueError: the shapes differ.
        """
        if looks_like_labels(target, output):
            raise ValueError(
                f"{self.name} expects targets and predictions of one shape, got y of shape "
                f"{describe(target)} and predictions of shape {describe(output)}. Give the last "
                f"layer 1 unit, or use the loss 'sparse_categorical_crossentropy'."
            )
        require_same_shape(self.name, *of_one_rank(target, output))

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Check that all targets are from 0 to 1, and of the shape of the output.

        Raises:
            ValueError: the shapes differ, or a target is out of range.
        """
        super().validate(y_true, output_shape)
        require_probabilities(self.name, y_true)


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """The loss of `binary_focal_crossentropy`, which documents the options.

    >>> loss = BinaryFocalCrossentropy(gamma=2.0)
    >>> round(float(loss([[1.0], [0.0]], [[0.9], [0.4]])), 4)
    0.0414
    """

    rowwise = staticmethod(binary_focal_crossentropy)
    probabilities_by = ""

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            from_logits,
            label_smoothing,
            axis,
            reduction,
            name,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
        )


class CategoricalCrossentropy(BuiltInLoss):
    """The loss of `categorical_crossentropy`, which documents the options.

    >>> round(float(CategoricalCrossentropy()([[0.0, 1.0]], [[0.1, 0.9]])), 4)  # −log 0.9
    0.1054
    >>> round(float(CategoricalCrossentropy(from_logits=True)([[0.0, 1.0]], [[0.0, 2.0]])), 4)
    0.1269
    """

    rowwise = staticmethod(categorical_crossentropy)
    probabilities_by = "softmax"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            reduction, name, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis
        )
        self.adds_up: bool | None = None  # whether all validated targets add up to 1

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Check that targets have one column per class, and record whether all add up to 1."""
        super().validate(y_true, output_shape)
        if self.adds_up is not False:
            self.adds_up = bool((np.sum(y_true, axis=self.options["axis"]) == 1).all())

    def on_logits(self, activation: str, axis: int) -> Self | None:
        """Return the same loss with ``from_logits``, for the targets that were validated.

        Where these add up to 1, its slope is ``p - y``.
        """
        twin = super().on_logits(activation, axis)
        if twin is not None:
            twin.function = partial(_of_logits, adds_up=bool(self.adds_up))
        return twin

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Check that targets have one column per class.

        Raises:
            ValueError: they don't.
        """
        require_class_columns(self.name, target, output)


class CategoricalFocalCrossentropy(BuiltInLoss):
    """The loss of `categorical_focal_crossentropy`, which documents the options.

    >>> round(float(CategoricalFocalCrossentropy(gamma=0.0, alpha=1.0)([[0, 1]], [[0.1, 0.9]])), 4)
    0.1054
    """

    rowwise = staticmethod(categorical_focal_crossentropy)

    def __init__(
        self,
        alpha: Array = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            reduction,
            name,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Check that targets have one column per class.

        Raises:
            ValueError: they don't.
        """
        require_class_columns(self.name, target, output)


class SparseCategoricalCrossentropy(BuiltInLoss):
    """The loss of `sparse_categorical_crossentropy`, which documents the options.

    With ``ignore_class``, the mean over a batch is taken over the rows that aren't ignored.

    >>> round(float(SparseCategoricalCrossentropy()([1], [[0.1, 0.9]])), 4)  # −log 0.9
    0.1054
    """

    rowwise = staticmethod(sparse_categorical_crossentropy)
    probabilities_by = "softmax"
    left_out_by_keras = ("axis",)

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = None,
    ) -> None:
        super().__init__(
            reduction, name, from_logits=from_logits, ignore_class=ignore_class, axis=axis
        )
        self.ignore_class, self.axis = ignore_class, axis

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Check that targets have one class number per row.

        Raises:
            ValueError: they don't.
        """
        require_labels(self.name, target, output, self.axis)

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Check that all targets are class numbers with a column in the output.

        Raises:
            ValueError: the shape is another, or a class number has no column.
        """
        super().validate(y_true, output_shape)
        classes = output_shape[self.axis]
        if classes is not None:
            require_classes_in_range(self.name, y_true, classes, self.ignore_class)

    def counted(self, y_true: Array) -> Array | None:
        """Return which rows aren't ignored."""
        return None if self.ignore_class is None else y_true != self.ignore_class


def _of_logits(
    y_true: Array, y_pred: Array, *, label_smoothing: float, axis: int, adds_up: bool, **_: Any
) -> Array:
    """Compute the categorical cross-entropy of logits; ``adds_up``: whether all targets do to 1."""
    y_true, y_pred = same_dtype(y_true, y_pred)
    y_true = smooth(y_true, label_smoothing, y_true.shape[axis])
    return primitives.crossentropy(y_true, y_pred, axis=axis, adds_up=adds_up)
