"""How the values of a computation are referred to: by their names, else by what they are."""

from __future__ import annotations

import dataclasses
from itertools import count
from typing import Any

from autodiff.graph import Node
from autodiff.show.formula import Formula, leaf
from autodiff.show.names import names_of, subscript
from autodiff.show.reading import constant, read_step
from autodiff.show.working import Working
from autodiff.show.writing import text

__all__ = ["References"]

_LONGEST = 30  # what is written out in the place of a name
_LONGEST_FOLDED = 60  # the same, where it gets no line of its own


class References:
    """For every value of a computation a formula to refer to it, and one of how it was computed.

    A value without a name is referred to by its formula where that is short and no other value's,
    else by a letter, which is the same at every depth. Values inside closed blocks, whose slopes
    nobody is told, may share a formula.

    Attributes:
        result: what the derivation is about, ``loss``.
        names: what values are called, by the user or by a letter; not those that are formulas.
        by_node: how to refer to a value.
        made: how a value was computed, by the references of its operands.
        folded: the values inside blocks that stay closed.
    """

    def __init__(self, working: Working, depth: int | None = None) -> None:
        self._working = working
        self._starts = set(working.starts)
        self.names = names_of(working)
        self.result = self._title()
        self.folded = set() if depth is None else _folded(working, depth)
        self.by_node: dict[Node, Formula] = {}
        self.made: dict[Node, Formula] = {}
        self._whole = {} if depth is None else References(working).names
        constants = (name for name, _ in working.constants)
        taken = self._taken = {*self.names.values(), *self._whole.values(), *constants}
        letters = (f"v{subscript(i)}" for i in count(1))
        self._letters = (letter for letter in letters if letter not in taken)
        self._alike = self._find_alike()
        for node in working.nodes:
            self._add(node)

    def of(self, value: object) -> Formula:
        """Refer to an operand: a Node, or a constant by its name."""
        if isinstance(value, Node):
            return self.by_node[value]
        return constant(value, self._working.constant_name(value))

    def name(self, node: Node) -> str:
        """Write what a value is called."""
        return text(self.by_node[node])

    def expression(self, node: Node) -> str:
        """Write how a value was computed; nothing where its name says so, and for a start."""
        made = text(self.made[node]) if node in self.made else ""
        return "" if made == self.name(node) else made

    def is_start(self, node: Node) -> bool:
        """Whether nothing was computed to get a value."""
        return node in self._starts or node.primitive is None

    def _add(self, node: Node) -> None:
        name = self.names.get(node)
        value = None if isinstance(node.value, tuple) else node.value
        if not self.is_start(node):
            self.made[node] = read_step(node, [self.of(x) for x in node.inputs], as_written=True)
        if name is None and node in self.made:
            made = self.made[node]
            if self._is_clear(node, text(made)):
                self.by_node[node] = dataclasses.replace(made, value=value, order=node.order)
                return
            self.folded.discard(node)
            name = self.names[node] = self._whole.get(node) or next(self._letters)
        elif name is None:
            name = text(constant(value))
            if node in self._starts and name in self._taken:
                name = self.names[node] = next(self._letters)
        self._taken.add(name)
        self.by_node[node] = leaf(name, value, node.order, identity=node.order)

    def _is_clear(self, node: Node, made: str) -> bool:
        """Whether how a value was computed may stand in the place of its name."""
        if isinstance(node.value, tuple):
            return True  # of several results, each is referred to on its own
        if node in self.folded:
            return len(made) <= _LONGEST_FOLDED
        if len(made) > _LONGEST or node in self._alike or made in self._taken:
            return False
        self._taken.add(made)
        return True

    def _find_alike(self) -> set[Node]:
        """Find the values without a name that are computed in the same way from the same ones."""
        found: dict[Any, list[Node]] = {}
        for node in self._working.nodes:
            if node not in self.names and not self.is_start(node):
                inputs = tuple(x if type(x) is Node else text(self.of(x)) for x in node.inputs)
                found.setdefault((node.primitive, inputs, repr(node.options)), []).append(node)
        return {node for same in found.values() if len(same) > 1 for node in same}

    def _title(self) -> str:
        results = self._working.results
        return self.names[results[0]] if len(results) == 1 else self._working.subject


def _folded(working: Working, depth: int) -> set[Node]:
    """List the values that don't leave the blocks that stay closed at a depth."""
    folded = set()
    for node in working.nodes:
        closed = working.scopes.get(node, ())[depth : depth + 1]
        inside = working.users.get(node)
        if closed and inside and all(closed[0] in working.scopes.get(u, ()) for u in inside):
            folded.add(node)
    return folded
