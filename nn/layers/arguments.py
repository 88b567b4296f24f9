"""The arguments that every layer takes, checked."""

from __future__ import annotations

import inspect
import operator
from typing import Any, TypeAlias

import numpy as np

Shape: TypeAlias = tuple[int | None, ...]  # the batch axis comes first, as None


def declared_shape(input_shape: Any, input_dim: int | None) -> Shape | None:
    """The shape of a batch, from either spelling of the shape of a row.

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
    return (None, *(None if n is None else operator.index(n) for n in input_shape))


def check_dtype(layer_class: type, dtype: Any) -> None:
    """Raise a ValueError unless ``dtype`` is None or float32."""
    if dtype is not None and str(np.dtype(dtype)) != "float32":
        raise ValueError(
            f"{layer_class.__name__} expects dtype float32, the one that layers compute in, got "
            f"{dtype!r}. Leave dtype out."
        )


def names_of(layer_class: type) -> list[str]:
    """The names of the arguments that the class takes, its own before its parents'."""
    return [
        name
        for cls in layer_class.__mro__[:-1]
        if "__init__" in vars(cls)
        for name, parameter in inspect.signature(vars(cls)["__init__"]).parameters.items()
        if name != "self" and parameter.kind is not parameter.VAR_KEYWORD
    ]
