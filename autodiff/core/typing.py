"""The types that signatures name: an array, its axes, a function."""

from collections.abc import Callable
from typing import Any, TypeAlias

__all__ = ["Array", "Arrays", "Axis", "Function"]

Array: TypeAlias = Any
"""A NumPy array, NumPy scalar, Python number or Tensor; as an operand, also a list of these.

For readers: to a type checker it is ``Any``. NumPy's stubs don't know that NumPy's functions return
a Tensor for a Tensor, so that a union would be refused in each line that computes.
"""

Arrays: TypeAlias = tuple[Array, ...]
"""The results of a function that has several, or their cotangents."""

Axis: TypeAlias = int | tuple[int, ...] | None
"""The axes that a function works along: one, several, or None, which mostly means all."""

Function: TypeAlias = Callable[..., Any]
"""A function of any arguments: the user's, one of NumPy's, or a rule."""
