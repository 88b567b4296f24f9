"""Measure memory without the garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    while gc.collect():  # until nothing is left of earlier tests
        pass
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
