"""The user's names: ``name`` for one value, ``scope`` for all that is computed in a block.

Neither changes a number. They are for displays of the graph, and cost next to nothing otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from itertools import count
from typing import NamedTuple, TypeVar

import numpy as np

from autodiff.core.errors import describe, user_line
from autodiff.core.observer import is_observed
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.tracing.lines import Line

__all__ = ["Scope", "name", "named", "open_scopes", "scope"]

V = TypeVar("V")
_NOTHING = nullcontext()
_next_id = count(1).__next__
_entered: ContextVar[tuple[Scope, ...]] = ContextVar("entered scopes", default=())
_ids: set[int] = set()  # of those that are open, in all contexts


@primitive
def named(x: Array, *, name: str) -> Array:  # noqa: ARG001 - for readers
    """Return the value as it is; the Node has the user's name as an option."""
    return x


named.is_view = True  # a write to the named value changes the value, as for plain arrays
derivative(named, x=lambda g, z, x, *, name: g)


def name(value: V, name: str) -> V:
    """Return a value, with a name for pictures and derivations.

    Args:
        value: a traced value; anything else is returned as it is.
        name: its name.

    Raises:
        TypeError: the name isn't a string.

    >>> import autodiff as ad
    >>> ad.grad(lambda w: ad.name(2 * w - 7, "error") ** 2)(5.0)
    12.0
    """
    if not isinstance(name, str):
        raise TypeError(
            f"expected a string as the name of a value, got {describe(name)} at {user_line()}. "
            f'Write ad.name(value, "error").'
        )
    if isinstance(value, Tensor) or (isinstance(value, np.ndarray) and value.dtype == object):
        result: V = named(value, name=name)
        return result
    return value


class Scope(NamedTuple):
    """A block of code whose values belong together.

    Attributes:
        name: the name of this block: ``dense_1``.
        label: its kind, the same for blocks that compute alike: ``Dense 50 relu``.
        id: a number that differs for each run of a block.
        folded: whether pictures show it as one box, unless the caller opens it.
        line: the user's line that it belongs to, for values that no line of the user computed.
    """

    name: str
    label: str
    id: int
    folded: bool = False
    line: Line | None = None


def scope(
    name: str,
    label: str | Callable[[], str] | None = None,
    folded: bool = False,
    line: Line | None = None,
) -> AbstractContextManager[object]:
    """Group the values that are computed inside a ``with`` block, so that pictures can fold them.

    Args:
        name: the name of this block: ``dense_1``.
        label: its kind, or a function that returns it; by default the name.
        folded: whether pictures show it as one box even if it contains scopes, unless ``depth=``
            opens it.
        line: the user's line that readers name for values that a library computes, such as where
            a layer was created: from :func:`autodiff.calling_line`.

    >>> import autodiff as ad
    >>> def predict(weights, x):
    ...     with ad.scope("hidden", label="Dense 2 tanh"):
    ...         return (weights * x).sum()
    """
    return _opened(name, label, folded, line) if is_observed() else _NOTHING


@contextmanager
def _opened(
    name: str, label: str | Callable[[], str] | None, folded: bool, line: Line | None
) -> Iterator[None]:
    text = label() if callable(label) else label or name
    opened = Scope(name, text, _next_id(), folded, line)
    _entered.set((*open_scopes(), opened))
    _ids.add(opened.id)
    try:
        yield
    finally:  # a generator may be closed in any order, and in another thread than it began in
        _ids.discard(opened.id)


def open_scopes() -> tuple[Scope, ...]:
    """Return the scopes that are open in this context, the outermost first."""
    return tuple(scope for scope in _entered.get() if scope.id in _ids)
