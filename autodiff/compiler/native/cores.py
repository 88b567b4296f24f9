"""Run the parts of a compiled loop at the same time, each on one of the processor's cores."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any

from autodiff.compiler.native.blas_threads import one_thread
from autodiff.compiler.threads import LOOPS
from autodiff.core.typing import Array, Function

__all__ = ["cores", "in_parts"]


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_parts(
    function: Function,
    count: int,
    shared: Sequence[Array],
    own: Sequence[Sequence[Array]],
    sums: int,
) -> Sequence[Array]:
    """Run a loop in parts, and return its sums over all parts.

    There are as many threads as BLAS had before, which has one in each of them; on fewer threads,
    some parts run one after the other, and return the same bits.

    Args:
        function: of the first number of a part, of the number after its last one, and of arrays. It
            must release the lock of the interpreter.
        count: of numbers.
        shared: the arrays that all parts get.
        own: the arrays that each part gets.
        sums: the number of arrays, the last ones of each part, that are added up.
    """
    ends = [count * place // len(own) for place in range(len(own) + 1)]
    calls = [(*ends[place : place + 2], *shared, *x) for place, x in enumerate(own)]
    with one_thread:
        threads = min(one_thread.before, len(calls))
        futures = [
            _pool().submit(copy_context().run, _run, function, calls[thread::threads])
            for thread in range(1, threads)
        ]
        try:
            _run(function, calls[::threads])
        finally:
            wait(futures)  # they write to the arrays
        for future in futures:
            future.result()
    found = own[0][len(own[0]) - sums :]
    for x in own[1:]:
        for total, more in zip(found, x[len(x) - sums :], strict=True):
            total += more
    return found


def _run(function: Function, calls: Sequence[Sequence[Any]]) -> None:
    for arguments in calls:
        function(*arguments)


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, cores() - 1), LOOPS)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # threads aren't forked
