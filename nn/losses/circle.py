"""The circle loss, for embeddings: rows of one class become similar, those of others dissimilar."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.conversion import as_real
from nn.losses.base import BuiltInLoss
from nn.losses.shapes import Shape, as_arrays, describe

_FAR_BELOW = -1e30  # in the place of pairs that don't count; finite, so that slopes are 0


def circle(
    y_true: Array,
    y_pred: Array,
    ref_labels: Array = None,
    ref_embeddings: Array = None,
    remove_diagonal: bool = True,
    gamma: float = 80.0,
    margin: float = 0.4,
) -> Array:
    """Compute the circle loss of each row (Sun et al. 2020, equation 6).

    With d the cosine distance of a pair and m the margin, it is log(1 + Σ exp γ max(1 + m − d, 0) ·
    (1 − m − d) · Σ exp γ (m + d) · (d − m)), the first sum over the pairs of different classes, the
    second over those of the same. It is 0 for a row that lacks either.

    Args:
        y_true: the class of each row, whole numbers of shape (N,) or (N, 1).
        y_pred: embeddings of length 1, shape (N, width).
        ref_labels: the classes of the rows to compare with; ``y_true`` by default.
        ref_embeddings: the embeddings of these rows; ``y_pred`` by default.
        remove_diagonal: whether rows aren't compared with themselves.
        gamma: the scale.
        margin: m, by which the target distances 0 and 1 are relaxed.

    >>> circle([0, 0, 1], np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]), gamma=1.0).round(6)
    array([0.616344, 0.961675, 0.      ])
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    others = y_pred if ref_embeddings is None else as_real("ref_embeddings", ref_embeddings)
    same, different = pairs(y_true, ref_labels, remove_diagonal)
    distance = np.maximum(1.0 - y_pred @ np.swapaxes(others, 0, 1), 0.0)
    of_same = gamma * (margin + distance) * (distance - margin)
    of_different = gamma * np.maximum(1.0 + margin - distance, 0.0) * (1.0 - margin - distance)
    total = _log_sum_exp(of_same, same) + _log_sum_exp(of_different, different)
    return np.logaddexp(0.0, total)


def pairs(labels: Array, ref_labels: Array, remove_diagonal: bool) -> tuple[Array, Array]:
    """Return which pairs of rows are of one class, and which of different ones."""
    labels = as_real("labels", labels).reshape(-1, 1)
    others = labels if ref_labels is None else as_real("ref_labels", ref_labels).reshape(-1, 1)
    same = labels == others.T
    apart = np.eye(*same.shape) == 0
    return (same & apart if remove_diagonal else same), ~same


def _log_sum_exp(values: Array, counts: Array) -> Array:
    values = np.where(counts, values, _FAR_BELOW)
    largest = np.max(values, axis=1, keepdims=True)
    return np.log(np.sum(np.exp(values - largest), axis=1)) + largest[:, 0]


class Circle(BuiltInLoss):
    """The loss of `circle`, which documents the options.

    The mean over a batch is taken over the rows that have pairs of both kinds, as in Keras.

    >>> round(float(Circle()([0, 0, 1], [[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])), 3)
    3.201
    """

    rowwise = staticmethod(circle)

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            reduction, name, gamma=gamma, margin=margin, remove_diagonal=remove_diagonal
        )

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Check that targets have one class number for each embedding.

        Raises:
            ValueError: they don't.
        """
        if len(output) != 2 or (*target, 1)[1:] not in ((1,), (1, 1)):
            raise ValueError(
                f"{self.name} expects one class number per row and embeddings of shape "
                f"(rows, width), got y of shape {describe(target)} and predictions of shape "
                f"{describe(output)}. Give y shape (rows,), and end the model with "
                "UnitNormalization()."
            )

    def counted(self, y_true: Array) -> Array:
        """Return which rows have pairs of both kinds."""
        same, different = pairs(y_true, None, self.options["remove_diagonal"])
        return np.any(same, axis=1) & np.any(different, axis=1)
