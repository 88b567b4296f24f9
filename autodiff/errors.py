"""Where in the user's code something happened, for error messages."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["describe", "function_place", "user_line"]

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


def describe(value: Any) -> str:
    """Say briefly what a value is: ``float64 array of shape (2, 3)``, ``str 'abc'``."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} array of shape {value.shape}"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"
