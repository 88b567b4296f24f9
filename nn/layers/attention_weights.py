"""The weights of attention: a softmax of scores where a mask allows, with dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import activations

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


def far_below(dtype: np.dtype[Any]) -> float:
    """Return the number in the place of masked scores, which the dtype can hold."""
    return -3e4 if dtype == np.float16 else -1e9


def as_bools(mask: Array) -> Array:
    """Return a mask of bools; other numbers than 0 are True, as in Keras."""
    mask = np.asarray(mask) if isinstance(mask, list) else mask
    return mask if mask.dtype == bool else mask != 0


def check_keys(name: str, value: Shape, key: Shape) -> None:
    """Raise a ValueError unless there are as many keys as values, known or unknown."""
    if value[1:-1] != key[1:-1]:
        raise ValueError(
            f"layer {name!r} expects as many keys as values, got values of shape {tuple(value)} "
            f"and keys of shape {tuple(key)}. Cut or pad one of them, or pass the values alone."
        )


def masked_softmax(scores: Array, mask: Array | None, zeroed: bool = False) -> Array:
    """Return the softmax of the scores along the last axis, 0 where the mask is False.

    Args:
        scores: shape (..., outputs, inputs).
        mask: bools that broadcast to the scores, or None.
        zeroed: whether an output without any input has weights of 0, not equal ones.

    >>> nothing = np.array([False, False])
    >>> masked_softmax(np.zeros(2), nothing), masked_softmax(np.zeros(2), nothing, zeroed=True)
    (array([0.5, 0.5]), array([0., 0.]))
    """
    if mask is None:
        return activations.softmax(scores)
    weights = activations.softmax(np.where(mask, scores, far_below(scores.dtype)))
    return np.where(mask, weights, 0.0) if zeroed else weights


def dropped_out(weights: Array, rate: float, generator: np.random.Generator) -> Array:
    """Return the weights with a fraction set to 0, and the others scaled by ``1 / (1 - rate)``."""
    draws = ad.sample(generator.random, weights.shape, dtype=np.float32)
    return weights * ((draws >= rate) * np.float32(1 / (1 - rate)))
