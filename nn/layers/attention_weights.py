"""The weights of attention: a softmax of scores where a mask allows, with dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import activations

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def check_rows(name: str, query: Shape, key: Shape, axes: Iterable[int]) -> None:
    """Raise a ValueError unless queries and keys have the same lengths, or 1, along the axes."""
    if any(query[i] != key[i] and 1 not in (query[i], key[i]) for i in axes):
        raise ValueError(
            f"layer {name!r} expects the same rows of queries as of keys and values, got shapes "
            f"{tuple(query)} and {tuple(key)}. Pass those that belong together."
        )


def check_mask(name: str, what: str, mask: Shape, expected: Shape) -> None:
    """Raise a ValueError unless a mask broadcasts to a shape, along its last axes."""
    fits = (m in (1, n) for m, n in zip(reversed(mask), reversed(expected), strict=False))
    if len(mask) > len(expected) or not all(fits):
        raise ValueError(
            f"layer {name!r} expects {what} of a shape that fits {tuple(expected)}, got shape "
            f"{tuple(mask)}. Pass a mask of the same steps."
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
