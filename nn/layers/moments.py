"""The mean and the variance that normalizations use."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.distribution.sharing import mean_of_all, total
from nn.layers.attention_weights import as_bools

__all__ = ["moments"]


def moments(
    x: Array, axes: tuple[int, ...], mask: Array | None = None, is_shared: bool = False
) -> tuple[Array, Array]:
    """Return the mean and the variance over axes, which stay with length 1.

    Args:
        x: any shape.
        axes: the axes to average over.
        mask: True where an entry counts, for the first axes of ``x``; None where all do.
        is_shared: whether these are rows of a batch that several processes share, and the moments
            those of the whole batch.

    >>> [float(moment[0, 0]) for moment in moments(np.array([[1.0], [3.0]]), (0,))]
    [2.0, 1.0]
    """
    if mask is None:
        mean = np.mean(x, axis=axes, keepdims=True)
        mean = mean_of_all(mean) if is_shared else mean
        difference = x - mean
        variance = np.mean(difference * difference, axis=axes, keepdims=True)
        return mean, mean_of_all(variance) if is_shared else variance
    counts = as_bools(mask).reshape(*mask.shape, *[1] * (x.ndim - mask.ndim))
    counts = np.broadcast_to(counts, x.shape)
    count = _sum(counts.astype(x.dtype), axes, is_shared) + 1e-7
    mean = _sum(np.where(counts, x, 0.0), axes, is_shared) / count
    difference = np.where(counts, x - mean, 0.0)
    return mean, _sum(difference * difference, axes, is_shared) / count


def _sum(values: Array, axes: tuple[int, ...], is_shared: bool) -> Array:
    found = np.sum(values, axis=axes, keepdims=True)
    return total(found) if is_shared else found
