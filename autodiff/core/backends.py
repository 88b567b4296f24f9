"""Backends: what another library must be given once, so that its functions accept Tensors.

Such a library looks up how to reshape a value by the value's type. It gets its backend when a trace
begins after its import: to import it for that would cost those who don't use it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress

__all__ = ["BACKENDS", "give_backends"]

BACKENDS: dict[str, Callable[[], object]] = {}
"""Libraries that wait for a backend, each with the function that gives it."""


def give_backends() -> None:
    """Give the libraries that have been imported by now their backends."""
    for library in list(BACKENDS):
        if library in sys.modules:
            with suppress(ImportError):  # a version without backends says so at its first Tensor
                BACKENDS[library]()
            BACKENDS.pop(library, None)
