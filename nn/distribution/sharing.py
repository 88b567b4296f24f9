"""The share of a batch that a process works on, and sums over the shares of all processes.

A loss of the whole batch is a sum of one term from each process: its own loss, computed from its
rows, times `fraction`, its part of the rows. Where a loss divides by something else than the number
of rows, by a sum of weights or by the length of a mask, it divides by `proportional` of it instead,
so that the terms add up to the loss of the whole batch all the same. Outside of a shared batch,
all these functions return their argument.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nn.distribution.communicator import Communicator

__all__ = [
    "Share", "fraction", "is_main", "is_shared", "join", "mean_of_all", "object_of_main",
    "on_share", "proportional", "rehearsing", "scaled_sum", "share_of", "total",
]  # fmt: skip

_communicator: Communicator | None = None
_is_active: ContextVar[bool] = ContextVar("is_active", default=False)
_is_rehearsal: ContextVar[bool] = ContextVar("is_rehearsal", default=False)

# Recorded programs read these at each call; a process works on one share at a time.
_fraction = np.ones(1, np.float32)
_ratio = np.ones(1, np.float32)


class Share(NamedTuple):
    """The rows of a batch that a process works on.

    Attributes:
        start: the first of them.
        stop: the end.
        fraction: their part of all the rows that processes work on.
        copies: the number of processes that work on each row: 1, or all of them.
    """

    start: int
    stop: int
    fraction: float
    copies: int


def share_of(count: int, rank: int, size: int) -> Share:
    """Return the share of a process in a batch.

    A batch with fewer rows than processes is computed by each of them as a whole, so that none has
    no rows, of which there would be no mean.

    Args:
        count: the number of rows.
        rank: the number of the process.
        size: the number of processes.

    >>> [share_of(7, rank, 3)[:2] for rank in range(3)]
    [(0, 2), (2, 4), (4, 7)]
    >>> share_of(2, 1, 4)
    Share(start=0, stop=2, fraction=0.25, copies=4)
    """
    if count < size:
        return Share(0, count, 1 / size, size)
    start, stop = count * rank // size, count * (rank + 1) // size
    return Share(start, stop, (stop - start) / count, 1)


def join(communicator: Communicator) -> None:
    """Make this process one of several."""
    global _communicator
    _communicator = communicator
    messages.set_silent(communicator.rank > 0)


def is_main() -> bool:
    """Return whether this process prints and writes files: process 0, or one alone.

    >>> is_main()
    True
    """
    return _communicator is None or _communicator.rank == 0


@contextmanager
def on_share(share: Share) -> Iterator[None]:
    """Compute a share of a batch until the block ends."""
    _fraction[0], _ratio[0] = share.fraction, 1 / (share.fraction * share.copies)
    token = _is_active.set(True)
    try:
        yield
    finally:
        _is_active.reset(token)


@contextmanager
def rehearsing() -> Iterator[None]:
    """Let `total` return its argument while a step is recorded: other processes may not record."""
    token = _is_rehearsal.set(True)
    try:
        yield
    finally:
        _is_rehearsal.reset(token)


def is_shared() -> bool:
    """Return whether this process computes its share of a batch."""
    return _is_active.get()


def fraction(value: Array) -> Array:
    """Return the loss of a share times its part of the rows; the terms add up to the loss."""
    return value * ad.live(_fraction, "fraction")[0] if is_shared() else value


def scaled_sum(value: Array) -> Array:
    """Return a sum over the rows of a share, divided by what `fraction` multiplies it by."""
    return value * ad.live(_ratio, "ratio")[0] if is_shared() else value


def proportional(value: Array) -> Array:
    """Return the part of a sum over all rows that falls to this share by its number of rows."""
    return fraction(total(value)) if is_shared() else value


def mean_of_all(value: Array) -> Array:
    """Return the mean over all rows of a batch, from the mean over those of each share."""
    return total(fraction(value)) if is_shared() else value


@ad.primitive
def total(value: Array) -> Array:
    """Return the sum of the values of all processes."""
    array = np.array(value, ndmin=1)
    if _communicator is not None and not _is_rehearsal.get():
        _communicator.add_up(array)
    return array.reshape(np.shape(value))[()]


# The loss is the sum of a term from each process, and each term depends on the sum.
ad.derivative(total, value=lambda g, z, value: total(g))


def object_of_main(make: Callable[[], Any]) -> Any:
    """Return what a function returns in process 0; it is called there alone."""
    if _communicator is None:
        return make()
    return _communicator.object_of_main(make() if is_main() else None)
