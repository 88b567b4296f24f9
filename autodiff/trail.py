"""The trail: where in the user's code each value came about, and what it is called there.

    with Trail() as trail:
        result = loss(traced_weights)
    trail.line(result.node)   # train.py:12: error = prediction - target
    trail.name(result.node)   # "error"

Names are read, never guessed: a local variable that holds a Tensor names that Tensor's Node. The
user's frames are looked at whenever a Node is made, and a last time after they have returned.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from types import CodeType, FrameType
from typing import Any, NamedTuple, Self

import numpy as np

from autodiff.graph import Node, watched
from autodiff.naming import Scope, listening, named, open_scopes
from autodiff.tensor import Tensor
from autodiff.view import View

__all__ = ["Line", "Scope", "Trail"]

_HERE = os.path.dirname(__file__)
_ENGINE = (_HERE + os.sep, os.path.dirname(np.__file__) + os.sep, "<frozen", "<__array_function__")
_LAYERS = os.path.join(os.path.dirname(_HERE), "nn") + os.sep
_WEIGHTS = os.path.join(_LAYERS, "layers", "weight.py")  # it computes what the layers write
_PYTHON = os.path.dirname(os.__file__) + os.sep
_PACKAGES = (_PYTHON + "site-packages", _PYTHON + "dist-packages")

_USER, _SECOND_CHOICE, _NOBODY = range(3)  # whose code a file holds
_FEW = 32  # entries of a container that are looked at each time; later ones when they are new
_DEEPEST = 3  # containers in containers
_HOLDERS = (Tensor, list, tuple, dict, np.ndarray)


class Line(NamedTuple):
    """A line of code.

    Attributes:
        file: its path, or what Python calls a cell or a prompt.
        number: counted from 1.
        function: the name of the function that it is in.
    """

    file: str
    number: int
    function: str

    @property
    def text(self) -> str:
        """The source, without the space around it; empty where it can't be had."""
        return linecache.getline(self.file, self.number).strip()

    def __str__(self) -> str:
        return f"{os.path.basename(self.file)}:{self.number}"


class Trail:
    """What is known of the Nodes that were made while it was open (``with Trail() as trail``)."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[CodeType, int]] = {}
        self._scopes: dict[int, tuple[Scope, ...]] = {}
        self._names: dict[int, tuple[int, str]] = {}  # with how deep in the calls it was found
        self._stacks: dict[tuple[Any, ...], tuple[int, str]] = {}  # of arrays of Tensors
        self._lengths: dict[int, int] = {}  # of containers, by id, as they were last looked at
        self._owners: dict[str, int] = {}  # whose code it is, by file
        self._frames: list[tuple[FrameType, int]] = []  # the user's, outermost first; how far each
        self._base: FrameType | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._base = sys._getframe(1)
        self._open.enter_context(watched(self._see))
        self._open.enter_context(listening())
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._look([])
        self._base = None

    @classmethod
    def of_caller(cls) -> Self:
        """Read the names that the user's code, which is calling, has for Tensors now."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and _owner(frame.f_code.co_filename) != _USER:
            frame = frame.f_back
        trail = cls()
        if frame is not None:
            trail._look_at(frame.f_locals, 0)
            trail._look_at(frame.f_globals, 1)
        return trail

    def line(self, node: Node) -> Line | None:
        """Tell the user's line that made a Node; the line of a layer where no user's line did."""
        place = self._places.get(node.order)
        if place is None:
            return None
        code, at = place
        number = next((n for start, end, n in code.co_lines() if start <= at < end), None)
        return Line(code.co_filename, number or code.co_firstlineno, code.co_name)

    def name(self, node: Node) -> str | None:
        """Tell what the user calls a Node: by ``ad.name``, or the variable that held it."""
        if node.primitive is named:
            return str(node.options["name"])
        found = self._names.get(node.order)
        if found is None and node.primitive is not None and node.primitive.name == "stack":
            found = self._stacks.get(tuple(getattr(n, "order", None) for n in node.inputs))
        return found[1] if found else None

    def scopes(self, node: Node) -> tuple[Scope, ...]:
        """Tell the scopes that were open when a Node was made, the outermost first."""
        return self._scopes.get(node.order, ())

    def _see(self, order: int) -> None:
        """Note where a Node is being made, and look at the variables there."""
        frames: list[tuple[FrameType, int]] = []
        second = None
        frame: FrameType | None = sys._getframe(3)  # whoever calls Node()
        while frame is not None:
            code = frame.f_code
            owner = self._owners.get(code.co_filename)
            if owner is None:
                owner = self._owners[code.co_filename] = _owner(code.co_filename)
            if owner == _USER:
                frames.append((frame, frame.f_lasti))
            elif owner == _SECOND_CHOICE and second is None:
                second = (code, frame.f_lasti)
            if frame is self._base:
                break
            frame = frame.f_back
        if frames:
            self._places[order] = (frames[0][0].f_code, frames[0][1])
        elif second is not None:
            self._places[order] = second
        if scopes := open_scopes():
            self._scopes[order] = scopes
        frames.reverse()
        self._look(frames)

    def _look(self, frames: list[tuple[FrameType, int]]) -> None:
        """Look at the variables of frames that have gone on or returned since the last look.

        A frame that has returned keeps its variables for as long as it is held here.
        """
        before, same = self._frames, 0
        for old, new in zip(before, frames, strict=False):
            if old != new:
                break
            same += 1
        unchanged = max(same - 1, 0)  # those wait for a call that hasn't returned
        on_stack = {frame for frame, _ in frames}
        for depth in range(same, len(before)):
            if before[depth][0] not in on_stack:
                self._look_at(before[depth][0].f_locals, depth)
        for depth in range(unchanged, len(frames)):
            self._look_at(frames[depth][0].f_locals, depth)
        self._frames = frames

    def _look_at(self, variables: Mapping[str, Any], depth: int) -> None:
        for name, value in variables.items():
            if isinstance(value, _HOLDERS) and name[0] not in "._" and name != "Out":
                self._note(value, name, depth)

    def _note(self, value: Any, name: str, depth: int, deepest: int = _DEEPEST) -> None:
        """Note what a Tensor is called, or the Tensors in a container."""
        if isinstance(value, Tensor):
            _put(self._names, _node_of(value).order, depth, name)
        elif isinstance(value, np.ndarray):
            if value.dtype == object and value.ndim == 1 and value.size <= _FEW:
                entries = value.tolist()
                self._note(entries, name, depth, 1)
                if all(isinstance(entry, Tensor) for entry in entries):
                    _put(self._stacks, tuple(_node_of(e).order for e in entries), depth, name)
        elif deepest:
            for key, entry in self._entries(value):
                if isinstance(entry, _HOLDERS):
                    self._note(entry, f"{name}[{key!r}]", depth, deepest - 1)

    def _entries(self, container: Any) -> Iterator[tuple[Any, Any]]:
        """List the keys and entries of a container; of a long one, those that are new."""
        length, known = len(container), self._lengths.get(id(container), 0)
        self._lengths[id(container)] = length
        start = 0 if length <= _FEW or length < known else known
        if isinstance(container, dict):
            return islice(reversed(container.items()), length - start)
        return zip(range(start, length), islice(container, start, None), strict=False)


def _owner(file: str) -> int:
    """Tell whose code a file holds."""
    if file.startswith(_LAYERS):
        return _NOBODY if file == _WEIGHTS else _SECOND_CHOICE
    if file.startswith(_PACKAGES) and not file.startswith(_ENGINE):
        return _USER
    return _NOBODY if file.startswith((*_ENGINE, _PYTHON)) else _USER


def _put(names: dict[Any, tuple[int, str]], key: Any, depth: int, name: str) -> None:
    """Keep the name that was given furthest out in the calls; of several, the earliest."""
    found = names.get(key)
    if found is None or depth < found[0]:
        names[key] = (depth, name)


def _node_of(tensor: Tensor) -> Node:
    """Give a Tensor's Node without making one: a view whose base has changed isn't read anew."""
    return tensor._node if isinstance(tensor, View) else tensor.node
