"""Intersection over union: how well predicted areas of each class cover the true ones.

IoU = true positives / (true positives + false positives + false negatives), from a confusion
matrix of all batches (Everingham et al. 2010, *The Pascal visual object classes challenge*).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from autodiff import Array
from nn.conversion import as_real
from nn.losses.reduction import weight_of_rows
from nn.metrics.base import Metric
from nn.numbers import EPSILON, fraction, whole

if TYPE_CHECKING:
    from collections.abc import Sequence


class IoU(Metric):
    """The mean intersection over union of some classes.

    Sample weights aren't rounded to whole numbers, as Keras does by default.

    Args:
        num_classes: the number of labels.
        target_class_ids: the classes that count.
        name: as in `Metric`.
        ignore_class: the label of entries that are left out, or None.
        sparse_y_true: whether targets are labels, rather than one number for each class.
        sparse_y_pred: whether predictions are labels, rather than one score for each class.
        axis: the axis of the classes, where they aren't labels.

    >>> IoU(2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1]).__round__(6)
    0.333333
    """

    written_by_keras: ClassVar = {"dtype": "int32"}

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name)
        self.num_classes = whole("num_classes", num_classes)
        self.target_class_ids = list(target_class_ids)
        if any(label not in range(num_classes) for label in self.target_class_ids):
            raise ValueError(
                f"{type(self).__name__} expects target_class_ids from 0 to below {num_classes}, "
                f"got {target_class_ids}. Raise num_classes, or leave out a class."
            )
        self.ignore_class = ignore_class
        self.sparse_y_true, self.sparse_y_pred = bool(sparse_y_true), bool(sparse_y_pred)
        self.axis = axis
        self.matrix = self.add_variable((num_classes, num_classes), name="total_confusion_matrix")

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Add one batch.

        Args:
            y_true: labels from 0 to below ``num_classes``; others are left out.
            y_pred: the predicted labels, as many.
            sample_weight: a number for each label, or for all of them.
        """
        truth = self._labels("y_true", y_true, self.sparse_y_true)
        found = self._labels("y_pred", y_pred, self.sparse_y_pred)
        if truth.shape != found.shape:
            raise ValueError(
                f"{self.name} expects as many predictions as targets, got {found.size} for "
                f"{truth.size}. Pass sparse_y_pred=False for one score per class."
            )
        if sample_weight is not None:
            sample_weight = np.ravel(as_real("sample_weight", sample_weight))
        weights = weight_of_rows(sample_weight, truth.size)
        counts = (truth >= 0) & (truth < self.num_classes)
        counts &= (found >= 0) & (found < self.num_classes)
        if self.ignore_class is not None:
            counts &= truth != self.ignore_class
        cells = truth[counts] * self.num_classes + found[counts]
        added = np.bincount(cells, weights[counts], self.num_classes**2)
        self.matrix.assign_add(added.reshape(self.matrix.shape))

    def result(self) -> float:
        """Return the mean over the classes that count and occur, as targets or predictions."""
        matrix, classes = self.matrix.numpy(), self.target_class_ids
        true = np.diag(matrix)
        union = (matrix.sum(axis=0) + matrix.sum(axis=1) - true)[classes]
        scores = true[classes] / (union + EPSILON)
        return float(np.sum(scores) / (np.sum(union > 0) + EPSILON))

    def _labels(self, name: str, values: Array, are_labels: bool) -> Array:
        values = as_real(name, values)
        labels = values if are_labels else np.argmax(values, axis=self.axis)
        return labels.astype(np.int64).ravel()


class BinaryIoU(IoU):
    """The mean intersection over union of two classes, 0 and 1.

    Args:
        target_class_ids: the classes that count.
        threshold: predictions of at least this are 1.
        name: as in `Metric`.

    >>> BinaryIoU(threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]).__round__(6)
    0.333333
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
    ) -> None:
        super().__init__(2, target_class_ids, name)
        self.threshold = fraction("threshold", threshold)

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Add one batch of targets, 0 or 1, and as many scores."""
        super().update_state(y_true, as_real("y_pred", y_pred) >= self.threshold, sample_weight)


class MeanIoU(IoU):
    """The mean intersection over union of all classes; the arguments are those of `IoU`.

    >>> MeanIoU(2)([0, 0, 1, 1], [0, 1, 0, 1]).__round__(6)
    0.333333
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        every = range(whole("num_classes", num_classes))
        super().__init__(num_classes, every, name, ignore_class, sparse_y_true, sparse_y_pred, axis)


class OneHotIoU(IoU):
    """`IoU` of targets with one number for each class: 1 for that of the entry.

    >>> targets, scores = [[1, 0], [1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]
    >>> OneHotIoU(2, [0])(targets, scores).__round__(6)
    0.5
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            target_class_ids,
            name,
            ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` of targets with one number for each class: 1 for that of the entry.

    >>> metric = OneHotMeanIoU(num_classes=2)
    >>> metric.update_state([[0, 1], [1, 0], [0, 1]], [[0.2, 0.8], [0.4, 0.6], [0.1, 0.9]])
    >>> round(metric.result(), 4)
    0.3333
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            name,
            ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )
