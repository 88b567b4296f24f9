"""Threads: whether another thread may draw numbers, or write to arrays, while one records."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import FrameType

from autodiff.compiler.reachable_objects import is_user_module

__all__ = ["LOOPS", "is_alone"]

LOOPS = "autodiff-loops"
"""How the names of threads begin that compile or run loops, and so draw nothing."""


def is_alone() -> bool:
    """Return whether no other thread runs code of the user; those of a notebook's kernel don't."""
    frames = sys._current_frames()
    del frames[threading.get_ident()]  # which holds this dictionary
    return not any(
        is_user_module(frame.f_globals.get("__name__"))
        for thread in threading.enumerate()
        if not thread.name.startswith(LOOPS)
        for frame in _stack(frames.get(thread.ident or 0))
    )


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
