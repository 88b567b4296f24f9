"""The weights of attention: a softmax of scores where a mask allows, with dropout."""

from __future__ import annotations

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import activations

FAR_BELOW = -1e9  # in the place of masked scores


def combined(
    outputs: int,
    inputs: int,
    query_mask: Array | None,
    value_mask: Array | None,
    key_mask: Array | None,
    attention_mask: Array | None,
    is_causal: bool,
) -> Array | None:
    """Return where an output may see an input, shape (rows or 1, outputs, inputs), or None."""
    masks = (
        []
        if attention_mask is None
        else [np.asarray(attention_mask) if isinstance(attention_mask, list) else attention_mask]
    )
    if query_mask is not None:
        masks.append(query_mask[:, :, np.newaxis])
    masks += [mask[:, np.newaxis] for mask in (value_mask, key_mask) if mask is not None]
    if is_causal:
        masks.append(np.tri(outputs, inputs, dtype=bool)[np.newaxis])
    result = None
    for mask in masks:
        mask = mask if mask.dtype == bool else mask != 0
        result = mask if result is None else np.logical_and(result, mask)
    return result


def masked_softmax(scores: Array, mask: Array | None) -> Array:
    """Return the softmax of the scores along the last axis, about 0 where the mask is False."""
    return activations.softmax(scores if mask is None else np.where(mask, scores, FAR_BELOW))


def dropped_out(weights: Array, rate: float, generator: np.random.Generator) -> Array:
    """Return the weights with a fraction set to 0, and the others scaled by ``1 / (1 - rate)``."""
    draws = ad.sample(generator.random, weights.shape, dtype=np.float32)
    return weights * ((draws >= rate) * np.float32(1 / (1 - rate)))
