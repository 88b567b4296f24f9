"""Functions whose results have a shape or dtype that depends on the numbers in the arguments.

``jit`` records one shape and one dtype. While it records, each result is followed by an operation
that compares those of later calls with them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from autodiff.core.errors import user_line
from autodiff.core.graph import NeedsNumbersError
from autodiff.core.observer import notify_plain
from autodiff.core.primitive import derivative, primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, plain
from autodiff.core.typing import Array, Function

__all__ = ["as_recorded", "compare_with_recording"]


@primitive
def as_recorded(x: Array, *, shape: tuple[int, ...], dtype: str, name: str, place: str) -> Array:
    """Return a copy of x.

    Raises:
        TypeError: it has another shape or dtype.
    """
    if (x.shape, x.dtype.name) != (shape, dtype):
        raise TypeError(
            f"expected a result of shape {shape} and dtype {dtype} from {name} at {place}, as in "
            f"the recording, got shape {x.shape} and dtype {x.dtype}: they depend on the "
            f"numbers in its arguments. Compute this outside of the recorded function."
        )
    return x.copy(order="K")  # argwhere is in F order


derivative(as_recorded, x=lambda g, z, x, *, shape, dtype, name, place: g)


def compare_with_recording(*functions: Function) -> None:
    """Declare that the shapes or dtypes of the results depend on the numbers in the arguments."""
    for function in functions:
        registry[function] = _compared(registry[function])


def _compared(operation: Any) -> Function:
    @functools.wraps(operation)
    def front(*args: Any, **kwargs: Any) -> Any:
        found = operation(*args, **kwargs)
        if not _are_unknown((*args, *kwargs.values())):
            return found
        if isinstance(found, tuple):
            return type(found)(*map(_marked, found))
        return _marked(found)

    def _marked(part: Tensor) -> Array:
        options = {"name": operation.name, "place": user_line()}
        kind = {"shape": part.shape, "dtype": part.dtype.name}
        compared = as_recorded.apply((part,), {**options, **kind})
        notify_plain(compared.node, "compared")  # in each call, also where only the shape is used
        return compared

    front.is_constant = operation.is_constant  # type: ignore[attr-defined]
    return front


def _are_unknown(values: Iterable[Any]) -> bool:
    """Return whether one of the values is traced while ``jit`` records."""
    try:
        for value in values:
            plain(value)
    except NeedsNumbersError:
        return True
    return False
