"""One number from a function of many results: their sum with random weights.

An error in any one result shows in the sum, unless it cancels another exactly; random weights leave
no room for that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.pytree import flatten

__all__ = ["projected"]


def projected(
    f: Callable[..., Any], args: tuple[Any, ...], draw: np.random.Generator
) -> Callable[..., Any]:
    """Make f answer one real number: the sum of its results' entries with random weights.

    The weights have few digits, to be the same in every precision. One real number keeps weight 1.
    """
    leaves, _, _ = flatten(f(*args), "the result")
    weights = [_weights(leaf, draw) for leaf in leaves]
    if len(leaves) == 1 and np.shape(leaves[0]) == () and not np.iscomplexobj(leaves[0]):
        weights = [np.array(1.0)]

    def scalar(*args: Any) -> Any:
        leaves, _, _ = flatten(f(*args), "the result")
        total: Any = 0.0
        for leaf, weight in zip(leaves, weights, strict=True):
            dtype = getattr(leaf, "dtype", np.dtype(float))
            product = leaf * weight.astype(np.result_type(dtype, np.float16))
            total = total + np.sum(np.real(product) if np.iscomplexobj(weight) else product)
        return total

    return scalar


def _weights(leaf: Any, draw: np.random.Generator) -> Any:
    def some() -> Any:
        return draw.choice((-1, 1), np.shape(leaf)) * draw.integers(4, 17, np.shape(leaf)) / 8

    return np.asarray(some() + 1j * some() if np.iscomplexobj(leaf) else some())
