"""Operations: functions of arrays, which on Symbols become part of a functional model."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from nn.layers.spec import has_specs
from nn.layers.symbol import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["named", "operation"]

F = TypeVar("F", bound="Callable[..., Any]")


def operation(function: F) -> F:
    """Return a function that records a call on Symbols, and else calls ``function``.

    >>> from nn.layers.symbol import Symbol
    >>> import numpy as np
    >>> @operation
    ... def double(x): return 2 * x
    >>> double(np.ones(2)), double(Symbol((None, 3))).shape
    (array([2., 2.]), (None, 3))
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not has_specs((*args, *kwargs.values())):
            return function(*args, **kwargs)
        try:
            return Operation(call)(*args, **kwargs)
        except np.linalg.LinAlgError as error:
            raise NotImplementedError(
                f"expected arrays for {function.__name__}, got Symbols, whose zeros it doesn't "
                "take. Write a Layer whose call does this, with a compute_output_shape."
            ) from error

    return cast("F", call)


def named(name: str, function: F, doc: str) -> F:
    """Return an operation that was made from a function of NumPy, under a name of its own."""
    function.__name__ = function.__qualname__ = name
    function.__module__, function.__doc__ = "nn.ops", doc
    return operation(function)
