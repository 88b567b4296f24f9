"""Backends: objects that other libraries need, so that their functions accept Tensors.

Such a library looks up how to reshape a value by the value's type. Its backend is registered when
the first trace after its import begins; it isn't imported for that, which would take time where it
isn't used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress

__all__ = ["BACKENDS", "give_backends"]

BACKENDS: dict[str, Callable[[], object]] = {}
"""Libraries without their backend so far, each with the function that registers it."""


def give_backends() -> None:
    """Register backends with the libraries that have been imported so far."""
    for library in list(BACKENDS):
        if library in sys.modules:
            with suppress(ImportError):  # an older version, which raises at its first Tensor
                BACKENDS[library]()
            BACKENDS.pop(library, None)
