"""A display of a function before the function's arguments are passed: ``ad.draw(loss)``."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from autodiff.core.errors import function_place
from autodiff.core.typing import Function
from autodiff.display.working.working import Working, of_function

__all__ = ["Deferred"]

R = TypeVar("R")


class Deferred(Generic[R]):
    """A function with the same arguments as ``f`` that displays its computation.

    Args:
        reader: the public function that displays: ``"draw"``.
        f: the function to display.
        argnums: the positions of the arguments that get slopes.
        display: creates the result.
        run: records the computation.
    """

    def __init__(
        self,
        reader: str,
        f: Function,
        argnums: int | Sequence[int] | None,
        display: Callable[[Working], R],
        run: Callable[..., Working] = of_function,
    ) -> None:
        functools.update_wrapper(self, f)
        self._reader, self._f, self._argnums, self._display = reader, f, argnums, display
        self._record = run

    def __call__(self, /, *args: Any, **kwargs: Any) -> R:
        """Run the function and display its computation."""
        return self._display(self._run(args, kwargs))

    def __repr__(self) -> str:
        name = getattr(self._f, "__name__", "f")
        call = f"ad.{self._reader}({name})({_parameters(self._f)})"
        return f"<{self._reader} of {function_place(self._f)}, not run yet: write {call}>"

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Working:
        return self._record(self._f, self._argnums, args, kwargs)


def _parameters(f: Function) -> str:
    """List the names of a function's required parameters: ``weights, x``."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # written in C, without a signature
        return "..."
    return ", ".join(
        f"*{p.name}" if p.kind is p.VAR_POSITIONAL else p.name
        for p in parameters
        if p.default is p.empty and p.kind is not p.VAR_KEYWORD
    )
