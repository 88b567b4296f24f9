"""Functions whose results have a shape or dtype that depends on the numbers in the arguments.

``jit`` records one shape and one dtype. While it records, each result is followed by an operation
that compares those of later calls with them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

from autodiff.core.errors import user_line
from autodiff.core.graph import NeedsNumbersError, Node
from autodiff.core.layout import copied
from autodiff.core.observer import notify_plain
from autodiff.core.primitive import derivative, primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, plain
from autodiff.core.typing import Array, Function

__all__ = ["Compared", "as_recorded", "compare_with_recording"]


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
    return copied(x)  # argwhere is in F order, real eigenvalues are parts of complex ones


derivative(as_recorded, x=lambda g, z, x, *, shape, dtype, name, place: g)


class Compared(Tensor):
    """The Tensor of such a result: compared in each call if it is used, or only its shape."""

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
        self._node = node

    @property
    def node(self) -> Node:
        """The Node; to read it is a use."""
        notify_plain(self._node, "compared")
        return self._node

    @node.setter
    def node(self, node: Node) -> None:
        self._node = node


def compare_with_recording(
    *functions: Function, parts: Sequence[int] = (0, 1), by_first: bool = False
) -> None:
    """Declare that the shapes or dtypes of the results depend on the numbers in the arguments.

    Args:
        functions: functions of NumPy or SciPy that are in the registry.
        parts: of several results, those for which this is so.
        by_first: whether they depend on those in the first argument alone.
    """
    for function in functions:
        registry[function] = _compared(registry[function], parts, by_first)


def _compared(operation: Any, parts: Sequence[int], by_first: bool) -> Function:
    @functools.wraps(operation)
    def front(*args: Any, **kwargs: Any) -> Any:
        found = operation(*args, **kwargs)
        if not _are_unknown(args[:1] if by_first else (*args, *kwargs.values())):
            return found
        if isinstance(found, tuple):
            marked = [_marked(x) if i in parts else x for i, x in enumerate(found)]
            return getattr(type(found), "_make", tuple)(marked)
        return _marked(found)

    def _marked(part: Tensor) -> Array:
        options = {"name": operation.name, "place": user_line()}
        kind = {"shape": part.shape, "dtype": part.dtype.name}
        return Compared(as_recorded.apply((part,), {**options, **kind}).node)

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
