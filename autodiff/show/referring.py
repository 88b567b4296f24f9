"""What a derivation calls the values of a computation: by their names, else by what they are."""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import count

from autodiff.graph import Node
from autodiff.show.formula import Formula, leaf
from autodiff.show.reading import constant, read_step
from autodiff.show.working import Working
from autodiff.show.writing import text

__all__ = ["References"]

_LONGEST = 30  # what is written out in the place of a name
_LONGEST_FOLDED = 60  # the same, where it gets no line of its own
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class References:
    """For every value of a computation a formula to refer to it, and one of how it was computed.

    A value without a name is referred to by its formula where that is short, else by a letter.

    Attributes:
        result: what the derivation is about, ``loss``.
        by_node: how to refer to a value.
        made: how a value was computed, by the references of its operands.
        folded: the values inside blocks that stay closed.
    """

    def __init__(self, working: Working, depth: int | None) -> None:
        self._working = working
        self._names = _unique(working, _names(working))
        self.result = self._title()
        self.folded = set() if depth is None else _folded(working, depth)
        self.by_node: dict[Node, Formula] = {}
        self.made: dict[Node, Formula] = {}
        self._letters = (f"v{_subscript(i)}" for i in count(1))
        for node in working.nodes:
            self._add(node)

    def of(self, value: object) -> Formula:
        """Refer to an operand: a Node, or a constant by its name."""
        if isinstance(value, Node):
            return self.by_node[value]
        return constant(value, self._working.constant_name(value))

    def is_start(self, node: Node) -> bool:
        """Whether nothing was computed to get a value."""
        return node in self._working.starts or node.primitive is None

    def _add(self, node: Node) -> None:
        name = self._names.get(node)
        value = None if isinstance(node.value, tuple) else node.value
        if not self.is_start(node):
            self.made[node] = read_step(node, [self.of(x) for x in node.inputs], as_written=True)
        if name is None and node in self.made:
            made, longest = self.made[node], _LONGEST_FOLDED if node in self.folded else _LONGEST
            if len(text(made)) <= longest or isinstance(node.value, tuple):
                self.by_node[node] = dataclasses.replace(made, value=value, order=node.order)
                return
            self.folded.discard(node)
            taken = set(self._names.values())
            name = next(letter for letter in self._letters if letter not in taken)
        name = name or text(constant(value))
        self.by_node[node] = leaf(name, value, node.order, identity=node.order)

    def _title(self) -> str:
        results = self._working.results
        return self._names[results[0]] if len(results) == 1 else self._working.subject


def _names(working: Working) -> dict[Node, str]:
    """Name the result by the function that computed it, and what leaves a block by the block."""
    names = dict(working.names)
    if len(working.results) == 1:
        result = working.results[0]
        if Counter(names.values())[names.get(result, "")] != 1:  # it has none, or shares it
            names[result] = working.subject
    for node, name in _leaving(working).items():
        names.setdefault(node, name)
    return names


def _leaving(working: Working) -> dict[Node, str]:
    """Find the value that each block hands on, if it is only one."""
    found: dict[int, list[tuple[Node, str]]] = {}
    all_users = _users(working)
    for node in working.nodes:
        users = all_users.get(node, [])
        for scope in working.scopes.get(node, ()):
            if any(scope not in working.scopes.get(user, ()) for user in users) or not users:
                found.setdefault(scope.id, []).append((node, scope.name))
    return dict(pairs[0] for pairs in found.values() if len(pairs) == 1)


def _folded(working: Working, depth: int) -> set[Node]:
    """List the values that don't leave the blocks that stay closed at a depth."""
    users = _users(working)
    folded = set()
    for node in working.nodes:
        closed = working.scopes.get(node, ())[depth : depth + 1]
        inside = users.get(node)
        if closed and inside and all(closed[0] in working.scopes.get(u, ()) for u in inside):
            folded.add(node)
    return folded


def _users(working: Working) -> dict[Node, list[Node]]:
    users: dict[Node, list[Node]] = {}
    for node in working.nodes:
        for x in node.inputs:
            if isinstance(x, Node):
                users.setdefault(x, []).append(node)
    return users


def _unique(working: Working, names: dict[Node, str]) -> dict[Node, str]:
    """Number the values that share a name, as a loop makes them."""
    counts = Counter([*names.values(), *(name for name, _ in working.constants)])
    seen: Counter[str] = Counter()
    unique = {}
    for node in working.nodes:
        name = names.get(node)
        if name is None:
            continue
        seen[name] += 1
        unique[node] = name + (_subscript(seen[name]) if counts[name] > 1 else "")
    return unique


def _subscript(number: int) -> str:
    return str(number).translate(_SUBSCRIPTS)
