"""A call of a jitted function inside a trace: one opaque operation with a jitted pullback.

Its slopes are those of the recorded program, so what the function reads besides its arguments is,
there too, what it was when it was recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Any, Protocol

from autodiff.compiler.outer_values import OuterValues
from autodiff.compiler.program import Program
from autodiff.core.cotangents import is_absent
from autodiff.core.typing import Array, Function
from autodiff.transforms.opaque import Opaque, pulled_back, record

__all__ = ["NestedCall", "apply_nested"]


class _Compiled(Protocol):
    """The interface of a compiled program."""

    has_effects: bool
    outer: OuterValues
    recorded: Program
    structure: Any
    numbers: dict[int, Array]

    def flat(self, leaves: Sequence[Array]) -> tuple[Array, ...]: ...


class NestedCall(Opaque):
    """A compiled program as an operation on its inputs.

    Args:
        compiled: the program.
        name: that of its function.
        jit: makes jitted functions.
    """

    def __init__(self, compiled: _Compiled, name: str, jit: Callable[[Function], Function]) -> None:
        self.compiled = compiled
        self._pull_back = jit(_slopes_of(compiled.recorded))
        self.__name__ = name

    def run(self, *values: Array) -> tuple[Array, ...]:
        """Run the program."""
        return self.compiled.flat(values)

    def pull_back(
        self,
        cotangents: Sequence[Array],
        values: Sequence[Array],
        results: Sequence[Array],
        wanted: Sequence[bool],
    ) -> Iterable[Array]:
        """Return the cotangents of the wanted values, by a jitted function."""
        del results
        used = tuple(not is_absent(cotangent) for cotangent in cotangents)
        arrived = tuple(compress(cotangents, used))
        found: Iterable[Array] = self._pull_back(arrived, tuple(values), tuple(wanted), used)
        return found


def _slopes_of(program: Program) -> Function:
    def slopes(
        cotangents: tuple[Array, ...],
        values: tuple[Array, ...],
        wanted: tuple[bool, ...],
        used: tuple[bool, ...],
    ) -> tuple[Array, ...]:
        return pulled_back(
            lambda *inputs: program.replayed(inputs), cotangents, values, wanted, used
        )

    return slopes


def apply_nested(nested: NestedCall, leaves: list[Array]) -> Any:
    """Run a jitted function on traced inputs, and record it as a single operation."""
    results = list(record(nested, leaves))
    for i, number in nested.compiled.numbers.items():
        results[i] = number
    return nested.compiled.structure(results)
