"""Warnings about models that train but probably not as intended, once for each fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn import tree
from nn.messages import warn
from nn.metrics.accuracies import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from nn.metrics.automatic import Automatic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nn.logits import Logits
    from nn.training.dataset import Dataset
    from nn.training.model_protocol import TrainableModel


def advise(model: TrainableModel, data: Dataset, logits: Logits | None) -> None:
    """Warn about likely mistakes in the model or its data.

    Args:
        model: built and compiled.
        data: the training data.
        logits: the logits behind the outputs, if these are probabilities.
    """
    for problem in (
        *_of_outputs(model, logits),
        *_of_weights(model),
        *_of_sample_weights(data),
        *_of_accuracies(model, data),
    ):
        warn(f"model {model.name!r} {problem}")


def warn_of_large_weights(model: TrainableModel) -> None:
    """Warn if weights have become NaN or too large to compute with."""
    for weight in model.trainable_weights:
        with np.errstate(all="ignore"):
            length = np.sqrt(np.vdot(weight.value, weight.value))
        if not np.isfinite(length):
            warn(
                f"model {model.name!r} ends with weights that are too large to compute with, or "
                f"NaN, such as {weight.path!r}. Make a new model, and try a smaller "
                f"learning rate (it is {model.optimizer.learning_rate}), or scale the inputs.",
                RuntimeWarning,
            )
            return


def _of_outputs(model: TrainableModel, logits: Logits | None) -> Iterator[str]:
    if logits is None:
        return
    if logits.activation == "softmax" and logits.probabilities.shape[logits.axis] == 1:
        yield (
            "ends with a softmax over 1 unit, which is 1 for every row and all weights. Use "
            "a sigmoid for two classes, a unit for each class for more, or no activation for a "
            "regression."
        )
    scores = model.running_scores
    for function in (model.loss_function, *(scores.all_metrics if scores else ())):
        if function is not None and _takes_logits(function):
            yield (
                f"ends with a {logits.activation}, but {function.name!r} has from_logits=True, so "
                f"that it is applied twice. Leave out activation={logits.activation!r} or "
                "from_logits=True."
            )
            return


def _takes_logits(function: Any) -> bool:
    options = getattr(function, "options", {})
    return bool(getattr(function, "from_logits", False) or options.get("from_logits"))


def _of_weights(model: TrainableModel) -> Iterator[str]:
    if model.weights and not model.trainable_weights:
        yield (
            f"has nothing to train: all of its {len(model.weights)} weights are frozen. Set "
            "trainable = True on the model or on some of its layers, and compile it again."
        )


def _of_sample_weights(data: Dataset) -> Iterator[str]:
    for sample_weight in tree.leaves(data.sample_weight):
        if sample_weight is None or not (sample_weight < 0).any():
            continue
        row = int(np.argmax((sample_weight < 0).reshape(len(sample_weight), -1).any(1)))
        yield (
            f"is trained with {np.sum(sample_weight < 0)} negative weights of rows, the first "
            f"{np.min(sample_weight[row]):g} in row {row}: training raises the loss of these rows "
            "without bound. Pass sample_weight (and class_weight) of at least 0."
        )


def _of_accuracies(model: TrainableModel, data: Dataset) -> Iterator[str]:
    scores = model.running_scores
    for metric in scores.all_metrics if scores else ():
        if isinstance(data.y, np.ndarray) and not _can_count(metric, data.y):
            yield (
                f"has {metric.name!r} as a metric, which counts classes, but the targets are other "
                "numbers, so that it is meaningless. Use 'mean_absolute_error' or 'r2_score' for a "
                "regression; for classes, number them from 0."
            )


def _can_count(metric: Any, y: np.ndarray) -> bool:
    """Return whether an accuracy is meaningful for the targets; True for other metrics."""
    if isinstance(metric, Automatic):  # of several columns, and so of labels or one-hot rows
        is_accuracy = metric.kinds["sparse"] is SparseCategoricalAccuracy
        is_of_labels = y.ndim == 1 or y.shape[-1] == 1
        return not is_accuracy or (_are_whole(y) if is_of_labels else _are_fractions(y))
    if isinstance(metric, BinaryAccuracy):
        return bool(((y == 0) | (y == 1)).all())
    if isinstance(metric, SparseCategoricalAccuracy):
        return _are_whole(y)
    if isinstance(metric, CategoricalAccuracy):
        return _are_fractions(y)
    return True


def _are_whole(y: np.ndarray) -> bool:
    return bool((y == np.floor(y)).all())


def _are_fractions(y: np.ndarray) -> bool:
    return bool(((y >= 0) & (y <= 1)).all())
