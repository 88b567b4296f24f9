"""Initializers without random draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.initializers.base import Initializer
from nn.numbers import finite

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Constant(Initializer):
    """The same value everywhere, or an array that broadcasts to the shape.

    >>> Constant(3)((2,))
    array([3., 3.], dtype=float32)
    """

    def __init__(self, value: ArrayLike = 0.0) -> None:
        self.value = value

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return np.full(shape, self.value)


class Zeros(Initializer):
    """Zeros, the usual initial values of biases.

    >>> Zeros()((2,))
    array([0., 0.], dtype=float32)
    """

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return np.zeros(shape)


class Ones(Initializer):
    """Ones, the usual initial values of scales.

    >>> Ones()((2,))
    array([1., 1.], dtype=float32)
    """

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return np.ones(shape)


class Identity(Initializer):
    """``gain`` times the identity matrix; only for shapes of two axes.

    >>> Identity(gain=2.0)((2, 3))
    array([[2., 0., 0.],
           [0., 2., 0.]], dtype=float32)
    """

    left_out_by_keras = ("gain",)

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = finite("gain", gain)

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        if len(shape) != 2:
            raise ValueError(
                f"Identity expects a shape of 2 axes, got {shape}. Use Orthogonal for more."
            )
        return self.gain * np.eye(shape[0], shape[1])
