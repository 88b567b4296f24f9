"""Threads: whether another thread may draw numbers, or write to arrays, while one records."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from autodiff.core.errors import OURS
from autodiff.core.guidance import INSTALLED

__all__ = ["LOOPS", "has_only_loops_beside", "is_alone", "loading"]

LOOPS = "autodiff-loops"
"""How the names of threads begin that compile or run loops, and so draw nothing."""

_LIBRARIES = (*INSTALLED, *OURS, "<frozen ")  # where the code of a notebook's kernel lies, too

_listing = threading.Lock()
loading = threading.RLock()
"""Held while a thread imports machine code, or lists all objects of the process.

A thread that is building a tuple fails with a SystemError if another one holds that tuple.
"""


def has_only_loops_beside() -> bool:
    """Return whether all other threads compile or run loops, and so draw nothing."""
    here = threading.current_thread()
    return all(x is here or x.name.startswith(LOOPS) for x in threading.enumerate())


def is_alone() -> bool:
    """Return whether no other thread runs code of the user; those of a notebook's kernel don't."""
    if has_only_loops_beside():
        return True
    frames = _frames()
    del frames[threading.get_ident()]  # which holds this dictionary
    return not any(
        not frame.f_code.co_filename.startswith(_LIBRARIES)
        for thread in threading.enumerate()
        if not thread.name.startswith(LOOPS)
        for frame in _stack(frames.get(thread.ident or 0))
    )


def _frames() -> dict[int, FrameType]:
    """Return the innermost frame of each thread.

    CPython 3.11 holds a lock meanwhile. A garbage collection, whose callbacks let other threads
    run, would stop two threads that list frames for good.
    """
    with _listing:
        is_collecting = gc.isenabled()
        gc.disable()
        try:
            return sys._current_frames()
        finally:
            if is_collecting:
                gc.enable()


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
