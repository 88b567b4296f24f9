"""Normalizations, attention and cross-entropies: what layers and losses compute."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff import Array
from nn import primitives
from nn.layers.attention_weights import masked_softmax
from nn.losses import crossentropy
from nn.numbers import EPSILON
from nn.ops.arrays import as_array, cast_to, floats, promoted
from nn.ops.operation import operation


@operation
def batch_normalization(
    x: Array,
    mean: Array,
    variance: Array,
    axis: int,
    offset: Array | None = None,
    scale: Array | None = None,
    epsilon: float = 0.001,
) -> Array:
    """Subtract a mean, divide by √(variance + ε), then scale and shift.

    Args:
        x: any shape.
        mean: one number for each entry along ``axis``, as all that follow.
        variance: likewise.
        axis: the axis of the numbers.
        offset: added at the end.
        scale: multiplied at the end.
        epsilon: added to the variance.
    """
    x = floats(x)
    mean, variance = _along(mean, x, (axis,)), _along(variance, x, (axis,))
    factor = 1.0 / np.sqrt(variance + epsilon)
    if scale is not None:
        factor = factor * _along(scale, x, (axis,))
    result = (x - mean) * factor
    return result if offset is None else result + _along(offset, x, (axis,))


@operation
def layer_normalization(
    x: Array,
    gamma: Array | None = None,
    beta: Array | None = None,
    axis: Any = -1,
    epsilon: float | None = None,
) -> Array:
    """Give each row mean 0 and variance 1 along the axes, then scale and shift (Ba et al. 2016).

    Args:
        x: any shape.
        gamma: the scale, of the lengths of the axes.
        beta: the offset, likewise.
        axis: the axis, or several.
        epsilon: added to the variance; 1e-7 by default.
    """
    x = floats(x)
    axes = _axes(axis, x.ndim)
    centered = x - np.mean(x, axis=axes, keepdims=True)
    variance = np.mean(np.square(centered), axis=axes, keepdims=True)
    result = centered / np.sqrt(variance + (EPSILON if epsilon is None else epsilon))
    result = result if gamma is None else result * _along(gamma, x, axes)
    return result if beta is None else result + _along(beta, x, axes)


@operation
def rms_normalization(
    x: Array, scale: Array | None = None, axis: Any = -1, epsilon: float | None = None
) -> Array:
    """Divide by the root of the mean square along the axes (Zhang and Sennrich 2019, equation 4).

    Args:
        x: any shape.
        scale: multiplied at the end, of the lengths of the axes.
        axis: the axis, or several.
        epsilon: added to the mean square; 1e-7 by default.
    """
    x = floats(x)
    axes = _axes(axis, x.ndim)
    mean_square = np.mean(np.square(x), axis=axes, keepdims=True)
    result = x / np.sqrt(mean_square + (EPSILON if epsilon is None else epsilon))
    return result if scale is None else result * _along(scale, x, axes)


@operation
def dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    bias: Array | None = None,
    mask: Array | None = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Array:
    """Return means of values, weighted by how well keys match queries (Vaswani et al. 2017, eq. 1).

    Args:
        query: shape (rows, outputs, heads, width).
        key: shape (rows, inputs, heads or a divisor of them, width).
        value: the same shape as ``key``, but for its width.
        bias: added to the scores, shape (rows, heads, outputs, inputs), or one that broadcasts.
        mask: False where a score doesn't count, likewise.
        scale: a factor of the scores; 1 / √width by default.
        is_causal: whether an output sees the inputs up to its own place only.
        flash_attention: True is refused.
        attn_logits_soft_cap: c limits the scores smoothly: c · tanh(scores / c).

    Returns:
        Shape (rows, outputs, heads, width of the values).
    """
    if flash_attention:
        raise NotImplementedError(
            "dot_product_attention expects flash_attention=False, got True: it is made for "
            "graphics processors. Leave it out."
        )
    query, key, value = promoted(floats(query), floats(key), floats(value))
    _check_attention(query.shape, key.shape, value.shape)
    groups = query.shape[2] // key.shape[2]
    if groups > 1:
        key, value = np.repeat(key, groups, axis=2), np.repeat(value, groups, axis=2)
    query, key, value = (np.swapaxes(x, 1, 2) for x in (query, key, value))
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = (query * factor) @ np.swapaxes(key, -1, -2)
    if attn_logits_soft_cap is not None:
        scores = attn_logits_soft_cap * np.tanh(scores / attn_logits_soft_cap)
    if bias is not None:
        scores = scores + cast_to(as_array(bias), scores.dtype)
    allowed = None if mask is None else as_array(mask) != 0
    if is_causal:
        outputs, inputs = scores.shape[-2:]
        earlier = np.tri(outputs, inputs, dtype=bool)
        allowed = earlier if allowed is None else np.logical_and(allowed, earlier)
    return np.swapaxes(masked_softmax(scores, allowed) @ value, 1, 2)


@operation
def binary_crossentropy(target: Array, output: Array, from_logits: bool = False) -> Array:
    """Compute −log p where the target is 1, and −log(1 − p) where it is 0, entry by entry.

    Args:
        target: 0 and 1, or probabilities.
        output: probabilities, or scores with ``from_logits``; the same shape.
        from_logits: whether the outputs are scores before the sigmoid.

    Raises:
        ValueError: the shapes differ.
    """
    target, output = _pair("binary_crossentropy", target, output)
    if from_logits:
        return primitives.binary_crossentropy(target, output)
    p = primitives.within(output, low=EPSILON, high=1.0 - EPSILON)
    return -(target * np.log(p) + (1.0 - target) * np.log(1.0 - p))


@operation
def categorical_crossentropy(
    target: Array, output: Array, from_logits: bool = False, axis: int = -1
) -> Array:
    """Compute −Σ target · log output over the classes.

    Args:
        target: one-hot, or probabilities.
        output: probabilities, scaled to add up to 1, or scores with ``from_logits``.
        from_logits: whether the outputs are scores before the softmax.
        axis: the axis of the classes.

    Raises:
        ValueError: the shapes differ.
    """
    target, output = _pair("categorical_crossentropy", target, output)
    return crossentropy.categorical_crossentropy(target, output, from_logits, axis=axis)


@operation
def sparse_categorical_crossentropy(
    target: Array, output: Array, from_logits: bool = False, axis: int = -1
) -> Array:
    """Compute the `categorical_crossentropy` of targets that are class numbers.

    Args:
        target: whole numbers, of the shape of the outputs without ``axis``.
        output: probabilities, scaled to add up to 1, or scores with ``from_logits``.
        from_logits: whether the outputs are scores before the softmax.
        axis: the axis of the classes.
    """
    return crossentropy.sparse_categorical_crossentropy(
        as_array(target), floats(output), from_logits, axis=axis
    )


def _pair(name: str, target: Array, output: Array) -> tuple[Array, Array]:
    target, output = promoted(as_array(target), floats(output))
    if target.shape != output.shape:
        raise ValueError(
            f"{name} expects targets and outputs of one shape, got {target.shape} and "
            f"{output.shape}. Reshape one of them."
        )
    return target, output


def _axes(axis: Any, rank: int) -> tuple[int, ...]:
    axes = axis if isinstance(axis, list | tuple) else (axis,)
    return tuple(position % rank for position in axes)


def _check_attention(query: tuple[int, ...], key: tuple[int, ...], value: tuple[int, ...]) -> None:
    """Raise a ValueError unless the shapes of a query, keys and values fit each other."""
    fit = all(len(shape) == 4 for shape in (query, key, value)) and (
        len({query[0], key[0], value[0]} - {1}) < 2
        and key[1:3] == value[1:3]
        and query[3] == key[3]
        and key[2]
        and not query[2] % key[2]
    )
    if not fit:
        raise ValueError(
            "dot_product_attention expects shapes (rows, steps, heads, width), with as many values "
            "as keys, keys as wide as queries, and their number of heads or a divisor of it, got a "
            f"query of shape {query}, keys of {key} and values of {value}. Reshape them."
        )


def _along(numbers: Any, x: Array, axes: tuple[int, ...]) -> Array:
    """Return numbers along some axes of x in a shape that broadcasts with it."""
    numbers = cast_to(as_array(numbers), x.dtype)
    if numbers.ndim == x.ndim:
        return numbers
    shape = [1] * x.ndim
    for axis in axes:
        shape[axis] = x.shape[axis]
    return numbers.reshape(shape)
