"""Activations that move inputs towards 0, or set the small ones to 0.

Their slopes at the corners are those of Keras on PyTorch: 0.
"""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.primitives import relu, sigmoid

__all__ = ["glu", "hard_shrink", "soft_shrink", "sparse_plus", "sparse_sigmoid", "sparsemax",
           "squareplus", "tanh_shrink", "threshold"]  # fmt: skip


def glu(x: Array, axis: int = -1) -> Array:
    """Multiply the first half by the sigmoid of the second (Dauphin et al. 2017, equation 1).

    Args:
        x: of even length along ``axis``.
        axis: the axis that is halved.

    >>> glu(np.array([2.0, 3.0, 0.0, 100.0]))
    array([1., 3.])
    """
    first, second = np.split(x, 2, axis)
    return first * sigmoid(second)


def hard_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Return the input where its absolute value is above ``threshold``, 0 elsewhere.

    >>> hard_shrink(np.array([-1.0, 0.25, 1.0]))
    array([-1.,  0.,  1.])
    """
    return np.where(np.abs(x) <= threshold, 0.0, x)  # so that NaN stays


def soft_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Move the input towards 0 by ``threshold``, at most to 0.

    >>> soft_shrink(np.array([-1.0, 0.25, 1.0]))
    array([-0.5,  0. ,  0.5])
    """
    return relu(x - threshold) - relu(-x - threshold)


def tanh_shrink(x: Array) -> Array:
    """Compute x − tanh(x).

    >>> tanh_shrink(np.array([-2.0, 0.0, 2.0])).round(3)
    array([-1.036,  0.   ,  1.036])
    """
    return x - np.tanh(x)


def threshold(x: Array, threshold: float, default_value: float) -> Array:
    """Return the input where it is above ``threshold``, ``default_value`` elsewhere.

    >>> threshold(np.array([0.5, 1.5, 3.0]), 1.0, 0.0)
    array([0. , 1.5, 3. ])
    """
    return np.where(x <= threshold, float(default_value), x)


def squareplus(x: Array, b: float = 4) -> Array:
    """Compute a smooth relu: (x + √(x² + b)) / 2 (Barron 2021, equation 1).

    >>> squareplus(np.array([-3.0, 0.0, 3.0])).round(3)
    array([0.303, 1.   , 3.303])
    """
    return (x + np.sqrt(x * x + b)) * 0.5


def sparse_plus(x: Array) -> Array:
    """Compute 0 up to −1, (x + 1)² / 4 between −1 and 1, and x from 1 on.

    >>> sparse_plus(np.array([-2.0, 0.0, 2.0]))
    array([0.  , 0.25, 2.  ])
    """
    return np.where(x <= -1, 0.0, np.where(x < 1, 0.25 * np.square(x + 1.0), x))


def sparse_sigmoid(x: Array) -> Array:
    """Compute (x + 1) / 2, clipped to [0, 1].

    >>> sparse_sigmoid(np.array([-2.0, 0.0, 0.5, 2.0]))
    array([0.  , 0.5 , 0.75, 1.  ])
    """
    return np.where(x <= -1, 0.0, np.where(x >= 1, 1.0, 0.5 * (x + 1.0)))


def sparsemax(x: Array, axis: int = -1) -> Array:
    """Return the nearest probabilities, many of which are 0 (Martins and Astudillo 2016).

    Algorithm 1: x − τ where it is positive, with the τ for which these add up to 1.

    >>> sparsemax(np.array([0.5, 1.0, -2.0]))
    array([0.25, 0.75, 0.  ])
    """
    if not np.size(x):
        return x
    x = np.moveaxis(x, axis, -1)
    ordered = -np.sort(-x, axis=-1)
    counts = np.arange(1, x.shape[-1] + 1, dtype=x.dtype)
    sums = np.cumsum(ordered, axis=-1)
    support = np.sum((1.0 + counts * ordered > sums), axis=-1, keepdims=True)
    tau = (np.take_along_axis(sums, support - 1, -1) - 1.0) / support.astype(x.dtype)
    return np.moveaxis(relu(x - tau), -1, axis)
