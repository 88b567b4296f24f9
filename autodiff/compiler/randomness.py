"""Randomness: detect random draws while a function is recorded.

Draws with :func:`autodiff.sample` are repeated in each call. Draws directly from a generator would
be the same in every call: the states of the generators that the function can reach, and of those it
creates and keeps, reveal them. A generator without a seed that the function creates is detected by
``entropy.py``; one with a seed draws the same numbers in every call of the plain function, too.

After a recording, the states are restored, so that a jitted function draws the same numbers as the
plain one.
"""

from __future__ import annotations

import gc
import pickle
import random
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

import numpy as np

from autodiff.compiler.entropy import ignore_entropy_requests
from autodiff.compiler.outer_arrays import OuterArrays
from autodiff.compiler.reachable_objects import ReachableObjects
from autodiff.compiler.threads import has_only_loops_beside, loading
from autodiff.core.layout import copied_whole
from autodiff.core.typing import Array, Function
from autodiff.transforms.bound import bound

__all__ = ["Randomness"]

_GENERATORS = (
    np.random.Generator, np.random.RandomState, np.random.BitGenerator, np.random.SeedSequence,
    random.Random,
)  # fmt: skip
_REENTRANT = type(threading.RLock())
_drawing = threading.RLock()  # the draws of one recording must not be seen by another


class Randomness:
    """The generators that a function may draw from, and their states.

    Args:
        reachable: of the function and its arguments.
        outer: the arrays among them.
    """

    def __init__(self, reachable: ReachableObjects, outer: OuterArrays) -> None:
        self._outer = outer
        self._frame = id(sys._getframe(1))  # that runs until the end of the recording
        self._is_complete = reachable.is_complete
        with _drawing:
            found = _found(reachable, self._is_complete)
            self._states = {id(g): (g, _state(g)) for g in found}
        self._reached: dict[int, tuple[Any, bytes]] = {}  # the states after recorded draws

    def has_moved(self, reachable: ReachableObjects) -> bool:
        """Return whether a generator was drawn from directly, also a new one that was kept.

        Args:
            reachable: of the function and its arguments, after the run.
        """
        with _drawing:
            return any(_state(g) != state for g, state in self._states.values()) or any(
                not _is_new(generator)
                for generator in _found(reachable, self._is_complete)
                if id(generator) not in self._states
            )

    def draw(self, function: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Array:
        """Call a function that draws, and restore the generators and arrays that it changes.

        Its numbers follow those of the last draw, as they will in a call.
        """
        reachable = ReachableObjects((function, args, kwargs))
        generators = _generators(reachable.objects)
        with _drawing, _locked(generators), ignore_entropy_requests():
            states = [(g, _state(g)) for g in generators]
            for generator in generators:
                if id(generator) in self._reached:
                    _restore(generator, self._reached[id(generator)][1])
            arrays = OuterArrays(reachable)
            value = function(*args, **kwargs)
            value = copied_whole(value) if isinstance(value, np.ndarray) else value
            self._reached |= {id(g): (g, _state(g)) for g in generators}
            for generator, state in states:
                _restore(generator, state)
            arrays.restore()
        return value

    def bound(self, draw: Function, args: Any, kwargs: Any) -> Any:
        """Return a draw and its arguments, with what it reads of the variables of the recorded run.

        They are lost, or may change, before the next draw. Those of outer scopes are read then.
        """
        own = set()
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and id(frame) != self._frame:
            own |= {(name, id(frame.f_locals.get(name))) for name in frame.f_code.co_cellvars}
            frame = frame.f_back
        bound_ = bound(draw, chosen=lambda name, value: (name, id(value)) in own)
        return bound_, self._copied(args), self._copied(kwargs)

    def _copied(self, x: Any) -> Any:
        """Return an argument, with copies of lists, and of arrays that are no outer ones."""
        if type(x) in (list, tuple):
            return type(x)(map(self._copied, x))
        if type(x) is dict:
            return {key: self._copied(part) for key, part in x.items()}
        is_own = type(x) is np.ndarray and not self._outer.holds(x)
        return copied_whole(x) if is_own else x

    def restore(self) -> None:
        """Restore the initial states of the generators."""
        with _drawing:
            for generator, state in self._states.values():
                _restore(generator, state)


def _found(reachable: ReachableObjects, is_complete: bool) -> list[Any]:
    """List the reachable generators; all existing ones, if the reach was incomplete at the start.

    With several threads only the reachable ones, since other threads may draw from theirs.
    """
    found = [np.random.mtrand._rand, random._inst, *_generators(reachable.objects)]
    if not is_complete and has_only_loops_beside():
        with loading:
            found += _generators(gc.get_objects())
    return found


@contextmanager
def _locked(generators: Iterable[Any]) -> Iterator[None]:
    """A context in which no other thread draws from NumPy's generators."""
    with ExitStack() as stack:
        for generator in generators:
            bits = getattr(
                generator, "bit_generator", getattr(generator, "_bit_generator", generator)
            )
            lock = getattr(bits, "lock", None)
            if isinstance(lock, _REENTRANT):  # older versions of NumPy can't draw while it is held
                stack.enter_context(lock)
        yield


def _generators(objects: Iterable[Any]) -> list[Any]:
    """List the generators among objects, by their types: ``isinstance`` may call code of theirs."""
    return [
        x for x in objects
        if issubclass(type(x), _GENERATORS)
        and not issubclass(type(x), random.SystemRandom)  # draws from the operating system
    ]  # fmt: skip


def _state(generator: Any) -> bytes:
    """Return the state of a generator, which changes with each draw."""
    if isinstance(generator, np.random.SeedSequence):
        return pickle.dumps(generator.n_children_spawned)
    if isinstance(generator, np.random.Generator):
        return pickle.dumps(generator.bit_generator.state)
    if isinstance(generator, np.random.BitGenerator):
        return pickle.dumps(generator.state)
    if isinstance(generator, random.Random):
        return pickle.dumps(generator.getstate())
    return pickle.dumps(generator.get_state())


def _restore(generator: Any, state: bytes) -> None:
    if _state(generator) == state:
        return
    before = pickle.loads(state)
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = before
    elif isinstance(generator, np.random.BitGenerator):
        generator.state = before
    elif isinstance(generator, random.Random):
        generator.setstate(before)
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(before)


def _is_new(generator: Any) -> bool:
    """Return whether a generator is known not to have been drawn from since its creation."""
    if isinstance(generator, np.random.SeedSequence):
        return generator.n_children_spawned == 0
    bits = getattr(generator, "bit_generator", generator)
    if not isinstance(bits, np.random.BitGenerator) or bits.seed_seq is None:
        return False
    fresh = type(bits)(bits.seed_seq)  # type: ignore[arg-type]
    return _state(fresh) == _state(bits)
