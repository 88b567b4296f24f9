"""Shapes of the inputs of layers: their type, how users declare them, and a check of their axes."""

from __future__ import annotations

import operator
from typing import Any, TypeAlias

from nn.numbers import as_whole

Shape: TypeAlias = tuple[int | None, ...]  # the batch axis comes first, as None


def declared_shape(input_shape: Any, input_dim: int | None) -> Shape | None:
    """Return the shape of a batch from either argument for the shape of a row.

    >>> declared_shape((28, 28), None), declared_shape(None, 9)
    ((None, 28, 28), (None, 9))
    """
    if input_shape is None:
        return None if input_dim is None else (None, operator.index(input_dim))
    if not isinstance(input_shape, list | tuple):
        raise TypeError(
            f"expected input_shape as a tuple, the shape of one row, got {input_shape!r}. "
            f"Write input_shape=({input_shape},), with the comma."
        )
    lengths = [as_whole(n) for n in input_shape]
    if [n is None for n in input_shape] != [n is None for n in lengths]:
        raise TypeError(
            f"expected input_shape to hold whole numbers, or None for any length, got "
            f"{input_shape!r}. Write input_shape=(28, 28), for example."
        )
    if any(n is not None and n < 0 for n in lengths):
        raise ValueError(
            f"expected input_shape to hold lengths of at least 0, got {tuple(input_shape)}. Write "
            "None for an axis of any length."
        )
    return (None, *lengths)


def check_axes(name: str, shape: Shape, rank: int) -> None:
    """Raise a ValueError unless inputs have rows, ``rank`` axes of places, and channels.

    Args:
        name: the name of the layer.
        shape: the shape of its inputs.
        rank: 1 for sequences, 2 for images, 3 for volumes.
    """
    if len(shape) != rank + 2:
        raise ValueError(
            f"layer {name!r} expects inputs of {rank + 2} axes, the rows and the channels "
            f"included, got {shape}. Reshape them, or add an axis: x[..., np.newaxis]."
        )
