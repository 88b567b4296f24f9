"""Boxed: a function that needs the numbers themselves, recorded as one operation.

Most of NumPy is recorded as what it is made of. Some functions, and the rules of some, look at the
numbers to decide what to do: where two eigenvalues are equal, which entries are kept. Where nobody
may look, as while ``jit`` records, such a function becomes a single Node, which is run as it is
whenever the graph is. Its slope is that of running it, boxed in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autodiff.cotangents import to_user
from autodiff.dispatch import run
from autodiff.errors import user_line
from autodiff.graph import Node, RecordingError
from autodiff.primitive import derivative, primitive
from autodiff.pytree import flatten
from autodiff.registry import registry
from autodiff.tensor import Tensor
from autodiff.transforms import vjp

__all__ = ["Box", "run_boxed"]


class Box:
    """A function with all its arguments but the traced ones, which it is called with.

    Args:
        function: NumPy's, a rule, or what makes their slopes.
        arguments: positional and named; Tensors in them, also in lists, tuples and dicts, are
            the traced ones.
    """

    def __init__(self, function: Callable[..., Any], arguments: Any) -> None:
        self.function = function
        self.traced: list[Tensor] = []
        self.arguments = self._emptied(arguments)
        self.structure: Any = None
        self.shapes: list[tuple[int, ...]] | None = None
        self.place = user_line()
        self.__name__ = getattr(function, "__name__", "boxed")

    def __call__(self, *values: Any) -> Any:
        """Run it with these values in the places of the traced arguments."""
        args, kwargs = _filled(self.arguments, values)
        if self.function in registry and any(isinstance(value, Tensor) for value in values):
            out = run(self.function, args, kwargs)
        else:
            out = self.function(*args, **kwargs)
        leaves, _, self.structure = flatten(out, "the result")
        self._check_shapes([np.shape(leaf) for leaf in leaves])
        return leaves[0] if len(leaves) == 1 else tuple(leaves)

    def _check_shapes(self, shapes: list[tuple[int, ...]]) -> None:
        if self.shapes is not None and shapes != self.shapes:
            raise TypeError(
                f"expected results of shapes {self.shapes} from {self.__name__} at {self.place}, "
                f"as when it was recorded, got {shapes}: they depend on the numbers in its "
                f"arguments. Compute this outside of what is recorded."
            )
        self.shapes = shapes

    def _emptied(self, arguments: Any) -> Any:
        if isinstance(arguments, Tensor):
            self.traced.append(arguments)
            return _Place(len(self.traced) - 1)
        if isinstance(arguments, (list, tuple)):
            return _alike(arguments, [self._emptied(part) for part in arguments])
        if isinstance(arguments, Mapping):
            return {name: self._emptied(part) for name, part in arguments.items()}
        return arguments


class _Place(int):
    """Marks where a traced argument goes."""


def _filled(arguments: Any, values: tuple[Any, ...]) -> Any:
    if isinstance(arguments, _Place):
        return values[arguments]
    if isinstance(arguments, (list, tuple)):
        return _alike(arguments, [_filled(part, values) for part in arguments])
    if isinstance(arguments, dict):
        return {name: _filled(part, values) for name, part in arguments.items()}
    return arguments


def _alike(kind: Any, parts: list[Any]) -> Any:
    return type(kind)(*parts) if hasattr(kind, "_fields") else type(kind)(parts)


@primitive
def boxed(*values: Any, box: Callable[..., Any]) -> Any:
    """Run a box."""
    found = box(*values)
    return tuple(map(_plain_array, found)) if type(found) is tuple else _plain_array(found)


def _plain_array(value: Any) -> Any:
    return np.asarray(value)[()]


def _slopes(g: Any, z: Any, *values: Any, box: Callable[..., Any]) -> list[Any]:
    """The slopes of a box, by a box that runs it and sweeps back."""
    wanted = [i for i, value in enumerate(values) if _is_smooth(value)]
    smooth = [i for i, result in enumerate(_as_tuple(z)) if _is_smooth(result)]

    def pulled_back(cotangents: tuple[Any, ...], *values: Any) -> tuple[Any, ...]:
        def partly(*moved: Any) -> tuple[Any, ...]:
            given = list(values)
            for i, value in zip(wanted, moved, strict=True):
                given[i] = value
            out = _as_tuple(box(*given))
            return tuple(out[i] for i in smooth)

        _, pullback = vjp(partly, *(values[i] for i in wanted))
        slopes = pullback(tuple(to_user(cotangents[i]) for i in smooth))
        return tuple(to_user(slope) for slope in slopes)

    slopes = iter(run_boxed(pulled_back, (_as_tuple(g), *values), {}))
    return [next(slopes) if _is_smooth(value) else None for value in values]


def _as_tuple(results: Any) -> tuple[Any, ...]:
    return results if type(results) is tuple else (results,)


def _is_smooth(value: Any) -> bool:
    return getattr(value, "dtype", np.dtype(type(value))).kind in "fc"


def run_boxed(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    note: Callable[[Node], None] | None = None,
) -> Any:
    """Record a call as one operation, and answer in the structure that the function does.

    Args:
        function: what is called, with positional and named arguments.
        args: positional.
        kwargs: named.
        note: is shown the operation.

    Raises:
        RecordingError: the function answers nothing: what it edits in place would be lost.
    """
    box = Box(function, (args, dict(kwargs)))
    found = boxed.apply(tuple(box.traced), {"box": box})
    leaves = list(found) if isinstance(found, tuple) else [found]
    if not leaves:
        raise RecordingError(
            f"{box.__name__} at {box.place} answers nothing: what it edits would be "
            f"lost where it is recorded. Do this outside of what is recorded."
        )
    if note is not None:
        note(found[0].node.inputs[0] if isinstance(found, tuple) else found.node)
    return box.structure(leaves)


derivative(boxed, values=_slopes)
