"""Classification losses as metrics: means over all rows, without regularization."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn import losses
from nn.losses.reduction import align_weight
from nn.metrics.base import BuiltInMetric


class BinaryCrossentropy(BuiltInMetric):
    """The mean of `nn.losses.binary_crossentropy`, which documents the options.

    >>> metric = BinaryCrossentropy()
    >>> metric.update_state([[1.0], [0.0]], [[0.9], [0.1]])
    >>> round(metric.result(), 4)
    0.1054
    """

    rowwise = staticmethod(losses.binary_crossentropy)
    averages_last_axis = True

    def __init__(
        self, name: str | None = None, from_logits: bool = False, label_smoothing: float = 0.0
    ) -> None:
        super().__init__(name, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(BuiltInMetric):
    """The mean of `nn.losses.categorical_crossentropy`, which documents the options.

    >>> metric = CategoricalCrossentropy()
    >>> metric.update_state([[0, 1]], [[0.1, 0.9]])
    >>> round(metric.result(), 4)
    0.1054
    """

    rowwise = staticmethod(losses.categorical_crossentropy)

    def __init__(
        self,
        name: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(name, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis)


class SparseCategoricalCrossentropy(BuiltInMetric):
    """The mean of `nn.losses.sparse_categorical_crossentropy`, which documents the options.

    >>> metric = SparseCategoricalCrossentropy()
    >>> metric.update_state([1], [[0.1, 0.9]])
    >>> round(metric.result(), 4)
    0.1054
    """

    rowwise = staticmethod(losses.sparse_categorical_crossentropy)

    def __init__(
        self,
        name: str | None = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(name, from_logits=from_logits, ignore_class=ignore_class, axis=axis)

    def weights(self, y_true: Array, sample_weight: Array) -> Array:
        """Return weights of 0 for ignored rows; without weights they count as 0, as in Keras."""
        ignored = self.options["ignore_class"]
        if ignored is None or sample_weight is None:
            return sample_weight
        labels = y_true[..., 0] if y_true.ndim > 1 and y_true.shape[-1] == 1 else y_true
        known = np.where(labels == ignored, 0.0, 1.0)
        return known * align_weight(sample_weight, known.shape, known.dtype)


class KLDivergence(BuiltInMetric):
    """The mean of `nn.losses.kl_divergence`.

    >>> metric = KLDivergence()
    >>> metric.update_state([[0.5, 0.5]], [[0.25, 0.75]])
    >>> round(metric.result(), 4)
    0.1438
    """

    rowwise = staticmethod(losses.kl_divergence)


class Poisson(BuiltInMetric):
    """The mean of `nn.losses.poisson`.

    >>> metric = Poisson()
    >>> metric.update_state([[1.0, 2.0]], [[1.0, 2.0]])
    >>> round(metric.result(), 4)
    0.8069
    """

    rowwise = staticmethod(losses.poisson)
    averages_last_axis = True


class Hinge(BuiltInMetric):
    """The mean of `nn.losses.hinge`.

    >>> metric = Hinge()
    >>> metric.update_state([[1.0, -1.0]], [[0.5, 1.0]])
    >>> metric.result()
    1.25
    """

    rowwise = staticmethod(losses.hinge)
    averages_last_axis = True


class SquaredHinge(BuiltInMetric):
    """The mean of `nn.losses.squared_hinge`.

    >>> metric = SquaredHinge()
    >>> metric.update_state([[1.0, -1.0]], [[0.5, 1.0]])
    >>> metric.result()
    2.125
    """

    rowwise = staticmethod(losses.squared_hinge)
    averages_last_axis = True


class CategoricalHinge(BuiltInMetric):
    """The mean of `nn.losses.categorical_hinge`.

    >>> metric = CategoricalHinge()
    >>> metric.update_state([[0.0, 1.0]], [[0.5, 0.25]])
    >>> metric.result()
    1.25
    """

    rowwise = staticmethod(losses.categorical_hinge)
