"""Bound: a function with the values that the variables of outer scopes have now.

A function reads these variables when it runs. Whoever runs it again, for its slopes or in each call
of a jitted function, needs those of its first run, and gets them by binding::

    for k in (2.0, 3.0):
        x = ad.checkpoint(lambda x: x * k)(x)

In the backward pass, k is 3. Bound are what closures and defaults hold, and the global variables of
the function's own module: numbers, functions, and copies of arrays and of Python's own containers.
Attributes of objects, and variables of other modules, aren't.
"""

from __future__ import annotations

import copy
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from types import CellType, CodeType, FunctionType, MethodType, SimpleNamespace
from typing import Any, ClassVar
from weakref import WeakSet

import numpy as np

from autodiff.core.errors import OURS
from autodiff.core.guidance import INSTALLED, ON_THE_ENGINE
from autodiff.core.layout import copied_whole

__all__ = ["bound", "is_again", "is_first", "running_again", "running_first"]

_MOST_BYTES = 2**26  # of an array that is copied
_MOST_ENTRIES = 10_000  # of a list or dictionary that is copied
_CONTAINERS = (list, dict, OrderedDict, defaultdict, Counter, set, deque, SimpleNamespace)
_DONE: WeakSet[FunctionType] = WeakSet()  # functions whose variables nothing else holds


def bound(x: Any, *, chosen: Callable[[str, Any], bool] | None = None) -> Any:
    """Return a function that later changes of variables, and edits of arrays, don't reach.

    Args:
        x: a function, or a container of functions; anything else is returned.
        chosen: returns whether to bind a variable of a closure, from its name and value; then no
            others are bound, and no global ones. None for all.
    """
    return _Binding(chosen).of(x)


_run: ContextVar[str] = ContextVar("which run of a function", default="")


@contextmanager
def running_first() -> Iterator[None]:
    """A context in which a function runs that will run again, unless what calls it does so."""
    token = _run.set(_run.get() or "first")
    try:
        yield
    finally:
        _run.reset(token)


@contextmanager
def running_again() -> Iterator[None]:
    """A context in which a function runs again, so that its writes have been made."""
    token = _run.set("again")
    try:
        yield
    finally:
        _run.reset(token)


def is_first() -> bool:
    """Return whether a function runs in this context that will run again for its slopes."""
    return _run.get() == "first"


def is_again() -> bool:
    """Return whether a function runs again in this context."""
    return _run.get() == "again"


class _Binding:
    """What has been bound so far, by id: functions may refer to each other."""

    def __init__(self, chosen: Callable[[str, Any], bool] | None) -> None:
        self._chosen = chosen
        self._depth = 0  # of functions
        self._known: dict[int, tuple[Any, Any]] = {}  # the first of each pair keeps its id taken

    def of(self, x: Any) -> Any:
        """Return an object as it is now."""
        if id(x) in self._known:
            return self._known[id(x)][1]
        bind = self._binders.get(type(x))
        return x if bind is None else bind(self, x)

    def _keep(self, x: Any, new: Any) -> Any:
        self._known[id(x)] = x, new
        return new

    def _function(self, x: FunctionType) -> FunctionType:
        if x in _DONE:
            return x
        named = {} if self._chosen else _variables(x)
        if not (named or x.__closure__ or x.__defaults__ or x.__kwdefaults__):
            return x
        scope = self._scope(x.__globals__) if named else x.__globals__
        cells = [self._cell(*pair) for pair in _cells(x)]
        closure = tuple(cell for cell, _ in cells) or None
        new = FunctionType(x.__code__, scope, x.__name__, closure=closure)
        self._keep(x, new)
        self._depth += 1
        new.__qualname__, new.__module__, new.__doc__ = x.__qualname__, x.__module__, x.__doc__
        new.__dict__.update(x.__dict__)
        new.__defaults__, new.__kwdefaults__ = self.of(x.__defaults__), self.of(x.__kwdefaults__)
        for cell, held in cells:
            for value in held:
                cell.cell_contents = self.of(value)
        scope.update({name: self.of(value) for name, value in named.items()})
        self._depth -= 1
        if self._chosen is None:
            _DONE.add(new)
        return new

    def _cell(self, name: str, cell: CellType) -> tuple[CellType, list[Any]]:
        """Return a new cell, and what to bind in it, if anything; or a cell that stays as it is."""
        try:
            value = cell.cell_contents
        except ValueError:  # it has none yet
            return CellType(), []
        if self._chosen is None or self._chosen(name, value):
            return CellType(), [value]
        return cell, []

    def _scope(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Return a copy of the variables of a module, the same for all its functions."""
        found = self._known.get(id(variables))
        new: dict[str, Any] = found[1] if found else self._keep(variables, {**variables})
        return new

    def _array(self, x: np.ndarray[Any, Any]) -> Any:
        if not self._depth or x.nbytes > _MOST_BYTES:
            return x
        if not x.dtype.hasobject:
            return self._keep(x, copied_whole(x))
        new = self._keep(x, x.copy())
        for place in np.ndindex(x.shape):
            new[place] = self.of(x[place])
        return new

    def _container(self, x: Any) -> Any:
        """Return a copy of a list, dictionary, set, deque or namespace, with its items bound."""
        items = vars(x) if type(x) is SimpleNamespace else x
        if len(items) > _MOST_ENTRIES:
            return x
        new = self._keep(x, copy.copy(x))
        if type(x) is SimpleNamespace:
            vars(new).update({name: self.of(part) for name, part in items.items()})
        elif isinstance(x, dict):
            for key, part in items.items():
                new[key] = self.of(part)
        else:
            new.clear()
            (new.update if type(x) is set else new.extend)(map(self.of, x))
        return new

    _binders: ClassVar[dict[type, Callable[[_Binding, Any], Any]]] = {
        FunctionType: _function,
        MethodType: lambda self, x: MethodType(self.of(x.__func__), x.__self__),
        partial: lambda self, x: partial(
            self.of(x.func), *map(self.of, x.args), **self.of(x.keywords)
        ),
        tuple: lambda self, x: tuple(map(self.of, x)),
        np.ndarray: _array,
        **dict.fromkeys(_CONTAINERS, _container),
    }


def _cells(function: FunctionType) -> Iterator[tuple[str, CellType]]:
    return zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)


def _variables(function: FunctionType) -> dict[str, Any]:
    """Return the global variables that a function of the user names and that may be bound."""
    if function.__code__.co_filename.startswith((*OURS, *INSTALLED, *ON_THE_ENGINE)):
        return {}
    held = function.__globals__
    found = {name: held[name] for name in _names(function.__code__) if name in held}
    return {name: x for name, x in found.items() if _is_variable(x, held)}


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


_PLAIN = (bool, int, float, complex, str, np.generic)


def _is_variable(x: Any, held: dict[str, Any]) -> bool:
    """Return whether a global is a value, a container, or a function of the same module."""
    if type(x) is FunctionType:
        return x.__globals__ is held
    return isinstance(x, _PLAIN) or type(x) in (np.ndarray, tuple, partial, *_CONTAINERS)
