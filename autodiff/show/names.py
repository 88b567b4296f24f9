"""What the values of a computation are called: the same in pictures, derivations and pages."""

from __future__ import annotations

from collections import Counter

from autodiff.graph import Node
from autodiff.show.working import Working

__all__ = ["names_of", "subscript"]

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def names_of(working: Working) -> dict[Node, str]:
    """Call values as the user does, results as the function, what leaves a block as the block.

    Values that share a name, as the rounds of a loop do, are numbered. Not every Node has a name.
    """
    names = dict(working.names)
    counts = _counts(working, names)
    for node, name in zip(working.results, working.result_names, strict=True):
        if counts[names.get(node, "")] != 1:  # it has none, or shares it
            names[node] = name
    for node, name in _leaving(working).items():
        names.setdefault(node, name)
    counts = _counts(working, names)
    seen: Counter[str] = Counter()
    for node in working.nodes:
        name = names.get(node, "")
        seen[name] += 1
        if counts[name] > 1:
            names[node] = name + subscript(seen[name])
    return names


def subscript(number: int) -> str:
    """Write a number below the line."""
    return str(number).translate(_SUBSCRIPTS)


def _counts(working: Working, names: dict[Node, str]) -> Counter[str]:
    """Count how many values have a name; arguments that are constant have theirs."""
    return Counter([*names.values(), *(name for name, _ in working.constants)])


def _leaving(working: Working) -> dict[Node, str]:
    """Find the value that each block hands on, if it is only one."""
    found: dict[int, list[tuple[Node, str]]] = {}
    for node, scopes in working.scopes.items():
        users = working.users.get(node, [])
        for scope in scopes:
            if any(scope not in working.scopes.get(user, ()) for user in users) or not users:
                found.setdefault(scope.id, []).append((node, scope.name))
    return dict(pairs[0] for pairs in found.values() if len(pairs) == 1)
