"""The generalized cross-entropy, between the cross-entropy and the absolute error."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.losses.base import BuiltInLoss
from nn.losses.labels import require_classes_in_range, require_labels
from nn.losses.shapes import Shape, as_arrays
from nn.numbers import EPSILON

_NAME = "categorical_generalized_cross_entropy"


def categorical_generalized_cross_entropy(y_true: Array, y_pred: Array, q: float = 0.5) -> Array:
    """Compute (1 − p^q) / q, with p the probability of the target's class.

    Near q = 0 it is the cross-entropy, near 1 the absolute error, which wrong labels disturb less
    (Zhang and Sabuncu 2018, equation 6). Below p = 1e-7 the slope is 0.

    Args:
        y_true: class numbers of shape (N,), or (N, 1).
        y_pred: probabilities.
        q: between 0 and 1.

    >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]])
    array([1.])
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    require_labels(_NAME, y_true.shape, y_pred.shape)
    labels = y_true.reshape(*y_pred.shape[:-1], 1)
    if isinstance(labels, np.ndarray):  # traced targets were checked before training
        require_classes_in_range(_NAME, labels, y_pred.shape[-1])
    p = np.take_along_axis(y_pred, labels.astype(np.int64), -1)[..., 0]
    return (1.0 - np.maximum(p, EPSILON) ** _between(q)) / q


def _between(q: float) -> float:
    if not 0 < q < 1:
        raise ValueError(f"expected q to be between 0 and 1, got {q}. Write 0.7, for example.")
    return q


class CategoricalGeneralizedCrossEntropy(BuiltInLoss):
    """The loss of `categorical_generalized_cross_entropy`, which documents the options.

    >>> round(float(CategoricalGeneralizedCrossEntropy(q=0.5)([1], [[0.19, 0.81]])), 4)
    0.2
    """

    rowwise = staticmethod(categorical_generalized_cross_entropy)

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(reduction, name, q=_between(q))

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Check that targets have one class number per row.

        Raises:
            ValueError: they don't.
        """
        require_labels(self.name, target, output)

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Check that all targets are class numbers with a column in the output.

        Raises:
            ValueError: the shape is another, or a class number has no column.
        """
        super().validate(y_true, output_shape)
        if output_shape[-1] is not None:
            require_classes_in_range(self.name, y_true, output_shape[-1])
