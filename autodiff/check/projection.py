"""One number from a function of many results: their sum with random weights.

An error in any result changes the sum, since with random weights errors don't cancel exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import flatten_result

__all__ = ["projected"]


def projected(f: Function, args: tuple[Any, ...], draw: np.random.Generator) -> Function:
    """Return a function with one real result: the sum of f's entries with random weights.

    The weights have few digits, exact in every dtype. One real number has weight 1.
    """
    leaves, _, _ = flatten_result(f(*args), "the result")
    weights = [_weights(leaf, draw) for leaf in leaves]
    if len(leaves) == 1 and np.shape(leaves[0]) == () and not np.iscomplexobj(leaves[0]):
        weights = [np.array(1.0)]

    def scalar(*args: Any) -> Array:
        leaves, _, _ = flatten_result(f(*args), "the result")
        total: Array = 0.0
        for leaf, weight in zip(leaves, weights, strict=True):
            dtype = leaf.dtype if hasattr(leaf, "dtype") else np.asarray(leaf).dtype
            product = leaf * weight.astype(np.result_type(dtype, np.float16))
            total = total + np.sum(np.real(product) if np.iscomplexobj(weight) else product)
        return total

    return scalar


def _weights(leaf: Array, draw: np.random.Generator) -> Array:
    def some() -> Array:
        return draw.choice((-1, 1), np.shape(leaf)) * draw.integers(4, 17, np.shape(leaf)) / 8

    return np.asarray(some() + 1j * some() if np.iscomplexobj(leaf) else some())
