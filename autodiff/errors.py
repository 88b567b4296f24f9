"""Where in the user's code something happened, for error messages."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

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
    own: Any = f
    while hasattr(own, "__wrapped__"):
        own = own.__wrapped__
    while type(own) is functools.partial:
        own, position = own.func, position + len(own.args)
    code = getattr(own, "__code__", None)
    place = position + hasattr(own, "__self__")  # a bound method has its object in the first place
    if code is not None:  # the quick way: this is asked at every call of a gradient
        beyond = place - code.co_argcount
        if beyond < 0:
            return str(code.co_varnames[place])
        if code.co_flags & inspect.CO_VARARGS:
            return f"{code.co_varnames[code.co_argcount + code.co_kwonlyargcount]}[{beyond}]"
    try:
        known = _known.setdefault(own, {})
    except TypeError:  # nothing can refer to it weakly
        known = {}
    if position not in known:
        known[position] = _parameter(own, position) or f"argument {position}"
    return known[position]


_known: WeakKeyDictionary[Any, dict[int, str]] = WeakKeyDictionary()  # signatures take their time


def _parameter(f: Callable[..., Any], position: int) -> str:
    """Name a parameter of whatever can be called; nothing where that isn't known."""
    if isinstance(f, np.ufunc):  # NumPy before 2.4 doesn't tell
        return "x" if f.nin == 1 else f"x{position + 1}"
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
