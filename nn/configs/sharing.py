"""Objects that occur more than once in a config, such as a layer in two models, stay one object.

Each occurrence is written in full, with one number, ``"shared_object_id"``, as Keras does in files.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

F = TypeVar("F", bound="Callable[..., Any]")

KEY = "shared_object_id"
_is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)
_made: ContextVar[dict[int, Any] | None] = ContextVar("made", default=None)


def marks_shared(function: F) -> F:
    """Leave the numbers of objects that occur once out of the config that a function returns.

    Only the outermost of several such functions does: the others don't see the whole config.
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _is_writing.get():
            return function(*args, **kwargs)
        token = _is_writing.set(True)
        try:
            config = function(*args, **kwargs)
        finally:
            _is_writing.reset(token)
        counts = Counter(part[KEY] for part in _parts(config) if KEY in part)
        for part in _parts(config):
            if counts[part.get(KEY)] == 1:
                del part[KEY]
        return config

    return call  # type: ignore[return-value] # of the same signature


@contextmanager
def made_objects() -> Iterator[dict[int, Any]]:
    """Return the objects that were made by their numbers, until the outermost block ends."""
    known = _made.get()
    if known is not None:
        yield known
        return
    made: dict[int, Any] = {}
    token = _made.set(made)
    try:
        yield made
    finally:
        _made.reset(token)


def _parts(config: Any) -> Iterator[dict[str, Any]]:
    """Yield the dictionaries in a config, at any depth."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
        if isinstance(part, dict | list):
            waiting += part.values() if isinstance(part, dict) else part
