"""Faces: modules of SciPy, whose functions accept traced values where they have slopes.

As for NumPy, the registry has SciPy's functions with what stands for them: a primitive
(``derivative(scipy.linalg.expm, A=lambda g, z, A: ...)``) or a composite. A module of
``autodiff.scipy`` imports the files with its rules, and finds all its names here.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from autodiff.core.dispatch import run
from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand, is_traced
from autodiff.core.located import OF_ARGUMENTS, locate
from autodiff.core.refused import REFUSED
from autodiff.core.registry import registry
from autodiff.core.typing import Function
from autodiff.scipy import MODULES
from autodiff.scipy.filled import refuse_arrays_to_fill

__all__ = ["Face", "is_traced", "unwrapped"]

_BASETYPE = 1 << 10  # Py_TPFLAGS_BASETYPE
_OF_ARRAYS = ("scipy.linalg.", "scipy.ndimage.", "scipy.special.")  # other modules convert lists
_DEFAULT = "Pass t.numpy() where no slope is wanted, or define one with autodiff.primitive."


class Face:
    """One module of SciPy, found name by name.

    Args:
        library: SciPy's module.
        refused: the names of functions without slopes, each with what to do instead.

    Assign its methods to the module's ``__getattr__`` and ``__dir__``.
    """

    def __init__(self, library: ModuleType, refused: Mapping[str, str] | None = None) -> None:
        self.library = library
        self.found: dict[str, Any] = {}
        for name, instead in (refused or {}).items():
            REFUSED[f"{library.__name__}.{name}"] = instead

    def get(self, name: str) -> Any:
        """Return what SciPy's module has under a name; a function accepts traced values."""
        if name not in self.found:
            if name.startswith("_"):
                raise AttributeError(f"{self.library.__name__} has no public name {name!r}")
            found = unwrapped(getattr(self.library, name))
            if isinstance(found, ModuleType) and found.__name__.removeprefix("scipy.") in MODULES:
                found = import_module(f"autodiff.{found.__name__}")
            full = f"{self.library.__name__}.{name}"
            if isinstance(found, type) and full in REFUSED and _can_be_subclassed(found):
                found = refusing(found, full)
            elif callable(found) and not isinstance(found, (type, np.ufunc)):
                found = accepting(found, full)
            self.found[name] = found
        return self.found[name]

    def names(self) -> list[str]:
        """Return all public names of the module."""
        return sorted(name for name in dir(self.library) if not name.startswith("_"))


def unwrapped(found: Any) -> Any:
    """Return the function for the wrapper that SciPy's array-API mode has in its place.

    NumPy's protocol, and so the registry, has the universal functions, and those of NumPy.
    """
    if not callable(found):
        return found
    inner = inspect.unwrap(found, stop=_is_known)
    return inner if isinstance(inner, np.ufunc) or _is_known(inner) else found


def _is_known(found: Any) -> bool:
    return found.__hash__ is not None and found in registry


def accepting(function: Function, name: str) -> Function:
    """Return a function that is SciPy's for plain values, and has slopes for traced ones."""

    @functools.wraps(function)
    def front(*args: Any, **kwargs: Any) -> Any:
        if not is_traced((args, kwargs)):
            return function(*args, **kwargs)
        if function not in registry:
            raise NotImplementedError(
                f"{name} of a traced value has no derivative here (called at {user_line()}). "
                f"{REFUSED.get(name, _DEFAULT)}"
            )
        if "where" in kwargs and not isinstance(function, np.ufunc):
            raise NotImplementedError(
                f"{name} of a traced value has no where= (called at {user_line()}). Write "
                f"np.where(mask, {name}(x), other)."
            )
        if name.startswith("scipy.ndimage."):
            refuse_arrays_to_fill(function, name, args, kwargs)
        if name.startswith(_OF_ARRAYS):
            args = tuple(map(_as_array, args))
            kwargs = {option: _as_array(x) for option, x in kwargs.items()}
        try:
            return run(function, args, kwargs)
        except OF_ARGUMENTS as error:
            locate(error, name)
            raise

    return front


def _as_array(x: Any) -> Any:
    """Return an array of traced numbers for an array or a list of objects; else what is given."""
    if isinstance(x, np.ndarray) and x.dtype == object:
        return as_operand(x)
    is_one = type(x) is list and is_traced(x) and len(set(map(np.shape, x))) == 1
    return as_operand(x) if is_one else x


def _can_be_subclassed(found: type) -> bool:
    """Return whether a class is no final one of C, such as ``SuperLU``, which nobody calls."""
    return bool(found.__flags__ & _BASETYPE)


def refusing(library: Any, name: str) -> type:
    """Return a class that makes SciPy's objects of plain values, and refuses traced ones."""

    class Plain(library):  # type: ignore[misc]
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            """Return an object of SciPy's class."""
            if is_traced((args, kwargs)):
                raise NotImplementedError(
                    f"{name} of a traced value has no derivative here (called at {user_line()}). "
                    f"{REFUSED[name]}"
                )
            return library(*args, **kwargs)

    functools.update_wrapper(Plain, library, updated=())
    return Plain
