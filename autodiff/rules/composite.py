"""Composites: NumPy functions that are written with other primitives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from autodiff.core.registry import registry
from autodiff.core.typing import Function
from autodiff.rules.exact import exact_for_integers

__all__ = ["composite"]

F = TypeVar("F", bound=Function)


def composite(*functions: Function, exact: bool = False) -> Callable[[F], F]:
    """Register the decorated function, written with other primitives, for ``functions``.

    Args:
        functions: NumPy functions.
        exact: whether it equals NumPy's function for integers and bools too, as functions that
            only move entries do. Otherwise NumPy's is called where no traced value is a float.
    """

    def register(stand_in: F) -> F:
        for function in functions:
            registry[function] = stand_in if exact else exact_for_integers(function, stand_in)
        return stand_in

    return register
