"""Randomness: who draws random numbers while a function is recorded, and how.

Drawn through :func:`autodiff.jit.sample`, they are drawn anew at each call. Drawn directly from a
generator, they would be the same at every call: that is noticed by the generator's state. What a
recording draws is put back, so that the same seed gives a jitted function the eager one's numbers.
"""

from __future__ import annotations

import functools
import pickle
import random
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

__all__ = ["Randomness"]

_MOST_VISITED = 1000  # objects that are searched for generators
_GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)


class Randomness:
    """The generators that a function may draw from, and their states.

    Args:
        reachable: the function and its arguments; what they refer to is searched.
    """

    def __init__(self, reachable: Iterable[Any]) -> None:
        self._generators: dict[int, _Generator] = {}
        for generator in (np.random.mtrand._rand, random._inst, *_found(reachable)):
            self._watch(generator)

    def has_moved(self) -> bool:
        """Whether a generator was drawn from directly."""
        return any(generator.now != generator.state for generator in self._generators.values())

    def draw(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Draw in the way that is recorded."""
        is_direct = self.has_moved()
        self._watch(getattr(function, "__self__", None))
        value = function(*args, **kwargs)
        if not is_direct:  # else the recording will be refused
            for generator in self._generators.values():
                generator.state = generator.now
        return value

    def put_back(self) -> None:
        """Give the generators the states that they had."""
        for generator in self._generators.values():
            generator.put_back()

    def _watch(self, generator: Any) -> None:
        if isinstance(generator, _GENERATORS):
            self._generators.setdefault(id(generator), _Generator(generator))


class _Generator:
    """A generator, the state it had at first, and the one that it is expected to have."""

    def __init__(self, generator: Any) -> None:
        self.generator = generator
        self.first = self.state = self.now

    @property
    def now(self) -> bytes:
        if isinstance(self.generator, np.random.Generator):
            return pickle.dumps(self.generator.bit_generator.state)
        if isinstance(self.generator, random.Random):
            return pickle.dumps(self.generator.getstate())
        return pickle.dumps(self.generator.get_state())

    def put_back(self) -> None:
        if self.now == self.first:
            return
        state = pickle.loads(self.first)
        if isinstance(self.generator, np.random.Generator):
            self.generator.bit_generator.state = state
        elif isinstance(self.generator, random.Random):
            self.generator.setstate(state)
        else:
            self.generator.set_state(state)


def _found(roots: Iterable[Any]) -> Iterator[Any]:
    """Find generators in what functions, methods and objects refer to."""
    waiting = list(roots)
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_VISITED:
        x = waiting.pop(0)
        if id(x) in seen:
            continue
        seen.add(id(x))
        if isinstance(x, _GENERATORS):
            yield x
        else:
            waiting += _referred(x)


def _referred(x: Any) -> list[Any]:
    if isinstance(x, FunctionType):
        return _referred_by_code(x)
    if isinstance(x, MethodType):
        return [x.__self__, x.__func__]
    if isinstance(x, functools.partial):
        return [x.func, *x.args, *x.keywords.values()]
    if isinstance(x, (list, tuple)):
        return list(x)
    if isinstance(x, dict):
        return list(x.values())
    is_plain = isinstance(x, (type, np.ndarray, ModuleType)) or not hasattr(x, "__dict__")
    return [] if is_plain else list(vars(x).values())


def _referred_by_code(function: FunctionType) -> list[Any]:
    """List what a function closes over, its defaults, and the globals that its code names."""
    found = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not filled yet
            continue
    if not (function.__module__ or "").startswith(("autodiff.", "numpy")):
        names = function.__globals__
        found += [names[name] for name in _names(function.__code__) if name in names]
    return found


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)
