"""The merging layers as functions, which Keras has too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autodiff import Array
from nn.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)


def add(inputs: Sequence[Array], **options: Any) -> Array:
    """Return `Add` of the inputs.

    >>> import numpy as np
    >>> add([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[4., 6.]], dtype=float32)
    """
    return Add(**options)(inputs)


def subtract(inputs: Sequence[Array], **options: Any) -> Array:
    """Return `Subtract` of the inputs.

    >>> import numpy as np
    >>> subtract([np.array([[1.0, 2.0]]), np.array([[3.0, 5.0]])])
    array([[-2., -3.]], dtype=float32)
    """
    return Subtract(**options)(inputs)


def multiply(inputs: Sequence[Array], **options: Any) -> Array:
    """Return `Multiply` of the inputs.

    >>> import numpy as np
    >>> multiply([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[3., 8.]], dtype=float32)
    """
    return Multiply(**options)(inputs)


def average(inputs: Sequence[Array], **options: Any) -> Array:
    """Return `Average` of the inputs.

    >>> import numpy as np
    >>> average([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[2., 3.]], dtype=float32)
    """
    return Average(**options)(inputs)


def maximum(inputs: Sequence[Array], **options: Any) -> Array:
    """Return `Maximum` of the inputs.

    >>> import numpy as np
    >>> maximum([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])])
    array([[3., 4.]], dtype=float32)
    """
    return Maximum(**options)(inputs)


def minimum(inputs: Sequence[Array], **options: Any) -> Array:
    """Return `Minimum` of the inputs.

    >>> import numpy as np
    >>> minimum([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])])
    array([[1., 2.]], dtype=float32)
    """
    return Minimum(**options)(inputs)


def concatenate(inputs: Sequence[Array], axis: int = -1, **options: Any) -> Array:
    """Return `Concatenate` of the inputs.

    >>> import numpy as np
    >>> concatenate([np.array([[1.0, 2.0]]), np.array([[3.0]])])
    array([[1., 2., 3.]], dtype=float32)
    """
    return Concatenate(axis, **options)(inputs)


def dot(inputs: Sequence[Array], axes: Any = -1, **options: Any) -> Array:
    """Return `Dot` of the inputs.

    >>> import numpy as np
    >>> dot([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])], axes=1)
    array([[11.]], dtype=float32)
    """
    return Dot(axes, **options)(inputs)
