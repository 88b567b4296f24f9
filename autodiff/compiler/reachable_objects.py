"""The objects that a function may use when it runs, found by the names in its code.

A function reaches the objects that it closes over, its defaults, and the globals that its code
names; from an object, class or module, reached code reaches the attributes that it names. Lookups
by computed names (``getattr``, ``vars``) can't be followed.
"""

from __future__ import annotations

import gc
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from enum import Enum
from functools import lru_cache
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    ModuleType,
)
from typing import Any

import numpy as np

from autodiff.compiler.containers import held_in
from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor
from autodiff.tracing.libraries import is_module_of_a_library

__all__ = [
    "ReachableObjects", "attributes", "global_variables", "is_user_class", "is_user_module",
    "own_variables",
]  # fmt: skip

_ATOMS = (int, float, complex, str, bytes, bool, type(None), np.generic, np.ndarray, np.dtype)
_CLOSED = (*_ATOMS, Tensor, Node, FrameType, GeneratorType, CodeType)  # not followed
_LISTS = (list, tuple, set, frozenset, deque)
_MOST = 5000  # objects that are followed
_LIBRARIES = sys.stdlib_module_names | {  # whose code isn't followed
    "autodiff", "numpy", "scipy", "IPython", "_pytest", "hypothesis", "jax", "keras", "matplotlib",
    "pandas", "pluggy", "pytest", "sklearn", "tensorflow", "torch", "tqdm",
}  # fmt: skip
_MAKING = ("__new__", "__init__", "__post_init__", "__init_subclass__")
_COMPUTED = frozenset(
    ("getattr", "setattr", "vars", "globals", "locals", "eval", "exec", "attrgetter",
     "methodcaller", "__dict__", "__getattribute__", "modules", "import_module", "__import__",
     "__globals__")
)  # fmt: skip


class ReachableObjects:
    """The objects that can be reached from some roots.

    Args:
        roots: functions and their arguments.

    Attributes:
        objects: all that were found, root by root.
        ends: for each root, the number of objects that it and the roots before it reach.
        names: the names in the code that was found.
        is_complete: whether these are all: no code uses computed names, and the limit wasn't hit.
    """

    def __init__(self, roots: Iterable[Any]) -> None:
        self.objects: list[Any] = []
        self.names: set[str] = set()
        self._seen = {id(sys.modules)}  # all modules, used or not; its name counts as computed
        self._holders: list[Mapping[str, Any]] = []  # of attributes
        self._classes: set[type] = set()
        self._names_done: set[str] = set()
        self.is_complete = True
        self.ends: list[int] = []
        for root in roots:
            self._follow(root)
            self.ends.append(len(self.objects))

    def _follow(self, root: Any) -> None:
        waiting = [root]
        while waiting:
            for x in waiting:  # grows during the loop
                kind: Any = type(x)
                if id(x) not in self._seen and (not _is_atom(kind) or _has_objects(x)):
                    if len(self._seen) == _MOST:
                        self.is_complete = False
                        return
                    self._seen.add(id(x))
                    self.objects.append(x)
                    waiting += self._referred(x)
            waiting = list(self._newly_named())

    def _referred(self, x: Any) -> Iterable[Any]:
        """Return the objects that an object refers to; attributes only when they are named."""
        kind: Any = type(x)
        if kind is FunctionType:
            return self._of_function(x)
        if kind is ModuleType:
            return () if _is_of_a_library(x.__name__) else self._hold(vars(x))
        if issubclass(kind, type):
            return self._of_class(x)
        if kind is BuiltinFunctionType:
            return (x.__self__,)
        if _has_objects(x):
            return list(x.flat)
        if issubclass(kind, _CLOSED):
            return ()
        if kind is ContextVar:
            return held_in(x).values()
        parts: list[Any] = []
        if issubclass(kind, dict):
            if "__builtins__" in x or "__spec__" in x:  # the namespace of a module
                return self._hold(x)
            parts += [*x.values(), *x.keys()]
        elif issubclass(kind, _LISTS):
            parts += x
        elif not _has_methods(kind):
            # A partial or a bound method: all its parts are used.
            parts += gc.get_referents(x)
        if is_user_class(kind):
            parts += self._of_instances(kind)
            parts += self._hold(attributes(x))
        return parts

    def _of_function(self, function: FunctionType) -> list[Any]:
        module = function.__module__ or ""
        if _is_of_a_library(module):
            return list(own_variables(function).values())
        names = _names(function.__code__)
        self.names |= names
        found = own_variables(function)
        if not is_module_of_a_library(module):  # names of its code count, but not what it holds
            self.is_complete = self.is_complete and names.isdisjoint(_COMPUTED)
            found |= global_variables(function)
        return list(found.values())

    def _of_class(self, kind: type) -> list[Any]:
        """Return the functions that a class calls to make instances, and those of instances."""
        if not is_user_class(kind):
            return []
        made = [vars(base)[n] for base in kind.__mro__ for n in _MAKING if n in vars(base)]
        return [*made, *self._of_instances(kind)]

    def _of_instances(self, kind: type) -> list[Any]:
        """Return the special methods of a class; other attributes only when they are named."""
        found: list[Any] = []
        for base in kind.__mro__:
            if is_user_class(base) and base not in self._classes:
                self._classes.add(base)
                special = {n: x for n, x in vars(base).items() if n[:2] == "__" and callable(x)}
                found += [x for name, x in special.items() if name not in _MAKING]
                found += self._hold(vars(base))
        return found

    def _hold(self, attributes: Mapping[str, Any]) -> list[Any]:
        self._holders.append(attributes)
        return [attributes[name] for name in self._names_done & attributes.keys()]

    def _newly_named(self) -> Iterator[Any]:
        """Iterate over the attributes whose names were found since the last call."""
        new = self.names - self._names_done
        self._names_done |= new
        if new:
            for attributes in self._holders:
                yield from (attributes[name] for name in new & attributes.keys())


def _has_objects(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.hasobject


def own_variables(function: FunctionType) -> dict[str, Any]:
    """Return what a function holds, by name: attributes, defaults, and what it closes over."""
    code, defaults = function.__code__, function.__defaults__
    found = {f"{function.__name__}.{name}": x for name, x in vars(function).items()}
    if defaults:
        last = code.co_varnames[: code.co_argcount][-len(defaults) :]
        found |= dict(zip(last, defaults, strict=True))
    found |= function.__kwdefaults__ or {}
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    return found


def global_variables(function: FunctionType) -> dict[str, Any]:
    """Return the globals that a function's code names, and the modules that it may import."""
    known = function.__globals__
    names = _names(function.__code__)
    return {name: known[name] if name in known else sys.modules.get(name) for name in names}


@lru_cache(maxsize=4096)
def _names(code: CodeType) -> frozenset[str]:
    inner = (part for part in code.co_consts if isinstance(part, CodeType))
    return frozenset(code.co_names).union(*map(_names, inner))


def attributes(x: Any) -> dict[str, Any]:
    """Return the attributes of an object, without calling code of its class."""
    found = {}
    for name, slot in _slots(type(x)):  # type: ignore[arg-type]
        try:
            found[name] = slot.__get__(x)
        except AttributeError:  # not set
            continue
    found |= getattr(x, "__dict__", {})
    return found | {"value": found["_value_"]} if isinstance(x, Enum) else found


@lru_cache(maxsize=512)
def _slots(kind: type) -> list[tuple[str, Any]]:
    return [
        (name, slot)
        for base in kind.__mro__
        for name, slot in vars(base).items()
        if isinstance(slot, MemberDescriptorType)
    ]


@lru_cache(maxsize=4096)
def _is_atom(kind: Any) -> bool:
    return issubclass(kind, _ATOMS)


def is_user_class(kind: type) -> bool:
    """Return whether a class is neither built in nor of a library that isn't followed."""
    return bool(kind.__flags__ & _HEAP) and not _is_of_a_library(kind.__module__)


def is_user_module(name: Any) -> bool:
    """Return whether a module is neither of Python, NumPy or the engine, nor of a library on it."""
    return not _is_of_a_library(name) and not is_module_of_a_library(str(name))


@lru_cache(maxsize=4096)
def _is_of_a_library(module: Any) -> bool:
    return isinstance(module, str) and module.partition(".")[0] in _LIBRARIES


@lru_cache(maxsize=512)
def _has_methods(kind: Any) -> bool:
    """Return whether a class has methods in Python, whose code names the attributes they use."""
    return is_user_class(kind) and any(
        isinstance(x, FunctionType) for base in kind.__mro__ for x in vars(base).values()
    )


_HEAP = 1 << 9  # Py_TPFLAGS_HEAPTYPE
