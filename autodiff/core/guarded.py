"""Guards around user-defined primitives and rules, which may edit what they get, or keep it.

A value of the graph is shared by all that was computed from it. So a function and a rule get
read-only views of values; a rule gets a cotangent of its own, since hand-written rules edit it
(``g[x < 0] = 0``); and a result that is kept elsewhere, such as a buffer, is copied.
"""

from __future__ import annotations

import functools
import numbers
import sys
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import numpy as np

from autodiff.core.errors import describe, function_place
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function

__all__ = ["guarded", "guarded_rule", "is_of_user"]

_OURS = frozenset(("autodiff", "nn", "numpy", "scipy"))


def is_of_user(function: Function) -> bool:
    """Return whether a function is neither of the engine nor of a library that it is built on."""
    unknown = "" if isinstance(function, FunctionType) else "numpy"  # made by exec, or in C
    module = getattr(function, "__module__", None) or unknown
    return module.partition(".")[0] not in _OURS


def guarded(function: Function) -> Function:
    """Return a function that passes read-only views, and returns unshared arrays."""

    @functools.wraps(function)
    def evaluate(*values: Array, **options: Any) -> Any:
        inputs = [_read_only(x) for x in values]
        if "out" in options:
            return function(*inputs, **options)
        named = {name: _read_only(x) for name, x in options.items()}
        result = function(*inputs, **named)
        _refuse_others(result, function)
        if isinstance(result, tuple):
            parts = [_apart(part, values, _IN_TUPLE) for part in result]
            return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
        return _apart(result, values, _ALONE)

    return evaluate


def _refuse_others(result: Any, function: Function) -> None:
    """Raise a TypeError unless a function returned an array, a number, or a tuple of them.

    A traced result depends on a value that the function closes over, whose slope would be lost.
    """
    for part in result if isinstance(result, tuple) else (result,):
        if not isinstance(part, _VALUES):
            cure = "Return an array or a number, or a tuple of them"
            if isinstance(part, Tensor):
                cure = "Pass the traced value that it closes over as an argument"
            raise TypeError(
                f"expected an array from {function_place(function)}, got {describe(part)}. {cure}."
            )


_VALUES = (np.ndarray, np.generic, numbers.Number)


def guarded_rule(rule: Function, name: str, defaults: Mapping[str, Any]) -> Function:
    """Return a rule that passes a cotangent of its own, and read-only views of the values.

    Args:
        rule: of one input, or of any number of them, which returns as many slopes.
        name: of the function and of the input, for messages: ``cube, x=``; empty for several.
        defaults: the function's own, of options that the rule needs and a call may leave out.
    """

    @functools.wraps(rule)
    def own(g: Array, z: Array, *inputs: Array, **options: Any) -> Any:
        options = {**defaults, **options}
        slope = rule(_copy(g), _read_only(z), *map(_read_only, inputs), **options)
        if name and not isinstance(slope, (Tensor, *_VALUES)):
            raise TypeError(
                f"expected a slope from the rule of {name}, got {describe(slope)}. Return an "
                f"array; where there is no slope, pass None instead of the rule."
            )
        return slope

    return own


def _copy(g: Any) -> Any:
    if isinstance(g, tuple):
        return tuple(map(_copy, g))
    if isinstance(g, Tensor):
        return Tensor(g.node)  # a new handle, which an edit moves
    return g.copy() if isinstance(g, np.ndarray) else g


def _read_only(x: Any) -> Any:
    if isinstance(x, Tensor):
        return Tensor(x.node)
    if type(x) is not np.ndarray:
        return x
    view = x.view()
    view.flags.writeable = False
    return view


def _apart(result: Any, inputs: tuple[Array, ...], alone: int) -> Any:
    """Return a copy of an array that others refer to; results that are inputs are known as such."""
    if not isinstance(result, np.ndarray) or any(
        isinstance(x, np.ndarray) and np.may_share_memory(result, x) for x in inputs
    ):
        return result
    is_alone = result.base is None and sys.getrefcount(result) <= alone
    return result if is_alone else result.copy()


def _references(result: Any) -> int:
    return sys.getrefcount(result)


def _references_of_new_arrays() -> tuple[int, int]:
    """Count the references to an array that a function has just returned, alone or in a tuple."""
    result = np.zeros(1)
    alone = _references(result)
    return alone, next(_references(part) for part in (np.zeros(1),))


_ALONE, _IN_TUPLE = _references_of_new_arrays()
