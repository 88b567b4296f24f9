"""Where in the user's code something happened, for error messages."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["argument_name", "describe", "function_place", "user_line"]

_NAMED_OR_NOT = inspect.Parameter.POSITIONAL_OR_KEYWORD
_OURS = (os.path.dirname(__file__) + os.sep, os.path.dirname(np.__file__) + os.sep)


def user_line() -> str:
    """Name the line of the innermost frame outside this package and NumPy: ``train.py:41``."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"


def function_place(fun: Callable[..., Any]) -> str:
    """Name a user's function and where it's defined: ``loss (train.py:12)``."""
    fun = inspect.unwrap(fun)
    name = getattr(fun, "__name__", type(fun).__name__)
    code = getattr(fun, "__code__", None)
    if code is None:
        return name
    return f"{name} ({os.path.basename(code.co_filename)}:{code.co_firstlineno})"


def argument_name(f: Callable[..., Any], position: int) -> str:
    """Name an argument of a function as its author did: ``weights``; of ``*rows``, ``rows[0]``."""
    own = inspect.unwrap(f)
    code = getattr(own, "__code__", None)
    place = position + hasattr(own, "__self__")  # a bound method has its object in the first place
    if code is not None and place < code.co_argcount:
        return str(code.co_varnames[place])  # the quick way, as long as it goes
    return _parameter(own, position) or f"argument {position}"


def _parameter(f: Callable[..., Any], position: int) -> str:
    """Name a parameter of whatever can be called; nothing where that isn't known."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # written in C, without a signature
        return ""
    for i, parameter in enumerate(parameters):
        if parameter.kind is parameter.VAR_POSITIONAL:
            return f"{parameter.name}[{position - i}]"
        if i == position and parameter.kind in (parameter.POSITIONAL_ONLY, _NAMED_OR_NOT):
            return parameter.name
    return ""


def describe(value: Any) -> str:
    """Say briefly what a value is: ``float64 array of shape (2, 3)``, ``str 'abc'``."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} array of shape {value.shape}"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"
