"""The user's variables: which of them hold traced values, read from the frames of running code.

A variable that holds a Tensor names that Tensor's Node; nothing is guessed. Looking at a frame
whenever a Node is made there, and once more after it has returned, misses little.
"""

from __future__ import annotations

import inspect
import numbers
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from autodiff.graph import Node
from autodiff.tensor import Tensor
from autodiff.view import View

__all__ = ["Place", "Variables"]

_FEW = 32  # entries of a container that are looked at each time; later ones when they are new
_DEEPEST = 3  # containers in containers
_HOLDERS = (Tensor, list, tuple, dict, np.ndarray)


class Place(NamedTuple):
    """Where a frame of the user's code has got to.

    Attributes:
        frame: the frame; it keeps its variables for as long as it is held, also when it returned.
        at: its current instruction.
        is_called: whether the user's own code called it: what it was given has other names there.
    """

    frame: FrameType
    at: int
    is_called: bool


class Variables:
    """What the user calls values: by the outermost variable that held one, and its first."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[int, str]] = {}  # with how deep in the calls it was found
        self._arrays: dict[tuple[Any, ...], tuple[int, str]] = {}  # of arrays with Tensors in them
        self._lengths: dict[int, int] = {}  # of containers, by id, as they were last looked at
        self._stack: list[Place] = []
        self._since: dict[FrameType, int] = {}  # the Node that was being made when a frame was new

    def name(self, node: Node) -> str | None:
        """Tell what the user calls a Node, if anything."""
        found = self._names.get(node.order)
        if found is None and node.primitive is not None and node.primitive.name == "stack":
            key = _entries_key(node.inputs)
            found = self._arrays.get(key) if key is not None else None
        return found[1] if found else None

    def follow(self, stack: list[Place], order: int) -> None:
        """Look at the frames that have gone on or returned since the last time.

        Args:
            stack: the user's frames, the outermost first.
            order: the creation number of the Node that is being made.
        """
        before, same = self._stack, 0
        for old, new in zip(before, stack, strict=False):
            if old != new:
                break
            same += 1
        running = {place.frame: self._since.get(place.frame, order) for place in stack}
        for depth in range(same, len(before)):
            if before[depth].frame not in running:
                self._look_at_place(before[depth], depth)
        self._since = running
        for depth in range(max(same - 1, 0), len(stack)):  # those before wait for the same call
            self._look_at_place(stack[depth], depth)
        self._stack = stack

    def look_at(self, variables: Mapping[str, Any], depth: int) -> None:
        """Note what variables hold."""
        for name, value in variables.items():
            if _can_hold(value) and name[0] not in "._" and name != "Out":
                self._note(value, name, depth)

    def _look_at_place(self, place: Place, depth: int) -> None:
        frame = place.frame
        variables: Mapping[str, Any] = frame.f_locals
        if place.is_called:
            given, since = _parameters(frame.f_code), self._since[frame]
            for name in given.intersection(variables):
                value = variables[name]
                if isinstance(value, Tensor) and _node_of(value).order >= since:
                    _put(self._names, _node_of(value).order, depth, name)
            variables = {k: v for k, v in variables.items() if k not in given}
        self.look_at(variables, depth)
        own = getattr(frame.f_locals.get("self"), "__dict__", None)
        for name, value in (own or {}).items():
            if _can_hold(value):
                self._note(value, f"self.{name}", depth)

    def _note(self, value: Any, name: str, depth: int, deepest: int = _DEEPEST) -> None:
        """Note what a Tensor is called, or the Tensors in a container."""
        if isinstance(value, Tensor):
            _put(self._names, _node_of(value).order, depth, name)
        elif isinstance(value, np.ndarray):
            if value.dtype == object and value.ndim == 1 and value.size <= _FEW:
                entries = value.tolist()
                self._note(entries, name, depth, 1)
                nodes = [_node_of(x) if isinstance(x, Tensor) else x for x in entries]
                key = _entries_key(nodes)
                if key is not None:
                    _put(self._arrays, key, depth, name)
        elif deepest:
            for key, entry in self._entries(value):
                if _can_hold(entry):
                    self._note(entry, f"{name}[{key!r}]", depth, deepest - 1)

    def _entries(self, container: Any) -> Iterator[tuple[Any, Any]]:
        """List the keys and entries of a container; of a long one, those that are new."""
        length, known = len(container), self._lengths.get(id(container), 0)
        self._lengths[id(container)] = length
        start = 0 if length <= _FEW or length < known else known
        if isinstance(container, dict):
            return islice(reversed(dict.items(container)), length - start)
        return zip(range(start, length), islice(container, start, None), strict=False)


def _can_hold(value: Any) -> bool:
    """Whether there may be a Tensor in it; its type tells, since a proxy would be woken up."""
    return issubclass(type(value), _HOLDERS)


@lru_cache(maxsize=256)
def _parameters(code: CodeType) -> frozenset[str]:
    """Name what a function is given."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return frozenset(code.co_varnames[:count])


def _put(names: dict[Any, tuple[int, str]], key: Any, depth: int, name: str) -> None:
    """Keep the name that was given furthest out in the calls; of several, the earliest."""
    found = names.get(key)
    if found is None or depth < found[0]:
        names[key] = (depth, name)


def _node_of(tensor: Tensor) -> Node:
    """Give a Tensor's Node without making one: a view whose base has changed isn't read anew."""
    return tensor._node if isinstance(tensor, View) else tensor.node


def _entries_key(entries: Sequence[Any]) -> tuple[Any, ...] | None:
    """Tell arrays of Nodes and numbers apart by their entries; None for what else is in one."""
    if not all(isinstance(x, (Node, numbers.Number)) for x in entries):
        return None
    return tuple(x.order if isinstance(x, Node) else ("number", complex(x)) for x in entries)
