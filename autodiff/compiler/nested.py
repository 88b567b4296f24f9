"""A call of a jitted function inside a trace: one opaque operation with a jitted pullback."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from autodiff.compiler.call_arguments import Arguments
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.transforms.opaque import Opaque, pulled_back, record
from autodiff.transforms.pytree import flatten_result

__all__ = ["NestedCall", "apply_nested"]


class _Compiled(Protocol):
    """The interface of a compiled program."""

    has_effects: bool
    structure: Any
    numbers: dict[int, Array]

    def flat(self, leaves: Sequence[Array]) -> tuple[Array, ...]: ...


class _Jitted(Protocol):
    """The interface of a jitted function."""

    f: Function

    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def prepared(self, *args: Any, **kwargs: Any) -> tuple[_Compiled, list[Array]]: ...


class NestedCall(Opaque):
    """A jitted function as an operation on its traced inputs.

    It refers weakly to the jitted function, which holds it: both are freed without the collector.

    Args:
        jitted: the function.
        call: one of its calls.
        jit: makes jitted functions.

    Attributes:
        has_effects: whether another run may return another result, or write to arrays again.
    """

    def __init__(
        self, jitted: _Jitted, call: Arguments, jit: Callable[[Function], _Jitted]
    ) -> None:
        self.call = replace(call, leaves=[], arrays=[])  # without its references to a graph
        self._function, self._jitted, self._jit = jitted.f, weakref.ref(jitted), jit
        args, kwargs = call.rebuild(
            [x.node.value if isinstance(x, Tensor) else x for x in call.leaves]
        )
        self.has_effects = jitted.prepared(*args, **kwargs)[0].has_effects
        self.structure: Any = None
        self.numbers: dict[int, Array] = {}
        self._pull_back = jit(_slopes_of(self._function, self.call))
        self.__name__ = getattr(jitted.f, "__name__", "jitted")

    def run(self, *values: Array) -> tuple[Array, ...]:
        """Run the program; record it again if the jitted function was freed."""
        args, kwargs = self.call.rebuild(list(values))
        jitted = self._jitted() or self._jit(self._function)
        compiled, leaves = jitted.prepared(*args, **kwargs)
        self.structure, self.numbers = compiled.structure, compiled.numbers
        return compiled.flat(leaves)

    def pull_back(
        self, cotangents: Sequence[Array], values: Sequence[Array], results: Sequence[Array]
    ) -> Iterable[Array]:
        """Return the cotangents of the differentiable values, by a jitted function."""
        del results
        found: Iterable[Array] = self._pull_back(tuple(cotangents), tuple(values))
        return found


def _slopes_of(function: Function, call: Arguments) -> Function:
    """Return the function that computes the slopes; it has no reference to a NestedCall."""

    def slopes(cotangents: tuple[Array, ...], values: tuple[Array, ...]) -> tuple[Array, ...]:
        return pulled_back(lambda *args: _trace(function, call, args), cotangents, values)

    return slopes


def _trace(function: Function, call: Arguments, values: Sequence[Array]) -> tuple[Array, ...]:
    args, kwargs = call.rebuild(list(values))
    return tuple(flatten_result(function(*args, **kwargs), "the result")[0])


def apply_nested(nested: NestedCall, leaves: list[Array]) -> Any:
    """Run a jitted function on traced inputs, and record it as a single operation."""
    results = list(record(nested, leaves))
    for i, number in nested.numbers.items():
        results[i] = number
    return nested.structure(results)
