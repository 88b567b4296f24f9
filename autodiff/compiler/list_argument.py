"""A list of numbers among the arguments of a jitted function, which is one array there.

Where an operator means something else for lists, as in ``losses + [loss]``, it is refused.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array

__all__ = ["ListArgument"]


class ListArgument(Tensor):
    """The Tensor of a list; what is computed with it is a Tensor like that of an array."""

    __slots__ = ()

    def __add__(self, other: Any) -> Array:
        if isinstance(other, (list, ListArgument)):
            _refuse("+ would join two lists", "add")
        return super().__add__(other)

    def __radd__(self, other: Any) -> Array:
        if isinstance(other, list):
            _refuse("+ would join two lists", "add")
        return super().__radd__(other)

    def __mul__(self, other: Any) -> Array:
        if _is_count(other):
            _refuse("* would repeat the list", "multiply")
        return super().__mul__(other)

    def __rmul__(self, other: Any) -> Array:
        if _is_count(other):
            _refuse("* would repeat the list", "multiply")
        return super().__rmul__(other)


def _is_count(other: Any) -> bool:
    if isinstance(other, Tensor):
        return not other.ndim and other.dtype.kind in "iu"
    return isinstance(other, (int, np.integer))


def _refuse(difference: str, verb: str) -> NoReturn:
    raise TypeError(
        f"expected an array as an argument of a jitted function, got a list of numbers, at "
        f"{user_line()}: jit passes it as one array, so that {difference} outside of jit, but "
        f"{verb} its entries here. Pass np.array(...) for an array, or a tuple for numbers."
    )
