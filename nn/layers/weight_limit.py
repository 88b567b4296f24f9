"""A limit to the weights that are made while the config in a file is read.

Any number can stand in a file, and weights are made before those in the file are read.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_remaining: ContextVar[int | None] = ContextVar("remaining", default=None)


@contextmanager
def at_most(entries: int) -> Iterator[None]:
    """Let arrays with at most so many entries be made, until the block ends."""
    token = _remaining.set(entries)
    try:
        yield
    finally:
        _remaining.reset(token)


def spend(shape: Sequence[int], what: str, returned: bool = False) -> None:
    """Count the entries of an array.

    Args:
        shape: that of the array.
        what: the array's description, for the message.
        returned: whether its memory is freed soon, so that it counts alone.

    Raises:
        ValueError: the limit is exceeded.
    """
    remaining, entries = _remaining.get(), math.prod(shape)
    if remaining is None:
        return
    if entries > remaining:
        raise ValueError(
            f"expected a file of which the weights are a part, got one of a model with {what} of "
            f"shape {tuple(shape)}, for which it has too few bytes. Don't use this file: it may be "
            "made to fill the memory."
        )
    if not returned:
        _remaining.set(remaining - entries)
