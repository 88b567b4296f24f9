"""What users call things: ``name`` for one value, ``scope`` for all that is computed in a block.

Both change no number. They are told to whoever shows the graph, and cost next to nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from itertools import count
from typing import Any, NamedTuple, TypeVar

import numpy as np

from autodiff.errors import describe, user_line
from autodiff.primitive import derivative, primitive
from autodiff.tensor import Tensor

__all__ = ["Scope", "listening", "name", "named", "open_scopes", "scope"]

V = TypeVar("V")
_NOTHING = nullcontext()
_next_id = count(1).__next__
_open: ContextVar[tuple[Scope, ...]] = ContextVar("open scopes", default=())
_listeners = 0


@primitive
def named(x: Any, *, name: str) -> Any:  # noqa: ARG001 - for readers
    """Give the value on; the Node says what the user calls it."""
    return x


named.is_view = True  # a write to what was named is a write to the value, as for plain arrays
derivative(named, x=lambda g, z, x, *, name: g)


def name(value: V, name: str) -> V:
    """Answer a value, and let pictures and derivations call it by this name.

    Args:
        value: a traced value; anything else is answered as it is.
        name: what to call it.

    Raises:
        TypeError: the name isn't text.

    >>> import autodiff as ad
    >>> ad.grad(lambda w: ad.name(2 * w - 7, "error") ** 2)(5.0)
    12.0
    """
    if not isinstance(name, str):
        raise TypeError(
            f"name needs text to call a value by, got {describe(name)} at {user_line()}. "
            f'Write ad.name(value, "error").'
        )
    if isinstance(value, Tensor) or (isinstance(value, np.ndarray) and value.dtype == object):
        called: V = named(value, name=name)
        return called
    return value


class Scope(NamedTuple):
    """A block of code whose values belong together.

    Attributes:
        name: of this very block: ``dense_1``.
        label: what kind of block it is, the same for blocks that do alike: ``Dense 50 relu``.
        id: differs each time that a block is run.
    """

    name: str
    label: str
    id: int


def scope(
    name: str, label: str | Callable[[], str] | None = None
) -> AbstractContextManager[object]:
    """Say that what is computed inside a ``with`` block belongs together, so that it can be folded.

    Args:
        name: of this block: ``dense_1``.
        label: what kind of block it is, or a function that tells; by default the name.

    >>> import autodiff as ad
    >>> def predict(weights, x):
    ...     with ad.scope("hidden", label="Dense 2 tanh"):
    ...         return (weights * x).sum()
    """
    return _opened(name, label) if _listeners else _NOTHING


@contextmanager
def _opened(name: str, label: str | Callable[[], str] | None) -> Iterator[None]:
    told = label() if callable(label) else label or name
    token = _open.set((*_open.get(), Scope(name, told, _next_id())))
    try:
        yield
    finally:
        _open.reset(token)


open_scopes = _open.get
"""Tell the scopes that are open here, the outermost first."""


@contextmanager
def listening() -> Iterator[None]:
    """Let scopes be kept while somebody wants to know of them."""
    global _listeners
    _listeners += 1
    try:
        yield
    finally:
        _listeners -= 1
