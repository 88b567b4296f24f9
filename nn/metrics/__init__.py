"""Metrics: numbers that measure the quality of a model, accumulated over batches.

A metric is specified by a name (``'accuracy'``), an object (``AUC()``) or a function of the targets
and the predictions; `get` returns a `Metric` for each.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from autodiff import Array
from nn import losses
from nn.configs.family import ClassFamily
from nn.configs.serialization import serialize_keras_object
from nn.configs.tables import publish
from nn.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mae,
    mape,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    mse,
    msle,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from nn.metrics.accuracies import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from nn.metrics.auc import AUC
from nn.metrics.automatic import accuracy_for, crossentropy_for
from nn.metrics.base import Mean, MeanMetricWrapper, Metric
from nn.metrics.classification import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    Hinge,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from nn.metrics.confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from nn.metrics.correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from nn.metrics.f_score import F1Score, FBetaScore
from nn.metrics.operating_point import (
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from nn.metrics.overlap import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from nn.metrics.regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    R2Score,
    RootMeanSquaredError,
    cosine_similarity,
)
from nn.metrics.total import Sum
from nn.naming import lookup, to_snake_case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLASSES: tuple[type[Any], ...] = (
    BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, TopKCategoricalAccuracy,
    SparseTopKCategoricalAccuracy, MeanSquaredError, RootMeanSquaredError, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanSquaredLogarithmicError, LogCoshError, CosineSimilarity,
    R2Score, BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy,
    KLDivergence, Poisson, Hinge, SquaredHinge, CategoricalHinge, Precision, Recall, AUC,
    TruePositives, FalsePositives, TrueNegatives, FalseNegatives, F1Score, FBetaScore,
    BinaryIoU, PearsonCorrelation, ConcordanceCorrelation,
)  # fmt: skip
METRICS: dict[str, Callable[..., Metric]] = {to_snake_case(cls.__name__): cls for cls in CLASSES}
METRICS |= {
    "mse": MeanSquaredError,
    "rmse": RootMeanSquaredError,
    "mae": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "msle": MeanSquaredLogarithmicError,
    "bce": BinaryCrossentropy,
}
METRICS = {  # any loss is a metric too, under the same name
    name: partial(MeanMetricWrapper, loss.rowwise) for name, loss in losses.NAMES.items()
} | METRICS
AUTOMATIC: dict[str, Callable[..., Metric]] = {
    "accuracy": accuracy_for,
    "acc": accuracy_for,
    "crossentropy": crossentropy_for,
    "ce": crossentropy_for,
}
_WITHOUT_NAME: list[type[Any]] = [  # they need arguments, or are no scores
    Accuracy, Mean, MeanMetricWrapper, Sum, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU,
    SensitivityAtSpecificity, SpecificityAtSensitivity, PrecisionAtRecall, RecallAtPrecision,
]  # fmt: skip
_FAMILY: ClassFamily[Any] = ClassFamily(
    "metric", "metrics", Metric, METRICS, _WITHOUT_NAME, functions=True
)
serialize, deserialize = serialize_keras_object, _FAMILY.deserialize
publish(
    "metrics",
    accuracy, binary_accuracy, categorical_accuracy, sparse_categorical_accuracy,
    top_k_categorical_accuracy, sparse_top_k_categorical_accuracy, cosine_similarity,
    pearson_correlation, concordance_correlation,
    names={name: cls.rowwise for name, cls in losses.NAMES.items() if "cosine" not in name},
)  # fmt: skip


def get(
    identifier: str | Metric | type[Metric] | losses.Loss | Callable[[Array, Array], Array],
    *,
    loss: losses.Loss | None = None,
    output_shape: Sequence[int | None] | None = None,
) -> Metric:
    """Return the metric that ``identifier`` stands for; a string becomes its name.

    ``'accuracy'`` is the binary, the categorical or the sparse accuracy, and ``'crossentropy'``
    likewise: see `nn.metrics.automatic`.

    Args:
        identifier: a name, a `Metric`, its config, a class of metrics, a `Loss`, or a function of
            the targets and the predictions that returns one value per row (or one number).
        loss: the model's loss, where it is known.
        output_shape: the shape of the model's output, where it is known.

    Raises:
        TypeError: it is none of these.
        ValueError: no metric has this name; the message lists the nearest ones.

    >>> get("acc", output_shape=(None, 1))
    <BinaryAccuracy name='acc'>
    >>> get("accuracy")([0, 1], [[0.9, 0.1], [0.6, 0.4]])
    0.5
    >>> get("acuracy")
    Traceback (most recent call last):
    ...
    ValueError: ... Did you mean 'accuracy', ...
    """
    identifier = _FAMILY.resolve(identifier)
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        make = lookup("metric", identifier, AUTOMATIC | METRICS)
        if make in AUTOMATIC.values():
            return make(identifier, loss, output_shape)
        return make(name=identifier)
    if isinstance(identifier, losses.Loss):
        return MeanMetricWrapper(identifier.call, identifier.name)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return identifier()
    if isinstance(identifier, type) or not callable(identifier):
        raise TypeError(
            f"expected a metric as a name, a Metric or a function, got {identifier!r}. "
            f"Write a name such as 'accuracy', or a function of the targets and the predictions."
        )
    return MeanMetricWrapper(identifier)


__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "accuracy",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "cosine_similarity",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mae",
    "mape",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "mse",
    "msle",
    "pearson_correlation",
    "poisson",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]
