"""The trail: where in the user's code each value was computed, and the user's name for it.

    with Trail() as trail:
        result = loss(traced_weights)
    trail.line(result.node)   # train.py:12: error = prediction - target
    trail.name(result.node)   # "error"

The user's frames are on the stack whenever a Node is made, so they are read then.
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

from autodiff.core.graph import Node
from autodiff.core.observer import Observer, observing
from autodiff.core.places import place_of
from autodiff.tracing.libraries import is_hidden, is_of_a_library
from autodiff.tracing.naming import Scope, named, open_scopes
from autodiff.tracing.variables import Place, Variables

__all__ = ["Line", "Scope", "Trail", "is_user_code"]

_HERE = os.path.dirname(os.path.dirname(__file__))
_ENGINE = (_HERE + os.sep, os.path.dirname(np.__file__) + os.sep, "<frozen", "<__array_function__")
_PYTHON = os.path.dirname(os.__file__) + os.sep
_PACKAGES = (_PYTHON + "site-packages", _PYTHON + "dist-packages")
_SCIPY = tuple(os.path.join(folder, "scipy") + os.sep for folder in _PACKAGES)  # not imported

_USER, _FALLBACK, _HIDDEN = range(3)  # whether lines of a file are shown


def is_user_code(file: str) -> bool:
    """Return whether a file is the user's: not Python's, NumPy's, SciPy's or a library's."""
    return _owner(file) == _USER


class Line(NamedTuple):
    """A line of code.

    Attributes:
        file: its path, or Python's name for a cell or a prompt.
        number: counted from 1.
        function: the name of the function that contains it.
    """

    file: str
    number: int
    function: str

    @property
    def text(self) -> str:
        """The source, without surrounding space; empty where it isn't available."""
        return linecache.getline(self.file, self.number).strip()

    def __str__(self) -> str:
        return place_of(self.file, self.number)


class Trail:
    """Lines, names and scopes of the Nodes made while it was open (``with Trail() as trail``)."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[CodeType, int]] = {}
        self._scopes: dict[int, tuple[Scope, ...]] = {}
        self._variables = Variables()
        self._owners: dict[str, int] = {}  # by file
        self._base: FrameType | None = None
        self._thread = get_ident()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._base = sys._getframe(1)
        self._open.enter_context(observing(Observer(on_node=self._record)))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._variables.follow([], 0)
        self._base = None

    @classmethod
    def of_caller(cls) -> Self:
        """Return a trail with the present variable names of the calling user's code."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and _owner(frame.f_code.co_filename) != _USER:
            frame = frame.f_back
        trail = cls()
        if frame is not None:
            trail._variables.look_at(frame.f_locals, 0)
            trail._variables.look_at(dict(frame.f_globals), 1)
        return trail

    def line(self, node: Node) -> Line | None:
        """Return the user's line that made a Node; the line of a layer where no user's line did."""
        place = self._places.get(node.order)
        if place is None:
            return None
        code, at = place
        number = next((n for start, end, n in code.co_lines() if start <= at < end), None)
        return Line(code.co_filename, number or code.co_firstlineno, code.co_name)

    def name(self, node: Node) -> str | None:
        """Return the user's name for a Node: from ``ad.name``, or the variable that held it."""
        if node.primitive is named:
            return str(node.options["name"])
        return self._variables.name(node)

    def scopes(self, node: Node) -> tuple[Scope, ...]:
        """Return the scopes that were open when a Node was made, the outermost first."""
        return self._scopes.get(node.order, ())

    def _record(self, order: int) -> None:
        """Record where a Node is being made, and read the variables there."""
        if get_ident() != self._thread:
            return  # another thread's Node: its frames aren't followed here
        stack: list[Place] = []
        second = None
        frame: FrameType | None = sys._getframe(3)  # the caller of Node()
        owner = self._owner_of(frame)
        while frame is not None:
            outer = None if frame is self._base else frame.f_back
            outer_owner = self._owner_of(outer)
            if owner == _USER:
                stack.append(Place(frame, frame.f_lasti, is_called=outer_owner == _USER))
            elif owner == _FALLBACK and second is None:
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
            return _HIDDEN
        file = frame.f_code.co_filename
        owner = self._owners.get(file)
        if owner is None:
            owner = self._owners[file] = _owner(file)
        return owner


def _owner(file: str) -> int:
    """Return whose code a file holds."""
    if is_of_a_library(file):
        return _HIDDEN if is_hidden(file) else _FALLBACK
    if file.startswith(_PACKAGES) and not file.startswith((*_ENGINE, *_SCIPY)):
        return _USER
    return _HIDDEN if file.startswith((*_ENGINE, _PYTHON)) else _USER
