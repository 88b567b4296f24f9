"""Layers that move entries: Reshape, Permute, RepeatVector."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.layers.base import Layer
from nn.numbers import whole

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class Reshape(Layer):
    """Give each row another shape, of as many entries.

    Args:
        target_shape: the shape of a row; -1 stands for the length that is left.
        options: those of every `Layer`.

    >>> Reshape((3, -1))(np.zeros((2, 12))).shape
    (2, 3, 4)
    """

    def __init__(self, target_shape: Any, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.target_shape = tuple(map(operator.index, target_shape))
        if self.target_shape.count(-1) > 1:
            raise ValueError(
                f"Reshape expects at most one -1 in target_shape, got {self.target_shape}. Write "
                f"the other lengths out."
            )

    def call(self, inputs: Array) -> Array:
        """Reshape, keeping the rows."""
        return inputs.reshape(len(inputs), *self.compute_output_shape(inputs.shape)[1:])

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless rows have the right number of entries."""
        self.compute_output_shape(shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        if None in input_shape[1:]:
            return (input_shape[0], *(None if n == -1 else n for n in self.target_shape))
        count = math.prod(input_shape[1:])  # type: ignore[arg-type]
        known = math.prod(n for n in self.target_shape if n != -1)
        is_open = -1 in self.target_shape
        fits = known > 0 and count % known == 0 if is_open else count == known
        if not fits:
            raise ValueError(
                f"layer {self.name!r} expects rows of as many entries as {self.target_shape}, got "
                f"{input_shape}, {count} entries. Choose another target_shape."
            )
        return (input_shape[0], *(count // known if n == -1 else n for n in self.target_shape))


class Permute(Layer):
    """Reorder the axes of each row.

    Args:
        dims: the axes in their new order, counted from 1.
        options: those of every `Layer`.

    >>> Permute((2, 1))(np.zeros((5, 3, 4))).shape
    (5, 4, 3)
    """

    def __init__(self, dims: Any, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.dims = tuple(map(operator.index, dims))
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                f"Permute expects dims to be the axes 1 to {len(self.dims)} in some order, got "
                f"{dims}. Name each axis once: Permute((2, 1)) swaps two."
            )

    def call(self, inputs: Array) -> Array:
        """Transpose."""
        return np.transpose(inputs, (0, *self.dims))

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless rows have as many axes."""
        if len(shape) != len(self.dims) + 1:
            raise ValueError(
                f"layer {self.name!r} expects rows of {len(self.dims)} axes, got {shape}. Name all "
                f"axes but that of the rows in dims."
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))


class RepeatVector(Layer):
    """Repeat each row ``n`` times: (rows, features) becomes (rows, n, features).

    >>> RepeatVector(2)([[1, 5]])
    array([[[1., 5.],
            [1., 5.]]], dtype=float32)
    """

    def __init__(self, n: int, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.n = whole("n", n)

    def call(self, inputs: Array) -> Array:
        """Repeat along a new axis."""
        return np.repeat(inputs[:, np.newaxis], self.n, axis=1)

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless rows have one axis."""
        if len(shape) != 2:
            raise ValueError(
                f"layer {self.name!r} expects inputs of shape (rows, features), got {shape}. Put "
                f"Flatten() before it."
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        return (input_shape[0], self.n, input_shape[1])
