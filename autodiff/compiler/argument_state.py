"""State: the attributes of objects among the arguments, which are constants of a program.

An object that isn't numeric, such as a model with a jitted method, is part of the program. When its
attributes have changed, the program is recorded again. The same holds for what objects are called
through: their methods, partial applications, tuples of them. Iterators are refused, since their
position can't be read.
"""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Iterable, Iterator, Mapping, MappingView
from contextvars import ContextVar
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, MethodWrapperType, ModuleType
from typing import Any

import numpy as np

from autodiff.compiler.by_id import ById
from autodiff.compiler.containers import held_in, is_container
from autodiff.compiler.reachable_objects import (
    ReachableObjects,
    attributes,
    is_user_class,
    is_user_module,
)
from autodiff.core.errors import function_place
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Function

__all__ = ["State", "has_state", "held_by"]

_BYTES = (bytearray, memoryview, array)
_PLAIN = (int, float, complex, str, bytes, bool, type(None), np.dtype)


_BUILT_IN = (BuiltinFunctionType, MethodWrapperType)
_DEFINED = (FunctionType, staticmethod, classmethod, property)
_CALLED_THROUGH = (MethodType, partial, FunctionType)
_IMMUTABLE = (*_PLAIN, ModuleType, BuiltinFunctionType, np.ufunc)
_UNKNOWABLE = (MappingView, ContextVar, weakref.ref)


def has_state(x: Any) -> bool:
    """Return whether an argument may change, or what it refers to, and stay equal to itself."""
    if isinstance(x, (tuple, frozenset)):
        return any(map(has_state, x))
    if isinstance(x, _BUILT_IN):
        return not isinstance(x.__self__, (ModuleType, type(None)))
    if isinstance(x, ModuleType):
        return is_user_module(x.__name__)
    kind = x if isinstance(x, type) else type(x)
    return isinstance(x, _CALLED_THROUGH) or is_user_class(kind) or _is_unknowable(x)


def _is_unknowable(x: Any) -> bool:
    """Return whether an object gives other items or values each time, as an iterator does."""
    return isinstance(x, _UNKNOWABLE) or (
        hasattr(type(x), "__next__") and not is_user_class(type(x))
    )


def held_by(function: Function) -> list[Any]:
    """Return what a function to compile is called through, if that has state.

    It is a bound method, a partial application, or an object that can be called; transforms such as
    ``ad.grad`` and partial applications to what can't change are looked through.
    """
    while True:
        if isinstance(function, partial) and _is_fixed(function):
            function = function.func
        elif has_state(function) and not isinstance(function, FunctionType):
            return [function]
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        else:
            return []


def _is_fixed(applied: partial[Any]) -> bool:
    """Return whether all that a partial application passes is immutable."""
    passed = (*applied.args, *applied.keywords.values())
    return not vars(applied) and all(isinstance(x, _IMMUTABLE) and not has_state(x) for x in passed)


class State:
    """The state of some objects, as far as a function may read it.

    Args:
        function: reads the attributes that its code names.
        objects: among its arguments.

    Raises:
        TypeError: the function reads an iterator.
    """

    def __init__(self, function: Function, objects: list[Any]) -> None:
        reachable = ReachableObjects((function, *objects)) if objects else None
        self._names = reachable.names if reachable and reachable.is_complete else None
        self._parts = list(_parts(objects, self._names))
        for kind, *_ in self._parts:
            if kind is _UNKNOWABLE:
                raise TypeError(
                    f"jit can't read an iterator, or what else changes unseen, among the arguments "
                    f"of {function_place(function)}: it would read it while it records, and not in "
                    f"later calls. Pass a list of the items, or an array."
                )

    def matches(self, objects: list[Any]) -> bool:
        """Return whether objects have the same state now."""
        return not objects or self._parts == list(_parts(objects, self._names))


def _parts(objects: Iterable[Any], names: set[str] | None) -> Iterator[tuple[Any, ...]]:
    """Iterate over keys of the objects' contents, equal for equal states."""
    seen: set[int] = set()
    waiting = list(objects)
    for x in waiting:  # grows during the loop
        if isinstance(x, _PLAIN):
            yield type(x), repr(x)
        elif isinstance(x, (np.ndarray, np.generic)) and not x.dtype.hasobject:
            yield type(x), x.dtype, x.shape, x.tobytes()
        elif isinstance(x, _BYTES):
            yield type(x), bytes(x)
        elif _is_unknowable(x):
            yield _UNKNOWABLE, ById(x)
        elif id(x) in seen:
            yield type(x), *_identity(x)
        else:
            seen.add(id(x))
            yield type(x), *_identity(x), *_keys(x), *_definitions(x, names)
            waiting += _inside(x, names)


def _identity(x: Any) -> tuple[ById, ...]:
    """Return what an object is compared by besides its contents: nothing if it is a value."""
    by_identity: Any = object.__hash__
    if isinstance(x, (MethodType, *_BUILT_IN)):  # a new one at each access
        return ()
    if is_user_class(type(x)) and type(x).__hash__ not in (by_identity, None):
        return ()
    return (ById(x.node if isinstance(x, Tensor) else x),)


def _keys(x: Any) -> tuple[Any, ...]:
    if isinstance(x, (list, tuple, set, frozenset)):
        return (len(x),)
    if isinstance(x, dict):
        return tuple(map(repr, x))
    return tuple(held_in(x)) if is_container(x) else ()


def _definitions(owner: Any, names: set[str] | None) -> Iterator[Any]:
    """Iterate over the methods and properties of an object's classes, which may be replaced."""
    kind = owner if isinstance(owner, type) else type(owner)
    for base in kind.__mro__ if is_user_class(kind) else ():
        for name, x in vars(base).items():
            is_used = names is None or name in names or name[:2] == "__"  # a special method
            if is_used and isinstance(x, _DEFINED):
                yield x


def _inside(x: Any, names: set[str] | None) -> list[Any]:
    if isinstance(x, dict):
        return list(x.values())
    if isinstance(x, (list, tuple)):
        return list(x)
    if isinstance(x, (set, frozenset)):
        return sorted(x, key=repr)
    if isinstance(x, MethodType):
        return [x.__self__, x.__func__]
    if isinstance(x, partial):
        return [x.func, x.args, x.keywords]
    if isinstance(x, _BUILT_IN):
        return [x.__self__] if has_state(x) else []
    if isinstance(x, FunctionType):
        return [*vars(x).values(), x.__defaults__, x.__kwdefaults__]
    if is_container(x):
        return list(held_in(x).values())
    found: dict[str, Any] = {}
    if isinstance(x, ModuleType):
        found = _variables(vars(x)) if is_user_module(x.__name__) and names is not None else {}
    elif is_user_class(kind := x if isinstance(x, type) else type(x)):
        for base in reversed(kind.__mro__):
            found |= _variables(vars(base))
        found |= {} if kind is x else attributes(x)
    return [part for name, part in found.items() if names is None or name in names]


def _variables(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a class or module, without what else is defined there."""
    kinds = (*_PLAIN, np.ndarray, np.generic, list, dict)
    return {name: x for name, x in held.items() if isinstance(x, kinds) and name[:2] != "__"}
