"""Reductions: from one loss per row to one number.

With losses l and sample weights w, ``"sum_over_batch_size"`` (and its other name ``"mean"``) is
Σ w·l / number of losses, ``"sum"`` is Σ w·l, ``"mean_with_sample_weight"`` is Σ w·l / Σ w, and
``"none"`` or None returns the losses themselves, as a column where the weights of one loss per row
are a column, as in Keras. Where a row has several losses, its weight counts in Σ w once for each of
them, so that equal weights yield the plain mean; Keras counts it once. The mean of no losses is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array
from nn.conversion import as_real
from nn.distribution.sharing import proportional, scaled_sum
from nn.losses.shapes import Shape, describe

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)


def reduce_losses(losses: Array, weight: Array, reduction: str | None) -> Array:
    """Weight the losses and reduce them, as this module's docstring defines.

    >>> reduce_losses(np.array([1.0, 3.0]), np.array([1.0, 0.5]), "sum_over_batch_size")
    np.float64(1.25)
    """
    losses = as_real("losses", losses)
    weight = None if weight is None else as_real("sample_weight", weight)
    is_column = losses.ndim == 1 and np.ndim(weight) == 2
    if weight is not None:
        weight = align_weight(weight, losses.shape, losses.dtype)
        losses = losses * weight
    if reduction in ("none", None):
        return losses[:, None] if is_column else losses
    if reduction == "sum":
        return scaled_sum(np.sum(losses))
    if reduction == "mean_with_sample_weight" and weight is not None:
        total = proportional(np.sum(np.broadcast_to(weight, losses.shape)))
        return np.sum(losses) / np.where(total == 0, 1.0, total)
    return np.mean(losses) if losses.size else np.sum(losses)


def mean_over(known: Array, reduction: str | None) -> Array:
    """Scale weights of 0 and 1 so that a mean of weighted losses is that of the losses with 1.

    >>> mean_over(np.array([1.0, 0.0]), "mean")
    array([2., 0.])
    """
    if reduction not in ("sum_over_batch_size", "mean"):
        return known
    total = proportional(np.sum(known))
    return known * (known.size / np.where(total == 0, 1.0, total))


def both(counted: Array, mask: Array, shape: Shape) -> Array:
    """Return where a loss counts, by itself and by the mask of the predictions; None: everywhere.

    Args:
        counted: bools, or None.
        mask: bools, or None.
        shape: that of the losses.
    """
    parts = [
        align_weight(part, shape, np.dtype(bool)) for part in (counted, mask) if part is not None
    ]
    return np.logical_and(*parts) if len(parts) == 2 else parts[0] if parts else None


def counted_weights(
    counted: Array, sample_weight: Array, losses: Array, reduction: str | None
) -> Array:
    """Return weights of 0 for losses that don't count, so that a mean is over the others.

    Args:
        counted: bools; None where all count.
        sample_weight: the weights of the rows, or None.
        losses: one for each row, or several.
        reduction: one of `REDUCTIONS`.
    """
    if counted is None:
        return sample_weight
    weights = mean_over(counted.astype(losses.dtype), reduction)
    if sample_weight is None:
        return weights
    both = weights * align_weight(sample_weight, losses.shape or weights.shape, weights.dtype)
    return both[:, np.newaxis] if losses.ndim == 1 and np.ndim(sample_weight) == 2 else both


def masked_weights(sample_weight: Array, mask: Array) -> Array:
    """Return weights that are 0 where a mask is False; None stands for no weights, and no mask.

    >>> masked_weights(np.array([1.0, 2.0]), np.array([[True, True], [True, False]]))
    array([[1., 1.],
           [2., 0.]])
    """
    if mask is None:
        return sample_weight
    if sample_weight is None:
        return mask.astype(np.float32)
    return align_weight(sample_weight, mask.shape, np.result_type(sample_weight, np.float32)) * mask


def weight_of_rows(weight: Array, rows: int) -> Array:
    """Return one weight for each row, in float64: 1 for None.

    >>> weight_of_rows([[1], [3]], 2)
    array([1., 3.])
    """
    if weight is None:
        return np.ones(rows)
    return np.broadcast_to(align_weight(weight, (rows,), np.dtype(np.float64)), (rows,))


def align_weight(weight: Array, shape: Shape, dtype: np.dtype[Any]) -> Array:
    """Reshape weights, one per row or per value, to broadcast with values of this shape.

    Raises:
        ValueError: the weights match neither the rows nor the values.
    """
    weight = as_real("sample_weight", weight)
    if weight.ndim == len(shape) + 1 and weight.shape[-1] == 1:
        weight = weight[..., 0]
    elif 0 < weight.ndim < len(shape):
        weight = weight.reshape(weight.shape + (1,) * (len(shape) - weight.ndim))
    fits = weight.ndim <= len(shape) and all(
        width in (1, values) for width, values in zip(weight.shape, shape, strict=False)
    )
    if shape and not fits:
        raise ValueError(
            f"expected sample_weight to have one weight per row, got shape {weight.shape} for "
            f"losses of shape {describe(shape)}. Pass an array of shape ({shape[0]},)."
        )
    return weight if weight.dtype == dtype else weight.astype(dtype)
