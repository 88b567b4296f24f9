"""Exact: NumPy's own function computes results without slopes.

The composites in ``rules/`` are written for floats: for masks, integers and counts their results
would differ from NumPy's. These have no slopes, so NumPy's own function is called, and recorded as
one operation.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from autodiff.core.graph import NeedsNumbersError
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Function
from autodiff.transforms.boxed import run_boxed

__all__ = ["exact_for_integers", "has_only_integers", "run_exact"]


def exact_for_integers(function: Function, stand_in: Function) -> Function:
    """Return a function that calls the stand-in for traced floats, otherwise NumPy's function."""

    @functools.wraps(stand_in)
    def front(*args: Any, **kwargs: Any) -> Any:
        if has_only_integers((*args, *kwargs.values())):
            return run_exact(function, args, kwargs)
        return stand_in(*args, **kwargs)

    return front


def has_only_integers(arguments: Iterable[Any]) -> bool:
    """Return whether arguments, also in lists, have traced values, all of them without a slope."""
    found = False
    for x in arguments:
        if isinstance(x, Tensor):
            if x.node.value.dtype.kind in "fc":
                return False
            found = True
        elif isinstance(x, (list, tuple)) and (inner := _traced(x)):
            if not has_only_integers(inner):
                return False
            found = True
    return found


def _traced(parts: Any) -> list[Tensor]:
    """Return the Tensors in a nested list."""
    found: list[Tensor] = []
    for part in parts:
        if isinstance(part, Tensor):
            found.append(part)
        elif isinstance(part, (list, tuple)):
            found += _traced(part)
    return found


def run_exact(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Record a call of NumPy's function as one operation without slopes."""
    try:
        for traced in _traced((*args, *kwargs.values())):
            traced._plain_value("plain")
    except NeedsNumbersError as error:
        return error.boxed(function, args, kwargs)
    return run_boxed(function, args, kwargs)
