"""Fresh arguments: copies for each call of a function that is checked.

It may edit its arguments, and what it computes may depend on their layout in memory.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autodiff.core.errors import describe
from autodiff.core.layout import copied
from autodiff.core.typing import Function

__all__ = ["require_function", "with_fresh_arguments"]


def require_function(f: Any, name: str) -> None:
    """Raise a TypeError unless f is a function, which a check calls with its other arguments."""
    if not callable(f):
        raise TypeError(
            f"{name} needs a function, got {describe(f)}. Pass the function itself, and its "
            f"arguments after it: {name}(loss, weights)."
        )


def with_fresh_arguments(f: Function, args: tuple[Any, ...]) -> Function:
    """Return f, called with copies of the arrays that it is given, in the layouts of ``args``."""

    def call(*given: Any) -> Any:
        return f(*(_fresh(value, like) for value, like in zip(given, args, strict=True)))

    return functools.update_wrapper(call, f, updated=())


def _fresh(value: Any, like: Any) -> Any:
    if type(value) is np.ndarray:
        alike = type(like) is np.ndarray and like.shape == value.shape
        if not alike or value.dtype.hasobject:
            return value.copy()
        fresh = copied(like, value.dtype)
        fresh[...] = value
        return fresh
    kind = type(value)
    if kind is dict:
        known = like if type(like) is dict else {}
        return {key: _fresh(part, known.get(key)) for key, part in value.items()}
    if kind in (list, tuple):
        alike = type(like) is kind and len(like) == len(value)
        pairs = zip(value, like if alike else [None] * len(value), strict=True)
        return kind(_fresh(part, one) for part, one in pairs)
    return value
