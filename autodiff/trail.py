"""The trail: where in the user's code each value came about, and what it is called there.

    with Trail() as trail:
        result = loss(traced_weights)
    trail.line(result.node)   # train.py:12: error = prediction - target
    trail.name(result.node)   # "error"

The user's frames are on the stack whenever a Node is made, so that is when they are looked at.
"""

from __future__ import annotations

import linecache
import os
import sys
from contextlib import ExitStack
from threading import get_ident
from types import CodeType, FrameType
from typing import NamedTuple, Self

import numpy as np

from autodiff.graph import Node, watched
from autodiff.naming import Scope, listening, named, open_scopes
from autodiff.variables import Place, Variables

__all__ = ["Line", "Scope", "Trail", "is_a_layers"]

_HERE = os.path.dirname(__file__)
_ENGINE = (_HERE + os.sep, os.path.dirname(np.__file__) + os.sep, "<frozen", "<__array_function__")
_LAYERS = os.path.join(os.path.dirname(_HERE), "nn") + os.sep
_WEIGHTS = os.path.join(_LAYERS, "layers", "weight.py")  # it computes what the layers write
_PYTHON = os.path.dirname(os.__file__) + os.sep
_PACKAGES = (_PYTHON + "site-packages", _PYTHON + "dist-packages")

_USER, _SECOND_CHOICE, _NOBODY = range(3)  # whose code a file holds


def is_a_layers(file: str) -> bool:
    """Whether a file is of the library of layers, whose lines are only a second choice."""
    return file.startswith(_LAYERS)


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
        self._variables = Variables()
        self._owners: dict[str, int] = {}  # whose code it is, by file
        self._base: FrameType | None = None
        self._thread = get_ident()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._base = sys._getframe(1)
        self._open.enter_context(watched(self._see))
        self._open.enter_context(listening())
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._variables.follow([], 0)
        self._base = None

    @classmethod
    def of_caller(cls) -> Self:
        """Read the names that the user's code, which is calling, has for Tensors now."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and _owner(frame.f_code.co_filename) != _USER:
            frame = frame.f_back
        trail = cls()
        if frame is not None:
            trail._variables.look_at(frame.f_locals, 0)
            trail._variables.look_at(dict(frame.f_globals), 1)
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
        return self._variables.name(node)

    def scopes(self, node: Node) -> tuple[Scope, ...]:
        """Tell the scopes that were open when a Node was made, the outermost first."""
        return self._scopes.get(node.order, ())

    def _see(self, order: int) -> None:
        """Note where a Node is being made, and look at the variables there."""
        if get_ident() != self._thread:
            return  # another thread's Node: its frames aren't those that are followed here
        stack: list[Place] = []
        second = None
        frame: FrameType | None = sys._getframe(3)  # whoever calls Node()
        owner = self._owner_of(frame)
        while frame is not None:
            outer = None if frame is self._base else frame.f_back
            outer_owner = self._owner_of(outer)
            if owner == _USER:
                stack.append(Place(frame, frame.f_lasti, is_called=outer_owner == _USER))
            elif owner == _SECOND_CHOICE and second is None:
                second = (frame.f_code, frame.f_lasti)
            frame, owner = outer, outer_owner
        if stack:
            self._places[order] = (stack[0].frame.f_code, stack[0].at)
        elif second is not None:
            self._places[order] = second
        if scopes := open_scopes():
            self._scopes[order] = scopes
        stack.reverse()
        self._variables.follow(stack, order)

    def _owner_of(self, frame: FrameType | None) -> int:
        if frame is None:
            return _NOBODY
        file = frame.f_code.co_filename
        owner = self._owners.get(file)
        if owner is None:
            owner = self._owners[file] = _owner(file)
        return owner


def _owner(file: str) -> int:
    """Tell whose code a file holds."""
    if file.startswith(_LAYERS):
        return _NOBODY if file == _WEIGHTS else _SECOND_CHOICE
    if file.startswith(_PACKAGES) and not file.startswith(_ENGINE):
        return _USER
    return _NOBODY if file.startswith((*_ENGINE, _PYTHON)) else _USER
