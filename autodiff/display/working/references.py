"""References to the values of a computation: by name, by a short formula, or by a letter."""

from __future__ import annotations

import dataclasses
from itertools import count
from typing import Any

import numpy as np

from autodiff.core.graph import START, Node
from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.formula import Formula, leaf
from autodiff.display.mathematics.reading import constant, read_step
from autodiff.display.mathematics.writing import text
from autodiff.display.working.names import names_of, subscript
from autodiff.display.working.working import Working

__all__ = ["References", "array_reference"]

_LONGEST = 30  # characters of a formula used as a name
_LONGEST_FOLDED = 60  # the same, for values without a line of their own


class References:
    """For each value, a formula that refers to it and a formula that defines it.

    A value without a name is referred to by its definition if that is short and unique, else by a
    letter, which is the same at every depth. Values inside closed blocks, whose slopes are not
    shown, may share a formula.

    Attributes:
        result: the name of the result, ``loss``.
        names: the names of values, the user's or a letter; not the formulas.
        by_node: the formula that refers to a value.
        definitions: how a value was computed, in references to its operands.
        folded: the values inside closed blocks.
    """

    def __init__(self, working: Working, depth: int | None = None) -> None:
        self._working = working
        self._starts = set(working.starts)
        self.names = names_of(working)
        self.result = self._title()
        self.folded = set() if depth is None else _folded(working, depth)
        self.by_node: dict[Node, Formula] = {}
        self.definitions: dict[Node, Formula] = {}
        self._full_names = {} if depth is None else References(working).names
        constants = (name for name, _ in working.constants)
        taken = self._taken = {*self.names.values(), *self._full_names.values(), *constants}
        letters = (f"v{subscript(i)}" for i in count(1))
        self._letters = (letter for letter in letters if letter not in taken)
        self._duplicates = self._find_duplicates()
        for node in working.nodes:
            self._add(node)

    def of(self, value: object) -> Formula:
        """Return the formula that refers to an operand, a Node or a constant."""
        if isinstance(value, Node):
            return self.by_node[value]
        return array_reference(self._working, value) or constant(value)

    def name(self, node: Node) -> str:
        """Return the reference to a value as text."""
        return text(self.by_node[node])

    def expression(self, node: Node) -> str:
        """Return the definition of a value as text; "" if it is the name, and for a start."""
        definition = text(self.definitions[node]) if node in self.definitions else ""
        return "" if definition == self.name(node) else definition

    def named_definitions(self) -> dict[Formula, Formula]:
        """Return the definitions of the values with a name or letter, by what refers to them."""
        references = ((self.by_node[node], x) for node, x in self.definitions.items())
        return {own: definition for own, definition in references if own.kind == "leaf"}

    def is_start(self, node: Node) -> bool:
        """Return whether a value is a start of the graph, not computed from others."""
        return node in self._starts or node.primitive is START

    def _add(self, node: Node) -> None:
        name = self.names.get(node)
        value = None if isinstance(node.value, tuple) else node.value
        if not self.is_start(node):
            self.definitions[node] = read_step(
                node, [self.of(x) for x in node.inputs], as_written=True
            )
        if name is None and node in self.definitions:
            definition = self.definitions[node]
            if self._can_inline(node, text(definition)):
                self.by_node[node] = dataclasses.replace(definition, value=value, order=node.order)
                return
            self.folded.discard(node)
            name = self.names[node] = self._full_names.get(node) or next(self._letters)
        elif name is None:
            name = text(constant(value))
            if node in self._starts and name in self._taken:
                name = self.names[node] = next(self._letters)
        self._taken.add(name)
        self.by_node[node] = leaf(name, value, node.order, identity=node.order)

    def _can_inline(self, node: Node, definition: str) -> bool:
        """Return whether the definition of a value can be used as its name."""
        if isinstance(node.value, tuple):
            return True  # several results: each one has its own reference
        if node in self.folded:
            return len(definition) <= _LONGEST_FOLDED
        if len(definition) > _LONGEST or node in self._duplicates or definition in self._taken:
            return False
        self._taken.add(definition)
        return True

    def _find_duplicates(self) -> set[Node]:
        """Find values without a name that apply the same operation to the same inputs."""
        found: dict[Any, list[Node]] = {}
        for node in self._working.nodes:
            if node not in self.names and not self.is_start(node):
                inputs = tuple(x if type(x) is Node else text(self.of(x)) for x in node.inputs)
                found.setdefault((node.primitive, inputs, repr(node.options)), []).append(node)
        return {node for same in found.values() if len(same) > 1 for node in same}

    def _title(self) -> str:
        results = self._working.results
        return self.names[results[0]] if len(results) == 1 else self._working.subject


def array_reference(working: Working, value: object) -> Formula | None:
    """Return the formula of an array by the name of an argument: ``y``, or ``1 − y``."""
    name = working.constant_name(value)
    return _complement(working, value) if name is None else constant(value, name)


def _complement(working: Working, value: object) -> Formula | None:
    """Return ``1 − y`` for an array with these entries, if there is such an argument y."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu" or not value.size:
        return None
    name = working.constant_name(1 - value)
    if name is None or value.min() == value.max():
        return None
    formula = algebra.add(algebra.ONE, algebra.negate(constant(1 - value, name)))
    return dataclasses.replace(formula, value=value)


def _folded(working: Working, depth: int) -> set[Node]:
    """List the values that are used only inside the blocks that are closed at a depth."""
    folded = set()
    for node in working.nodes:
        closed = working.scopes.get(node, ())[depth : depth + 1]
        inside = working.users.get(node)
        if closed and inside and all(closed[0] in working.scopes.get(u, ()) for u in inside):
            folded.add(node)
    return folded
