"""Edits of arguments that share memory: NumPy edits both, a trace only the one that is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.errors import argument_names, function_place
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import flatten

__all__ = ["refuse_shared_edits"]


def refuse_shared_edits(
    f: Function, args: tuple[Any, ...], positions: Sequence[int], edited: Sequence[int]
) -> None:
    """Raise a ValueError if f has edited a traced argument that shares memory with another one.

    Args:
        f: was called with the arguments, traced at some positions.
        args: as the caller passed them.
        positions: those that were traced.
        edited: the numbers of the edited leaves, among those of the traced arguments.
    """
    found: list[tuple[str, Array]] = []  # the traced ones first
    rest = [position for position in range(len(args)) if position not in positions]
    for position in (*positions, *rest):
        try:
            leaves, names, _ = flatten(args[position], argument_names(f, [position])[0])
        except TypeError:  # it isn't numeric
            continue
        found += zip(names, leaves, strict=True)
    for number in edited:
        name, leaf = found[number]
        beside = found[:number] + found[number + 1 :]
        shared = next((n for n, x in beside if _shares_memory(leaf, x)), None)
        if shared is not None:
            raise ValueError(
                f"{function_place(f)} edits its argument {name}, which shares memory with "
                f"{shared}: NumPy would edit both, which slopes can't follow. Pass a copy of one."
            )


def _shares_memory(x: Array, other: Array) -> bool:
    if isinstance(x, Tensor) and isinstance(other, Tensor):
        return x._overlaps(other)
    both = isinstance(x, np.ndarray) and isinstance(other, np.ndarray)
    return both and bool(np.shares_memory(x, other))
