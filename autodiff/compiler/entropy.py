"""Detect requests for operating-system entropy while a function is recorded.

A generator without a seed, such as ``np.random.default_rng()``, is seeded from it, and
``random.SystemRandom`` and ``secrets`` draw from it. Python and NumPy request it through a few
functions, which are patched during recordings. Requests of other threads are ignored.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any

from autodiff.core.places import place_of
from autodiff.tracing.trail import is_user_code

__all__ = ["ignore_entropy_requests", "record_entropy_requests"]

_noted: ContextVar[list[str] | None] = ContextVar("lines that requested entropy", default=None)
_lock = threading.Lock()
_originals: list[tuple[Any, str, Any]] = []  # the functions that are patched
_count = 0  # of running recordings


@contextmanager
def record_entropy_requests() -> Iterator[list[str]]:
    """Collect the user's lines that request entropy inside the block."""
    lines: list[str] = []
    token = _noted.set(lines)
    _patch(1)
    try:
        yield lines
    finally:
        _patch(-1)
        _noted.reset(token)


@contextmanager
def ignore_entropy_requests() -> Iterator[None]:
    """Ignore requests for entropy inside the block."""
    token = _noted.set(None)
    try:
        yield
    finally:
        _noted.reset(token)


def _patch(change: int) -> None:
    """Patch the functions with the first recording, and restore them after the last."""
    global _count
    with _lock:
        _count += change
        if _count == 1 and change == 1:
            for owner, name, wrapper in _PATCHED:
                original = getattr(owner, name)
                _originals.append((owner, name, original))
                setattr(owner, name, wrapper(original))
        elif _count == 0:
            while _originals:
                setattr(*_originals.pop())


def _note() -> None:
    lines = _noted.get()
    if lines is None:
        return
    files = [(frame.f_code.co_filename, frame.f_lineno) for frame in _frames()]
    if not any(file.startswith("<frozen importlib") for file, _ in files):
        # A module draws once on import, with or without jit.
        users = ((file, line) for file, line in files if is_user_code(file))
        file, number = next(users, files[0])
        lines.append(place_of(file, number))


def _frames() -> Iterator[FrameType]:
    """Iterate over the frames of the callers, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _bytes(urandom: Callable[[int], bytes]) -> Callable[[int], bytes]:
    def noted(size: int) -> bytes:
        _note()
        return urandom(size)

    return noted


def _seed(seed: Callable[..., None]) -> Callable[..., None]:
    def noted(self: random.Random, a: Any = None, version: int = 2) -> None:
        if a is None:
            _note()
        seed(self, a, version)

    return noted


_PATCHED: list[tuple[Any, str, Callable[[Any], Any]]] = [
    (os, "urandom", _bytes),
    (random, "_urandom", _bytes),  # for SystemRandom and secrets, which NumPy uses
    (random.Random, "seed", _seed),
]
