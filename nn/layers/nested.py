"""Search the attributes of a layer, with lists, dictionaries, tuples and sets at any depth."""

from __future__ import annotations

import functools
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from nn.layers.weight import Weight

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

T = TypeVar("T")

CONTAINERS = (list, tuple, dict, set, frozenset, deque)
_PLAIN: frozenset[type] = frozenset(  # common types, never searched for
    (int, float, bool, str, bytes, complex, type(None), np.ndarray, np.float32, np.float64, Weight)
)


def nested(values: Iterable[Any], wanted: type[T] | tuple[type[T], ...]) -> list[T]:
    """Return the instances of a class (or classes) in values and nested containers, in order.

    The items of a set are ordered by name, so that the order is the same in each run.

    >>> nested([1, [2.0, (range(3), {"key": [True, range(2)]})]], range)
    [range(0, 3), range(0, 2)]
    """
    found: list[T] = []
    _gather(values, wanted, found, set())
    return found


def _gather(values: Iterable[Any], wanted: Any, found: list[Any], seen: set[int]) -> None:
    for value in values:
        is_wanted = _is_wanted(type(value), wanted)  # type: ignore[arg-type]
        if is_wanted is None:
            continue
        if is_wanted:
            found.append(value)
        elif value and id(value) not in seen:
            items = _items(value)
            if items:
                seen.add(id(value))  # a list may hold itself
                _gather(items, wanted, found, seen)


@functools.cache
def _is_wanted(kind: Hashable, wanted: Hashable) -> bool | None:
    """Return whether instances of a class are wanted; False for containers, None for others."""
    if issubclass(kind, wanted):  # type: ignore[arg-type] # classes can be hashed
        return True
    return False if issubclass(kind, CONTAINERS) else None  # type: ignore[arg-type]


def _items(container: Any) -> Iterable[Any]:
    items = container.values() if isinstance(container, dict) else container
    if _PLAIN.issuperset(map(type, items)):  # fast for a long list of numbers
        return ()
    return sorted(items, key=_name) if isinstance(container, set | frozenset) else items


def _name(item: Any) -> str:
    return str(getattr(item, "name", ""))
