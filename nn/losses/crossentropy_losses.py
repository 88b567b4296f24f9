"""The losses of the cross-entropies: their functions with options, weights and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn import special
from nn.losses.base import BuiltInLoss, Loss
from nn.losses.crossentropy import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
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
from nn.losses.reduction import align_weight
from nn.losses.shapes import describe, require_same_shape, same_dtype

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from nn.losses.shapes import Array, Shape


class BinaryCrossentropy(BuiltInLoss):
    """The loss of `binary_crossentropy`, which has these options.

    >>> BinaryCrossentropy(from_logits=True)([[1.0], [0.0]], [[2.0], [-2.0]]).round(6)
    np.float64(0.126928)
    """

    rowwise: ClassVar[Callable[..., Array]] = staticmethod(binary_crossentropy)
    scores_before = "sigmoid"

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
        self.from_logits = from_logits

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Refuse a target whose shape differs from the output's.

        Raises:
            ValueError: the shapes differ.
        """
        if looks_like_labels(target, output):
            raise ValueError(
                f"{self.name} expects targets and predictions of one shape, got y of shape "
                f"{describe(target)} and predictions of shape {describe(output)}. Give the last "
                f"layer 1 unit, or use the loss 'sparse_categorical_crossentropy'."
            )
        require_same_shape(self.name, target, output)

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Refuse targets of another shape than the output, below 0 or above 1.

        Raises:
            ValueError: such targets.
        """
        super().validate(y_true, output_shape)
        require_probabilities(self.name, y_true)


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """The loss of `binary_focal_crossentropy`, which has these options."""

    rowwise = staticmethod(binary_focal_crossentropy)
    scores_before = ""

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
    """The loss of `categorical_crossentropy`, which has these options."""

    rowwise = staticmethod(categorical_crossentropy)
    scores_before = "softmax"

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
        self.from_logits = from_logits
        self.adds_up: bool | None = None  # whether all targets so far were seen to add up to 1

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Refuse targets that don't have one column per class; note whether all add up to 1."""
        super().validate(y_true, output_shape)
        if self.adds_up is not False:
            self.adds_up = bool((np.sum(y_true, axis=self.options["axis"]) == 1).all())

    def on_scores(self, activation: str, axis: int) -> Loss | None:
        """Answer the same loss with ``from_logits``; the slope is ``p - y`` where targets add up.

        That loss is for the targets that were validated.
        """
        return super().on_scores(activation, axis) and _OfScores(
            bool(self.adds_up), **{**self.get_config(), "from_logits": True}
        )

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Refuse targets that don't have one column per class.

        Raises:
            ValueError: such targets.
        """
        require_class_columns(self.name, target, output)


class _OfScores(CategoricalCrossentropy):
    """The loss of scores, for targets of which it is known whether they add up to 1."""

    def __init__(self, adds_up: bool, **config: Any) -> None:
        super().__init__(**config)
        self.adds_up = adds_up

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """Answer one loss per row."""
        axis = self.options["axis"]
        y_true, y_pred = same_dtype(y_true, y_pred)
        y_true = smooth(y_true, self.options["label_smoothing"], y_true.shape[axis])
        return special.crossentropy(y_true, y_pred, axis=axis, adds_up=self.adds_up)


class SparseCategoricalCrossentropy(BuiltInLoss):
    """The loss of `sparse_categorical_crossentropy`, which has these options.

    With ``ignore_class``, a mean over the batch counts only the rows that aren't ignored.
    """

    rowwise = staticmethod(sparse_categorical_crossentropy)
    scores_before = "softmax"

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
        self.from_logits, self.ignore_class, self.axis = from_logits, ignore_class, axis

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Refuse targets that don't have one class number per row.

        Raises:
            ValueError: such targets.
        """
        require_labels(self.name, target, output, self.axis)

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Refuse targets that aren't class numbers that the output has a column for.

        Raises:
            ValueError: such targets.
        """
        super().validate(y_true, output_shape)
        classes = output_shape[self.axis]
        if classes is not None:
            require_classes_in_range(self.name, y_true, classes, self.ignore_class)

    def row_weights(self, y_true: Array, sample_weight: Array) -> Array:
        """Give ignored rows no weight, and the others what makes their mean right."""
        if self.ignore_class is None:
            return sample_weight
        known = np.where(y_true == self.ignore_class, 0.0, 1.0)
        if self.reduction in ("sum_over_batch_size", "mean"):
            known = known * (known.size / np.maximum(np.sum(known), 1.0))
        if sample_weight is None:
            return known
        return known * align_weight(sample_weight, known.shape, known.dtype)
