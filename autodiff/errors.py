"""Where in the user's code something happened, for error messages."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

__all__ = ["argument_names", "describe", "function_place", "user_level", "user_line"]

_NAMED_OR_NOT = inspect.Parameter.POSITIONAL_OR_KEYWORD
_OURS = (os.path.dirname(__file__) + os.sep, os.path.dirname(np.__file__) + os.sep)


def user_line() -> str:
    """Name the line of the innermost frame outside this package and NumPy: ``train.py:41``."""
    frame, _ = _user_frame()
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"


def user_level() -> int:
    """The ``stacklevel`` with which a warning of whoever asks points to the user's line."""
    return _user_frame()[1]


def _user_frame() -> tuple[FrameType, int]:
    """Find the user's frame, and how far it is from that of whoever asks, which is 1."""
    frame, level = sys._getframe(2), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
        frame, level = frame.f_back, level + 1
    return frame, level


def function_place(fun: Callable[..., Any]) -> str:
    """Name a user's function and where it's defined: ``loss (train.py:12)``."""
    fun = inspect.unwrap(fun)
    name = getattr(fun, "__name__", type(fun).__name__)
    code = getattr(fun, "__code__", None)
    if code is None:
        return name
    return f"{name} ({os.path.basename(code.co_filename)}:{code.co_firstlineno})"


def argument_names(f: Callable[..., Any], positions: Iterable[int]) -> list[str]:
    """Name arguments of a function as its author did: ``weights``; of ``*rows``, ``rows[0]``."""
    own: Any = f
    while hasattr(own, "__wrapped__"):
        own = own.__wrapped__
    first = 0
    while type(own) is functools.partial:
        own, first = own.func, first + len(own.args)
    code = getattr(own, "__code__", None)
    if code is None:
        return [_known_name(own, first + position) for position in positions]
    # The quick way: this is asked at every call of a gradient.
    count, names = code.co_argcount, code.co_varnames
    bound = hasattr(own, "__self__")  # a bound method has its object in the first place
    rest = names[count + code.co_kwonlyargcount] if code.co_flags & inspect.CO_VARARGS else ""
    return [
        names[place] if place < count
        else f"{rest}[{place - count}]" if rest
        else f"argument {place - bound}"
        for place in (first + bound + position for position in positions)
    ]  # fmt: skip


def _known_name(f: Any, position: int) -> str:
    """Name an argument of something that isn't written in Python."""
    try:
        known = _known.setdefault(f, {})
    except TypeError:  # nothing can refer to it weakly
        known = {}
    if position not in known:
        known[position] = _parameter(f, position) or f"argument {position}"
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
