"""Sloped: SciPy's classes with traced values beside their plain ones.

An object of such a class is built twice: by SciPy from the plain values, which checks the arguments
and is all that plain evaluations need; and from the traced ones, if there are any. Attributes then
return the traced values, and methods that can't use them are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.face import is_traced

__all__ = ["Sloped", "TracedAttribute", "plain_only", "plainly"]


def plainly(value: Any) -> Any:
    """Return the plain values of what may hold traced ones; for checks, and for plain results."""
    if isinstance(value, Tensor):
        return peek(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map(plainly, value))
    if isinstance(value, np.ndarray) and is_traced(value):
        return peek(as_array(value))
    return value


def double(x: Array) -> Array:
    """Return numbers in SciPy's dtypes for knots and coefficients: float64, or complex128."""
    return x.astype(complex if x.dtype.kind == "c" else float)


class TracedAttribute:
    """An attribute of an object: its traced value, or the plain one that SciPy keeps.

    Args:
        library: SciPy's class, which keeps it in a slot, in a property or in the object's dict.
    """

    def __init__(self, library: type) -> None:
        self.library = library
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        parts: dict[str, Array] = instance.__dict__.get("traced", {})
        if self.name in parts:
            return parts[self.name]
        kept = getattr(self.library, self.name, None)
        return instance.__dict__[self.name] if kept is None else kept.__get__(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        kept = getattr(self.library, self.name, None)
        if kept is None:
            instance.__dict__[self.name] = value
        else:
            kept.__set__(instance, value)


class Sloped:
    """Keeps the traced parts of an object."""

    traced: dict[str, Array]

    def keep(self, **parts: Any) -> None:
        """Keep the parts of an object, one of which at least is traced, in double precision."""
        self.traced = {name: double(as_array(part)) for name, part in parts.items()}

    @property
    def is_sloped(self) -> bool:
        """Return whether the object was built from traced values."""
        return "traced" in self.__dict__


def plain_only(name: str, instead: str) -> Callable[..., Any]:
    """Return a method of SciPy's class that is refused where an object has traced values."""

    def method(self: Sloped, *args: Any, **kwargs: Any) -> Any:
        if self.is_sloped or is_traced((args, kwargs)):
            raise NotImplementedError(
                f"{type(self).__name__}.{name} of traced values has no slope here (called at "
                f"{user_line()}). {instead}"
            )
        return getattr(super(Sloped, self), name)(*args, **kwargs)

    method.__name__ = name
    return method
