"""One number from a function of many results: their sum with random weights.

An error in any result changes the sum, since with random weights errors don't cancel exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.errors import describe, function_place
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import flatten, flatten_result

__all__ = ["projected", "require_slope"]


def require_slope(f: Function, args: tuple[Any, ...]) -> None:
    """Raise a TypeError unless some part of f's result may have a slope.

    A Python integer is a constant, whose slope is zero; one of NumPy was computed, by counting.
    """
    out = f(*args)
    leaves, _, _ = flatten_result(out, "the result")
    if any(isinstance(leaf, Tensor) for leaf in leaves):
        raise TypeError(
            f"check_grads needs a function of its arguments, got {describe(out)} from "
            f"{function_place(f)}, which closes over a Tensor. Close over its value, t.numpy(), "
            f"or pass the Tensor's value as an argument."
        )
    if not any(type(leaf) is int or np.result_type(leaf).kind in "fc" for leaf in leaves):
        why = "comparisons and integers have no slope" if leaves else "it has no numbers"
        raise TypeError(
            f"check_grads needs a real or complex result, got {describe(out)} from "
            f"{function_place(f)}: {why}. Return a float result."
        )


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
            if np.iscomplexobj(leaf) and not np.iscomplexobj(weight) and _are_real(args):
                return np.float64(np.nan)  # a step that leaves the domain of real results
            dtype = leaf.dtype if hasattr(leaf, "dtype") else np.asarray(leaf).dtype
            product = leaf * weight.astype(np.result_type(dtype, np.float16))
            total = total + np.sum(np.real(product) if np.iscomplexobj(weight) else product)
        return total

    return scalar


def _are_real(args: tuple[Any, ...]) -> bool:
    return not any(map(np.iscomplexobj, flatten(args, "the arguments")[0]))


def _weights(leaf: Array, draw: np.random.Generator) -> Array:
    def some() -> Array:
        return draw.choice((-1, 1), np.shape(leaf)) * draw.integers(4, 17, np.shape(leaf)) / 8

    return np.asarray(some() + 1j * some() if np.iscomplexobj(leaf) else some())
