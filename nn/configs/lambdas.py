"""Lambdas in files of Keras: their compiled code, which is run only where the user allows it."""

from __future__ import annotations

import base64
import builtins
import marshal
from contextlib import contextmanager
from contextvars import ContextVar
from types import CellType, CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_is_safe: ContextVar[bool] = ContextVar("is_safe", default=True)


@contextmanager
def safe_mode(is_safe: bool | None) -> Iterator[None]:
    """Refuse the code of lambdas in configs, or accept it, until the block ends; None keeps it."""
    token = _is_safe.set(_is_safe.get() if is_safe is None else is_safe)
    try:
        yield
    finally:
        _is_safe.reset(token)


def read_lambda(
    value: Any = None, code: Any = None, defaults: Any = None, closure: Any = None
) -> Callable[..., Any]:
    """Return the function that Keras has written; its globals are ``np`` and the built-in names.

    Args:
        value: the other three in a list, as in some of Keras's files.
        code: in base64, of the same version of Python.
        defaults: of the last parameters.
        closure: the values of the variables around the function.

    Raises:
        ValueError: the safe mode is on, or the code is of another version of Python.
    """
    if _is_safe.get():
        raise ValueError(
            "expected functions by their names, got the code of a lambda, which could do anything "
            "when it is run. If you trust the author of the file, pass safe_mode=False; or define "
            "the function with def, register it, and write the config again."
        )
    text, values, cells = (code, defaults, closure) if value is None else value
    try:
        compiled = marshal.loads(base64.b64decode(text))
    except (EOFError, TypeError, ValueError):
        compiled = None
    if not isinstance(compiled, CodeType):
        raise ValueError(
            "expected the code of a lambda of this version of Python, got another one. Define the "
            "function with def, register it, and write the config again."
        )
    names = {"np": np, "__builtins__": builtins}
    around = None if cells is None else tuple(map(CellType, cells))
    defaults = None if values is None else tuple(values)
    return FunctionType(compiled, names, compiled.co_name, defaults, around)
