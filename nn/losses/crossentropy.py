"""Cross-entropies: minus the logarithm of the predicted probability of the target.

With ``from_logits`` the predictions are scores (logits) before `softmax` or `sigmoid`, which avoids
rounding. Probabilities are clipped to [1e-7, 1 − 1e-7], so that no logarithm is infinite; outside
of this range the slope is 0.
"""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn import primitives
from nn.activations import sigmoid, softmax
from nn.losses.labels import (
    require_class_columns,
    require_classes_in_range,
    require_labels,
)
from nn.losses.shapes import as_arrays, matched, same_dtype
from nn.numbers import EPSILON


def binary_crossentropy(
    y_true: Array,
    y_pred: Array,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """Compute the mean of −log p where the target is 1, and of −log(1 − p) where it is 0.

    Args:
        y_true: 0 and 1, or probabilities.
        y_pred: probabilities, or scores with ``from_logits``; the same shape.
        from_logits: whether the predictions are scores before the sigmoid.
        label_smoothing: from 0 to 1: the fraction by which targets are moved towards 1/2.
        axis: the axis to average over.

    >>> binary_crossentropy([[1.0], [0.0]], [[0.5], [0.9]]).round(4)
    array([0.6931, 2.3026])
    """
    y_true, y_pred = matched("binary_crossentropy", y_true, y_pred)
    y_true = smooth(y_true, label_smoothing, 2)
    return np.mean(_binary(y_true, y_pred, from_logits), axis=axis)


def binary_focal_crossentropy(
    y_true: Array,
    y_pred: Array,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """Compute the `binary_crossentropy` times (1 − p)^γ, with p the probability of the target.

    So well-classified rows count less. Lin et al. 2017, equation 4, or with
    ``apply_class_balancing`` equation 5: targets of 1 have the weight ``alpha``, targets of 0 the
    weight 1 − ``alpha``. ``gamma`` is γ; the other arguments are those of `binary_crossentropy`.

    >>> binary_focal_crossentropy([[1.0, 0.0]], [[0.9, 0.4]]).round(4)
    array([0.0414])
    """
    y_true, y_pred = matched("binary_focal_crossentropy", y_true, y_pred)
    y_true = smooth(y_true, label_smoothing, 2)
    p = sigmoid(y_pred) if from_logits else y_pred
    p_target = y_true * p + (1.0 - y_true) * (1.0 - p)
    losses = (1.0 - p_target) ** gamma * _binary(y_true, p)
    if apply_class_balancing:
        losses = losses * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    return np.mean(losses, axis=axis)


def categorical_crossentropy(
    y_true: Array,
    y_pred: Array,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """Compute −Σ y_true · log y_pred over the classes; targets are one-hot.

    Args:
        y_true: one column per class: 1 for the target's class, or probabilities.
        y_pred: probabilities, scaled to add up to 1, or scores with ``from_logits``.
        from_logits: whether the predictions are scores before the softmax.
        label_smoothing: from 0 to 1: the fraction by which targets are moved towards equal
            probabilities.
        axis: the axis of the classes.

    >>> categorical_crossentropy([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]])
    array([0.05129329, 2.30258509])
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    require_class_columns("categorical_crossentropy", y_true.shape, y_pred.shape)
    y_true, y_pred = same_dtype(y_true, y_pred)
    y_true = smooth(y_true, label_smoothing, y_true.shape[axis])
    if from_logits:
        return primitives.crossentropy(y_true, y_pred, axis=axis)
    share = y_pred / np.sum(y_pred, axis=axis, keepdims=True)
    return -np.sum(y_true * np.log(_clipped(share)), axis=axis)


def categorical_focal_crossentropy(
    y_true: Array,
    y_pred: Array,
    alpha: Array = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """Compute −Σ α · (1 − p)^γ · y_true · log p over the classes, with p the probabilities.

    So well-classified rows count less (Lin et al. 2017, equation 5). ``alpha`` is α, one number or
    one for each class, ``gamma`` is γ; the other arguments are those of `categorical_crossentropy`.

    >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.1, 0.9]]).round(6)
    array([0.000263])
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    require_class_columns("categorical_focal_crossentropy", y_true.shape, y_pred.shape)
    y_true, y_pred = same_dtype(y_true, y_pred)
    y_true = smooth(y_true, label_smoothing, y_true.shape[-1])
    p = softmax(y_pred, axis) if from_logits else y_pred
    p = _clipped(p / np.sum(p, axis=axis, keepdims=True))
    weights = np.asarray(alpha, p.dtype) * (1.0 - p) ** gamma
    return -np.sum(weights * y_true * np.log(p), axis=axis)


def sparse_categorical_crossentropy(
    y_true: Array,
    y_pred: Array,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Array:
    """Compute the `categorical_crossentropy` of targets that are class numbers, from 0 on.

    Args:
        y_true: whole numbers of shape (N,), or (N, 1).
        y_pred: probabilities, scaled to add up to 1, or scores with ``from_logits``.
        from_logits: whether the predictions are scores before the softmax.
        ignore_class: a class number whose rows have a loss of 0.
        axis: the axis of the classes in ``y_pred``.

    Raises:
        ValueError: ``y_true`` has another shape, or a number without a column in ``y_pred``.

    >>> sparse_categorical_crossentropy([1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]])
    array([0.05129329, 2.30258509])
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    require_labels("sparse_categorical_crossentropy", y_true.shape, y_pred.shape, axis)
    if y_true.ndim == y_pred.ndim:
        y_true = np.squeeze(y_true, axis)
    known = None if ignore_class is None else y_true != ignore_class
    if known is not None and not from_logits:  # rows of zeros have no shares
        y_pred = np.where(np.expand_dims(known, axis), y_pred, 1.0)
    labels = y_true if known is None else np.where(known, y_true, 0)
    if isinstance(labels, np.ndarray | np.generic):  # traced targets were checked before training
        name = "sparse_categorical_crossentropy"
        require_classes_in_range(name, np.atleast_1d(labels), y_pred.shape[axis])
    labels = np.expand_dims(labels.astype(np.int64), axis)
    losses = np.squeeze(_by_label(labels, y_pred, from_logits, axis), axis)
    return losses if known is None else np.where(known, losses, 0.0)


def smooth(y_true: Array, amount: float, classes: int) -> Array:
    """Move targets by the fraction ``amount`` towards 1 / ``classes``.

    >>> smooth(np.array([0.0, 1.0]), 0.1, 2)
    array([0.05, 0.95])
    """
    if not 0 <= amount <= 1:
        raise ValueError(
            f"expected label_smoothing from 0 to 1, got {amount}. Write the fraction by which "
            f"targets are moved towards equal probabilities; 0.1 is usual."
        )
    return y_true * (1.0 - amount) + amount / classes if amount else y_true


def _binary(y_true: Array, y_pred: Array, from_logits: bool = False) -> Array:
    if from_logits:
        return primitives.binary_crossentropy(y_true, y_pred)
    p = _clipped(y_pred)
    return -(y_true * np.log(p) + (1.0 - y_true) * np.log(1.0 - p))


def _by_label(labels: Array, y_pred: Array, from_logits: bool, axis: int) -> Array:
    """Compute minus the logarithm of the probability of each label's class."""
    if from_logits:
        return primitives.sparse_crossentropy(labels, y_pred, axis=axis)
    share = np.take_along_axis(y_pred, labels, axis)
    return -np.log(_clipped(share / np.sum(y_pred, axis=axis, keepdims=True)))


def _clipped(probability: Array) -> Array:
    return primitives.within(probability, low=EPSILON, high=1.0 - EPSILON)
