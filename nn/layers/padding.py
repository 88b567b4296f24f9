"""Layers that add zeros around images, or remove their borders."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_data_format
from nn.layers.spatial import Spatial

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


def _pairs(owner: str, name: str, value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """Return a number before and after each axis, from one number, one per axis, or pairs."""
    values = [value] * rank if hasattr(value, "__index__") else list(value)
    if rank == 1 and len(values) == 2:
        values = [values]
    pairs = tuple(
        (operator.index(x), operator.index(x)) if hasattr(x, "__index__") else tuple(x)
        for x in values
    )
    if len(pairs) != rank or any(len(pair) != 2 or min(pair) < 0 for pair in pairs):
        raise ValueError(
            f"{owner} expects {name} to be a number of at least 0, one for each of {rank} axes, or "
            f"a pair for each, got {value!r}. Write {name}=1, for example."
        )
    return pairs


class _ZeroPadding(Spatial):
    """The base class of layers that add zeros around images.

    Args:
        padding: the zeros at both ends of every axis; or one number, or a pair, for each axis.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        options: those of every `Layer`.
    """

    def __init__(self, padding: Any = 1, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.data_format = as_data_format(data_format)
        pairs = _pairs(type(self).__name__, "padding", padding, self.rank)
        self.padding: Any = pairs[0] if self.rank == 1 else pairs

    def _all(self) -> Any:
        return (self.padding,) if self.rank == 1 else self.padding

    def call(self, inputs: Array) -> Array:
        """Add the zeros."""
        widths = [(0, 0)] * (self.rank + 2)
        widths[self.first : self.first + self.rank] = self._all()
        return np.pad(inputs, widths)

    def length(self, axis: int, length: int) -> int:
        """Return the new length of an axis."""
        return int(length + sum(self._all()[axis]))


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and after sequences, (rows, steps, channels).

    >>> ZeroPadding1D((1, 0))([[[5], [6]]]).ravel()
    array([0., 5., 6.], dtype=float32)
    """

    rank = 1


class ZeroPadding2D(_ZeroPadding):
    """Zeros around images, (rows, height, width, channels).

    >>> ZeroPadding2D(1)(np.ones((1, 1, 2, 1)))[0, :, :, 0]
    array([[0., 0., 0., 0.],
           [0., 1., 1., 0.],
           [0., 0., 0., 0.]], dtype=float32)
    """

    rank = 2


class ZeroPadding3D(_ZeroPadding):
    """Zeros around volumes, (rows, depth, height, width, channels).

    >>> ZeroPadding3D((1, 2, 3))(np.ones((1, 4, 4, 4, 1))).shape
    (1, 6, 8, 10, 1)
    """

    rank = 3


class _Cropping(Spatial):
    """The base class of layers that remove the borders of images."""

    cropping: Any

    def _all(self) -> Any:
        return (self.cropping,) if self.rank == 1 else self.cropping

    def _pairs(self, cropping: Any) -> Any:
        self.built = True
        pairs = _pairs(type(self).__name__, "cropping", cropping, self.rank)
        return pairs[0] if self.rank == 1 else pairs

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the images are larger than what is removed."""
        super().check_input(shape)
        self.compute_output_shape(shape)

    def call(self, inputs: Array) -> Array:
        """Remove the borders."""
        index = [slice(None)] * (self.rank + 2)
        for axis, (before, after) in enumerate(self._all()):
            index[self.first + axis] = slice(before, inputs.shape[self.first + axis] - after)
        return inputs[tuple(index)]

    def length(self, axis: int, length: int) -> int:
        """Return the new length of an axis; positive."""
        left = int(length - sum(self._all()[axis]))
        if left < 1:
            raise ValueError(
                f"layer {self.name!r} expects images larger than its cropping {self.cropping}, got "
                f"an axis of length {length}. Crop less."
            )
        return left


class Cropping1D(_Cropping):
    """Remove ``cropping`` steps from both ends of sequences; or a pair, one from each end.

    >>> Cropping1D((1, 0))([[[5], [6]]]).ravel()
    array([6.], dtype=float32)
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **options: Any) -> None:
        super().__init__(**options)
        self.cropping = self._pairs(cropping)


class Cropping2D(_Cropping):
    """Remove the borders of images, (rows, height, width, channels).

    Args:
        cropping: the entries to remove at all ends; or one number, or a pair, for each axis.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        options: those of every `Layer`.

    >>> Cropping2D(((1, 0), (0, 1)))(np.arange(4.0).reshape(1, 2, 2, 1)).ravel()
    array([2.], dtype=float32)
    """

    rank = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.cropping = self._pairs(cropping)
        self.data_format = as_data_format(data_format)


class Cropping3D(_Cropping):
    """Remove the borders of volumes, (rows, depth, height, width, channels).

    The arguments are those of `Cropping2D`.

    >>> Cropping3D(1)(np.ones((1, 4, 5, 6, 1))).shape
    (1, 2, 3, 4, 1)
    """

    rank = 3

    def __init__(
        self,
        cropping: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.cropping = self._pairs(cropping)
        self.data_format = as_data_format(data_format)
