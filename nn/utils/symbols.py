"""Questions about the Symbols of functional models."""

from __future__ import annotations

from typing import Any

from nn import tree
from nn.layers.symbol import Symbol

__all__ = ["get_source_inputs", "is_keras_tensor"]


def is_keras_tensor(x: Any) -> bool:
    """Return whether a value is a Symbol, as `nn.Input` and layers called on it return.

    >>> from nn.layers import Input
    >>> is_keras_tensor(Input((3,))), is_keras_tensor(3.0)
    (True, False)
    """
    return isinstance(x, Symbol)


def get_source_inputs(tensor: Any) -> list[Symbol]:
    """Return the Symbols that a Symbol is computed from, which no other layer makes.

    Args:
        tensor: a Symbol, or several in a structure.

    >>> from nn.layers import Dense, Input
    >>> a, b = Input((3,), name="a"), Input((3,), name="b")
    >>> [x.name for x in get_source_inputs(Dense(1)(a + b))]
    ['a', 'b']
    """
    found: dict[int, Symbol] = {}
    seen: set[int] = set()
    waiting = tree.leaves(tensor)[::-1]
    while waiting:
        symbol = waiting.pop()
        needed = [] if symbol.call is None else symbol.call.inputs()
        if not needed:
            found.setdefault(id(symbol), symbol)
        elif id(symbol) not in seen:
            waiting += needed[::-1]
        seen.add(id(symbol))
    return list(found.values())
