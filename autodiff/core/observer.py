"""Observers: callbacks for events of traced values while a function runs.

Pictures, the derivation and ``jit`` observe a function: where its Nodes are made, their cotangents,
and where a traced value becomes a plain one. An observer is called for events in its own context,
that is in its own thread and asyncio task, while it is open.

Without observers, the cost is one test of an empty list (``if observers:``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autodiff.core.typing import Array, Function

if TYPE_CHECKING:
    from autodiff.core.graph import Node

__all__ = [
    "Observer", "cotangent_observer", "is_observed", "notify_edit", "notify_error", "notify_node",
    "notify_plain", "observers", "observing",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Observer:
    """Callbacks for events; None where an event is ignored.

    Attributes:
        on_node: called with the creation number of each Node, just before that Node is complete.
            The frames of the user's code are on the stack then.
        on_plain: called with ``(node, how)`` where a traced value becomes a plain one: in the
            condition of an ``if``, say. ``how`` is the Tensor's method: ``"__bool__"``,
            ``"item"``, ``"numpy"`` or ``"tolist"``; or ``"int()"`` and the like, which are refused
            of floats; ``"str()"`` where it is written as text, ``"repr()"`` where that may be
            without numbers; ``"plain"`` where a NumPy function needs plain numbers; ``"count"``
            where a mask determines how many entries a result has;
            ``"compared"`` where a shape that depends on numbers is used, of which the innermost
            observer that returns True takes care.
        on_error: called with ``(error, inputs, evaluate)`` where a primitive raises an error of its
            values; ``evaluate`` computes it for others.
        on_edit: called with the Node of a traced value that a differentiated function has edited.
        on_cotangent: called with ``(node, cotangent)`` for every Node of a backward sweep.
        in_all_threads: whether ``on_plain`` is also called for other threads' values. It must
            recognize its own by what they were computed from.
    """

    on_node: Callable[[int], None] | None = None
    on_plain: Callable[[Node, str], object] | None = None
    on_error: Callable[[Exception, Sequence[Node | Array], Function], None] | None = None
    on_edit: Callable[[Node], None] | None = None
    on_cotangent: Callable[[Node, Array], None] | None = None
    in_all_threads: bool = False


observers: list[Observer] = []
"""All that are open in the process. Test this first: it is faster than the context."""

_here: ContextVar[tuple[Observer, ...]] = ContextVar("observers of this context", default=())


@contextmanager
def observing(observer: Observer) -> Iterator[None]:
    """Call an observer for events inside a ``with`` block. Observers nest."""
    token = _here.set((*_here.get(), observer))
    observers.append(observer)
    try:
        yield
    finally:
        observers.remove(observer)
        _here.reset(token)


def _open_here() -> list[Observer]:
    """Return the observers of this context, the outermost first.

    A task or thread that started while one was open may outlive it.
    """
    return [observer for observer in _here.get() if observer in observers]


def is_observed() -> bool:
    """Return whether an observer is open in this context."""
    return bool(observers) and bool(_open_here())


def notify_node(order: int) -> None:
    """Notify the observers that a Node is being made."""
    for observer in _open_here():
        if observer.on_node is not None:
            observer.on_node(order)


def notify_plain(node: Node, how: str) -> None:
    """Notify the observers, the innermost first, that a traced value becomes a plain one.

    They may raise an error, or return True so that those outside of them aren't notified.
    """
    here = _open_here()
    for observer in reversed(tuple(observers)):  # other threads may close theirs meanwhile
        if observer.on_plain is None or not (observer in here or observer.in_all_threads):
            continue
        if observer.on_plain(node, how) is True:
            break


def notify_error(error: Exception, inputs: Sequence[Node | Array], evaluate: Function) -> None:
    """Notify the observers that a primitive raises an error, which the user's code may catch."""
    for observer in _open_here():
        if observer.on_error is not None:
            observer.on_error(error, inputs, evaluate)


def notify_edit(node: Node) -> None:
    """Notify the observers that a differentiated function has edited its argument, a traced one."""
    for observer in _open_here():
        if observer.on_edit is not None:
            observer.on_edit(node)


def cotangent_observer() -> Callable[[Node, Array], None] | None:
    """Return the ``on_cotangent`` of the innermost observer in this context that has one."""
    for observer in reversed(_open_here() if observers else ()):
        if observer.on_cotangent is not None:
            return observer.on_cotangent
    return None
