"""The user's variables: which of them hold traced values, read from the frames of running code.

A variable that holds a Tensor names that Tensor's Node; no name is guessed. A frame is read
whenever a Node is made there, and once more after it has returned, so few names are missed.
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

from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor

__all__ = ["Place", "Variables"]

_FEW = 32  # entries of a container that are read each time; later ones only when they are new
_DEEPEST = 3  # levels of nested containers
_HOLDERS = (Tensor, list, tuple, dict, np.ndarray)


class Place(NamedTuple):
    """A frame of the user's code and its current instruction.

    Attributes:
        frame: the frame; a reference keeps its variables, also after it has returned.
        at: its current instruction.
        is_called: whether the user's own code called it, where its arguments have other names.
    """

    frame: FrameType
    at: int
    is_called: bool


class Variables:
    """The user's names of values: the outermost variable that held one, and the earliest."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[int, str]] = {}  # with the depth of the call
        self._arrays: dict[tuple[Any, ...], tuple[int, str]] = {}  # of arrays with Tensors in them
        self._lengths: dict[int, int] = {}  # of containers, by id, when they were last read
        self._stack: list[Place] = []
        self._since: dict[FrameType, int] = {}  # the Node that was being made when a frame was new

    def name(self, node: Node) -> str | None:
        """Return the user's name for a Node, None where it has none."""
        found = self._names.get(node.order)
        return found[1] if found else self.array_name(node)

    def array_name(self, node: Node) -> str | None:
        """Return the user's name for an array of traced values that a Node stacked."""
        if node.primitive.name != "stack" or node.order in self._names:
            return None
        key = _entries_key(node.inputs)
        found = self._arrays.get(key) if key is not None else None
        return found[1] if found else None

    def follow(self, stack: list[Place], order: int) -> None:
        """Read the frames that have advanced or returned since the last call.

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
        for depth in range(max(same - 1, 0), len(stack)):  # the others are still in the same call
            self._look_at_place(stack[depth], depth)
        self._stack = stack

    def look_at(self, variables: Mapping[str, Any], depth: int) -> None:
        """Record the names of the Tensors in variables."""
        for name, value in variables.items():
            if _can_hold(value) and name[0] not in "._" and name != "Out":
                self._note(value, name, depth)

    def _look_at_place(self, place: Place, depth: int) -> None:
        frame = place.frame
        variables: Mapping[str, Any] = frame.f_locals
        if place.is_called:
            parameters, since = _parameters(frame.f_code), self._since[frame]
            for name in parameters.intersection(variables):
                value = variables[name]
                if isinstance(value, Tensor) and _node_of(value).order >= since:
                    _put(self._names, _node_of(value).order, depth, name)
            variables = {k: v for k, v in variables.items() if k not in parameters}
        self.look_at(variables, depth)
        own = getattr(frame.f_locals.get("self"), "__dict__", None)
        for name, value in (own or {}).items():
            if _can_hold(value):
                self._note(value, f"self.{name}", depth)

    def _note(self, value: Any, name: str, depth: int, deepest: int = _DEEPEST) -> None:
        """Record the name of a Tensor, or of the Tensors in a container."""
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
        """Return the keys and entries of a container; of a long one, those that are new."""
        length, known = len(container), self._lengths.get(id(container), 0)
        self._lengths[id(container)] = length
        start = 0 if length <= _FEW or length < known else known
        if isinstance(container, dict):
            return islice(reversed(dict.items(container)), length - start)
        return zip(range(start, length), islice(container, start, None), strict=False)


def _can_hold(value: Any) -> bool:
    """Return whether a value may contain a Tensor, by its type: a proxy isn't resolved."""
    return issubclass(type(value), _HOLDERS)


@lru_cache(maxsize=256)
def _parameters(code: CodeType) -> frozenset[str]:
    """Return the names of a function's parameters."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return frozenset(code.co_varnames[:count])


def _put(names: dict[Any, tuple[int, str]], key: Any, depth: int, name: str) -> None:
    """Keep the name from the outermost call; of several, the earliest."""
    found = names.get(key)
    if found is None or depth < found[0]:
        names[key] = (depth, name)


def _node_of(tensor: Tensor) -> Node:
    """Return a Tensor's Node without a use of it: an outdated view isn't read again."""
    node: Node = getattr(tensor, "_node", None) or tensor.node
    return node


def _entries_key(entries: Sequence[Any]) -> tuple[Any, ...] | None:
    """Return a key of an array of Nodes and numbers; None if it has other entries."""
    if not all(isinstance(x, (Node, numbers.Number)) for x in entries):
        return None
    return tuple(x.order if isinstance(x, Node) else ("number", complex(x)) for x in entries)
