"""Called: a user's function as SciPy's solvers call it, and as its slopes need it.

SciPy calls it with plain numbers. What it uses besides them may be traced: the extra arguments
(``args=``), and values that it closes over, which are found while SciPy calls it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.core.errors import describe, function_place
from autodiff.core.graph import NeedsNumbersError
from autodiff.core.lift import as_operand
from autodiff.core.options import settled
from autodiff.core.tensor import Tensor, plain
from autodiff.core.typing import Array, Function
from autodiff.transforms.bound import bound
from autodiff.transforms.closures import Watched
from autodiff.transforms.slots import emptied, filled

__all__ = ["Called", "as_array", "calls_back", "plain_copy", "releasable"]


class Called(Watched):
    """A function that SciPy calls.

    Args:
        function: the user's.
        more: its arguments after those that SciPy determines.
        real: whether SciPy takes real results only.
        complex_steps: whether it measures slopes by imaginary steps, where results are complex.

    Attributes:
        more: the same, plain.
        traced: the traced values in them.
    """

    def __init__(
        self, function: Function, more: Any = (), *, real: bool = False, complex_steps: bool = False
    ) -> None:
        super().__init__(function)
        self._real, self._complex_steps = real, complex_steps
        self._template, self.traced = emptied(more)
        self.more = filled(self._template, list(map(plain, self.traced)))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function's result, with plain values for the traced ones in it.

        Raises:
            TypeError: it is complex, where SciPy takes real results only.
        """
        out = super().__call__(*args, **kwargs)
        is_step = self._complex_steps and _has_complex(args) and not _has_complex(self.more)
        if self._real and _has_complex(out) and not is_step:
            raise TypeError(
                f"expected real results from {function_place(self.function)}, which SciPy calls, "
                f"got {describe(out)}. Pass real arguments, or return real and imaginary parts."
            )
        return out

    def bound(self) -> Function:
        """Bind the function and its arguments, which run again for the slopes; return the first."""
        self.function = bound(self.function)
        self._template = settled(bound(self._template))
        return self.function

    @property
    def is_traced(self) -> bool:
        """Whether a result depends on traced values; known after SciPy has called the function."""
        return bool(self.traced or self.closed)

    @property
    def values(self) -> list[Tensor]:
        """All traced values: those in the arguments, then those that it closes over."""
        return [*self.traced, *map(Tensor, self.closed)]

    def filled(self, values: Sequence[Array]) -> Any:
        """Return the further arguments with other values for the traced ones."""
        return filled(self._template, values)


def _has_complex(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_complex, value))
    return np.iscomplexobj(value)


@contextmanager
def releasable(*functions: Any) -> Iterator[list[Any]]:
    """Pass functions to SciPy, with plain results; anything else is unchanged (``"2-point"``).

    SciPy's solvers are in reference cycles, so what they refer to is freed by the garbage collector
    alone. At the end of the block the references to the functions, and with them the graphs of
    traced values, are therefore deleted.
    """
    passed = [Releasable(function) if callable(function) else function for function in functions]
    try:
        yield passed
    finally:
        for function in passed:
            if isinstance(function, Releasable):
                function.release()


class Releasable:
    """A function whose reference can be deleted while SciPy's solvers still refer to it."""

    def __init__(self, function: Function) -> None:
        self.__wrapped__ = function  # for ``inspect.signature``
        self._function = function if isinstance(function, Watched) else Watched(function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self._function(*args, **kwargs)

    def release(self) -> None:
        """Delete the reference to the function."""
        del self._function, self.__wrapped__


def as_array(values: Array) -> Array:
    """Return a list of results, some of them traced, as one array."""
    return values if hasattr(values, "dtype") and values.dtype != object else as_operand(values)


def plain_copy(value: Any) -> Any:
    """Return a value, such as a starting point, with plain values for the traced ones in it."""
    template, traced = emptied(value)
    return filled(template, list(map(plain, traced))) if traced else value


def calls_back(
    essential: Callable[[Any], Any] = lambda result: result,
) -> Callable[[Function], Function]:
    """Make the decorated function, which calls one of the user's, recordable by ``jit``.

    The call becomes one operation, which runs at each call of the jitted function.

    Args:
        essential: returns the numbers in a result, which the operation returns, since jit
            returns no texts.
    """

    def prepare(solver: Function) -> Function:
        @functools.wraps(solver)
        def numbers(*args: Any, **kwargs: Any) -> Any:
            return essential(solver(*args, **kwargs))

        @functools.wraps(solver)
        def front(*args: Any, **kwargs: Any) -> Any:
            try:
                return solver(*args, **kwargs)
            except NeedsNumbersError as error:
                return error.boxed(numbers, args, kwargs)

        return front

    return prepare
