"""The trail: where in the user's code each value was computed, and the user's name for it.

    with Trail() as trail:
        result = loss(traced_weights)
    trail.line(result.node)   # train.py:12: error = prediction - target
    trail.name(result.node)   # "error"

The user's frames are on the stack whenever a Node is made, so they are read then.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from threading import get_ident
from types import CodeType, FrameType
from typing import Self

from autodiff.core.graph import Node
from autodiff.core.observer import Observer, observing
from autodiff.tracing.assignments import assignment
from autodiff.tracing.lines import FALLBACK, HIDDEN, USER, Line, is_user_code, owner_of
from autodiff.tracing.naming import Scope, named, open_scopes
from autodiff.tracing.variables import Place, Variables

__all__ = ["Line", "Scope", "Trail", "is_user_code"]


class Trail:
    """Lines, names and scopes of the Nodes made while it was open (``with Trail() as trail``)."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[CodeType, int]] = {}
        self._inner: dict[int, tuple[CodeType, int]] = {}  # of libraries
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
        frame: FrameType | None = sys._getframe()
        while frame is not None and owner_of(frame.f_code.co_filename) != USER:
            frame = frame.f_back
        trail = cls()
        if frame is not None:
            trail._variables.look_at(frame.f_locals, 0)
            trail._variables.look_at(dict(frame.f_globals), 1)
        return trail

    def line(self, node: Node) -> Line | None:
        """Return the user's line that made a Node; the line of a layer where no user's line did.

        An array of traced values is stacked where it is first used; its line is where it was made.
        """
        place = self._places.get(node.order) or self._inner.get(node.order)
        if place is None:
            return None
        code, at = place
        if name := self._variables.array_name(node):
            at = assignment(code, name, at)
        number = next((n for start, end, n in code.co_lines() if start <= at < end), None)
        return Line(code.co_filename, number or code.co_firstlineno, code.co_name)

    def own_line(self, node: Node) -> Line | None:
        """Return the user's line that made a Node, or created the layer that made it, if any."""
        if node.order in self._places:
            return self.line(node)
        lines = (scope.line for scope in reversed(self.scopes(node)) if scope.line is not None)
        return next(lines, None) or self.line(node)

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
            if owner == USER:
                stack.append(Place(frame, frame.f_lasti, is_called=outer_owner == USER))
            elif owner == FALLBACK and second is None:
                second = (frame.f_code, frame.f_lasti)
            frame, owner = outer, outer_owner
        if stack:
            self._places[order] = (stack[0].frame.f_code, stack[0].at)
        elif second is not None:
            self._inner[order] = second
        if scopes := open_scopes():
            self._scopes[order] = scopes
        stack.reverse()
        self._variables.follow(stack, order)

    def _owner_of(self, frame: FrameType | None) -> int:
        if frame is None:
            return HIDDEN
        file = frame.f_code.co_filename
        owner = self._owners.get(file)
        if owner is None:
            owner = self._owners[file] = owner_of(file)
        return owner
