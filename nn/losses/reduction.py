"""From one loss per row to one number.

With losses l and sample weights w, ``"sum_over_batch_size"`` (and its other name ``"mean"``) is
Σ w·l / number of losses, ``"sum"`` is Σ w·l, ``"mean_with_sample_weight"`` is Σ w·l / Σ w, and
``"none"`` or None leaves the losses as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.losses.shapes import Array, Shape, array, describe

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)


def reduce_losses(losses: Array, weight: Array, reduction: str | None) -> Array:
    """Weigh the losses and reduce them; this module's docstring says how.

    >>> reduce_losses(np.array([1.0, 3.0]), np.array([1.0, 0.5]), "sum_over_batch_size")
    np.float64(1.25)
    """
    losses = array(losses)
    if weight is not None:
        weight = align_weight(weight, losses.shape, losses.dtype)
        losses = losses * weight
    if reduction in ("none", None):
        return losses
    if reduction == "sum":
        return np.sum(losses)
    if reduction == "mean_with_sample_weight" and weight is not None:
        total = np.sum(np.broadcast_to(weight, losses.shape))
        return np.sum(losses) / np.where(total == 0, 1.0, total)
    return np.mean(losses)


def align_weight(weight: Array, shape: Shape, dtype: Any) -> Array:
    """Give the weights as many axes as the values they weigh: one weight per row, or per value.

    Raises:
        ValueError: the weights fit neither the rows nor the values.
    """
    weight = array(weight)
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
            f"losses of shape {describe(shape)}. Give it the shape ({shape[0]},)."
        )
    return weight if weight.dtype == dtype else weight.astype(dtype)
