"""What every initializer is: a function of a shape and a dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from autodiff import Array
from nn.argument_checks import ArgumentsChecked, undefined
from nn.configs.configurable import Configurable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray


class InitializerLike(Protocol):
    """The type of initializers: any function of a shape and a dtype.

    >>> import numpy as np
    >>> from nn.layers import Dense
    >>> def halves(shape, dtype="float32"):
    ...     return np.full(shape, 0.5, dtype)
    >>> Dense(2, kernel_initializer=halves)(np.ones((1, 3)))
    array([[1.5, 1.5]], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: DTypeLike = "float32") -> Array:
        """Return a new array of this shape and dtype."""


class Initializer(ArgumentsChecked, Configurable):
    """The base class of initializers; subclass it and define ``__call__``.

    >>> import numpy as np
    >>> class Diagonal(Initializer):
    ...     def __call__(self, shape, dtype="float32"):
    ...         return np.eye(*shape, dtype=dtype)
    >>> Diagonal()((2, 3))
    array([[1., 0., 0.],
           [0., 1., 0.]], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: DTypeLike = "float32") -> NDArray[Any]:
        """Return a new array of this shape and dtype."""
        return self._values(tuple(shape)).astype(dtype)

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        raise NotImplementedError(
            undefined(self, "__call__(self, shape, dtype)", "return an array of this shape")
        )
