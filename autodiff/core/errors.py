"""Lines, functions and arguments of the user's code, for error messages."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Iterable
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from autodiff.core.places import place_of
from autodiff.core.typing import Function

__all__ = [
    "argument_names", "describe", "function_place", "ufunc_name", "user_level", "user_line",
]  # fmt: skip

_NAMED_OR_NOT = inspect.Parameter.POSITIONAL_OR_KEYWORD
OURS = (os.path.dirname(os.path.dirname(__file__)) + os.sep, os.path.dirname(np.__file__) + os.sep)
_SCIPY = os.path.join(os.path.dirname(os.path.dirname(np.__file__)), "scipy") + os.sep
_BETWEEN = (*OURS, _SCIPY, functools.__file__)  # which calls cached properties


def user_line() -> str:
    """Return the line of the innermost frame outside this package, NumPy and SciPy: ``a.py:41``."""
    frame, _ = _user_frame()
    return place_of(frame.f_code.co_filename, frame.f_lineno)


def user_level() -> int:
    """Return the ``stacklevel`` with which a warning by the caller points to the user's line."""
    return _user_frame()[1]


def _user_frame() -> tuple[FrameType, int]:
    """Return the user's frame, and its stack level, counted from 1 for the caller's frame."""
    frame, level = sys._getframe(2), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_BETWEEN):
        frame, level = frame.f_back, level + 1
    return frame, level


def function_place(fun: Function) -> str:
    """Return the name and place of a user's function: ``loss (train.py:12)``."""
    fun = inspect.unwrap(fun)
    name = getattr(fun, "__name__", type(fun).__name__)
    code = getattr(fun, "__code__", None)
    if code is None:
        return name
    return f"{name} ({place_of(code.co_filename, code.co_firstlineno)})"


def argument_names(f: Function, positions: Iterable[int]) -> list[str]:
    """Return the names of arguments in a function's signature: ``weights``, or ``rows[0]``."""
    own: Any = f
    while hasattr(own, "__wrapped__"):
        own = own.__wrapped__
    first = 0
    while type(own) is functools.partial:
        own, first = own.func, first + len(own.args)
    code = getattr(own, "__code__", None)
    if code is None:
        return [_known_name(own, first + position) for position in positions]
    # The fast path: this runs at every call of a gradient.
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
    """Return the name of an argument of a callable that isn't written in Python."""
    try:
        known = _known.setdefault(f, {})
    except TypeError:  # no weak references to it
        known = {}
    if position not in known:
        known[position] = _parameter(f, position) or f"argument {position}"
    return known[position]


_known: WeakKeyDictionary[Any, dict[int, str]] = WeakKeyDictionary()  # signatures are slow


def _parameter(f: Function, position: int) -> str:
    """Return the name of a parameter of any callable; an empty string where it is unknown."""
    if isinstance(f, np.ufunc):  # without a signature before NumPy 2.4
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


def ufunc_name(ufunc: np.ufunc) -> str:
    """Return the name of a ufunc in messages: ``np.log``, or that of another library alone."""
    name: str = ufunc.__name__
    is_of_numpy = getattr(np, name, None) is ufunc or name == "clip"  # np.clip is a function
    return f"np.{name}" if is_of_numpy else name


def describe(value: Any) -> str:
    """Return a short description: ``float64 array of shape (2, 3)``, ``str 'abc'``."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} array of shape {value.shape}"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"
