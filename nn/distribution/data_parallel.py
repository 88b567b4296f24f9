"""The choice of how training is distributed: `DataParallel`, for one model or for all."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Any

from nn.argument_checks import ArgumentsChecked
from nn.distribution import sharing
from nn.distribution.abort import end_together
from nn.distribution.communicator import Communicator, world
from nn.numbers import whole

__all__ = ["DataParallel", "distribution", "set_distribution"]


class DataParallel(ArgumentsChecked):
    """Share each batch among the processes that ``mpiexec`` has started.

    All processes run the same script. In ``fit`` each computes the slopes of its rows of every
    batch, and the optimizer gets their sum over all processes, so that any number of them gives
    the training of one, within rounding. ``evaluate`` and ``predict`` share their rows too, and
    return the whole result everywhere. Before, the weights of process 0 are sent to the others.

    Only process 0 prints, shows progress and writes files; what the others print is dropped from
    here on. An error in one process ends all of them.

    Args:
        print_all: whether the other processes print as well, for finding mistakes.
        check_every: batches after which the weights of the processes are compared, by a checksum;
            they also are after each epoch.

    Raises:
        ImportError: ``mpiexec`` has started this process, but mpi4py isn't installed.

    Attributes:
        rank: the number of this process, from 0.
        size: the number of processes; 1 where this one was started alone.

    >>> DataParallel().size
    1
    """

    def __init__(self, *, print_all: bool = False, check_every: int = 1000) -> None:
        self.check_every = whole("check_every", check_every)
        self.print_all = bool(print_all)
        self.communicator: Any = _joined()  # None in a process alone
        self.rank = self.communicator.rank if self.communicator else 0
        self.size = self.communicator.size if self.communicator else 1
        if self.rank and not self.print_all:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the end

    def __repr__(self) -> str:
        return f"<DataParallel process {self.rank} of {self.size}>"

    def __reduce__(self) -> Any:
        return _made, (self.print_all, self.check_every)

    def __deepcopy__(self, _memo: Any) -> DataParallel:
        return self


_chosen: DataParallel | None = None


def set_distribution(value: DataParallel | None) -> None:
    """Train all models this way, except those compiled with ``distribution=``.

    Args:
        value: a `DataParallel`; None for training in each process by itself.

    Raises:
        TypeError: it is something else.

    >>> set_distribution(DataParallel())
    >>> distribution().size
    1
    >>> set_distribution(None)
    """
    global _chosen
    _chosen = checked(value)


def distribution() -> DataParallel | None:
    """Return what `set_distribution` has set, or None.

    >>> set_distribution(None)
    >>> distribution() is None
    True
    """
    return _chosen


def checked(distribution: Any) -> DataParallel | None:
    """Return the argument ``distribution``.

    Raises:
        TypeError: it is neither a `DataParallel` nor None.
    """
    if distribution is None or isinstance(distribution, DataParallel):
        return distribution
    raise TypeError(
        f"expected a distribution to be nn.distribution.DataParallel() or None, got "
        f"{distribution!r}. Make one: nn.distribution.DataParallel()."
    )


@cache
def _joined() -> Communicator | None:
    """Join the other processes, once."""
    communicator = world()
    if communicator is not None:
        sharing.join(communicator)
        end_together(communicator)
    return communicator


def _made(print_all: bool, check_every: int) -> DataParallel:
    return DataParallel(print_all=print_all, check_every=check_every)
