"""Arrays to fill, such as ``output=`` of ``scipy.ndimage``: SciPy can't write a traced result."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.lift import is_traced
from autodiff.core.typing import Function

__all__ = ["refuse_arrays_to_fill"]

_TO_FILL = ("output", "distances", "indices")


def refuse_arrays_to_fill(
    function: Function, name: str, args: tuple[Any, ...], options: Mapping[str, Any]
) -> None:
    """Raise an error where a function of ``scipy.ndimage`` shall write its result into an array.

    Raises:
        NotImplementedError: one of the arguments is an array to fill.
    """
    given = {**dict(zip(_parameters(function), args, strict=False)), **options}
    for option in _TO_FILL:
        if isinstance(given.get(option), np.ndarray) or is_traced(given.get(option)):
            raise NotImplementedError(
                f"{name} of a traced value has no output= into an array (got {option}= at "
                f"{user_line()}). Assign what is returned: array[...] = {name}(x)."
            )


@functools.cache
def _parameters(function: Function) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
