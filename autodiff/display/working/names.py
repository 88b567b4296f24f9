"""The names of the values of a computation: the same in pictures, derivations and pages."""

from __future__ import annotations

from collections import Counter

from autodiff.core.graph import Node
from autodiff.display.working.working import Working

__all__ = ["names_of", "subscript"]

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def names_of(working: Working) -> dict[Node, str]:
    """Return the names of values: the user's, the function's for results, a block's for its output.

    Values that share a name, as in a loop, are numbered. Not every Node has a name.
    """
    names = dict(working.names)
    counts = _counts(working, names)
    for node, name in zip(working.results, working.result_names, strict=True):
        if counts[names.get(node, "")] != 1:  # no name, or a shared one
            names[node] = name
    for node, name in _block_outputs(working).items():
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
    """Write a number in subscript digits."""
    return str(number).translate(_SUBSCRIPTS)


def _counts(working: Working, names: dict[Node, str]) -> Counter[str]:
    """Count how many values have each name, including constant arguments."""
    return Counter([*names.values(), *(name for name, _ in working.constants)])


def _block_outputs(working: Working) -> dict[Node, str]:
    """Find the output of each block that has a single one."""
    found: dict[int, list[tuple[Node, str]]] = {}
    for node, scopes in working.scopes.items():
        users = working.users.get(node, [])
        for scope in scopes:
            if any(scope not in working.scopes.get(user, ()) for user in users) or not users:
                found.setdefault(scope.id, []).append((node, scope.name))
    return dict(pairs[0] for pairs in found.values() if len(pairs) == 1)
