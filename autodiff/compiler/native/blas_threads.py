"""The threads of BLAS while a program runs: one, where its products are small.

OpenBLAS shares a product of more than 2¹⁸ multiply-adds among its threads. The results are then in
the caches of several cores, and the loops that follow wait for them. Below about 2²¹ multiply-adds
that costs more than it saves; below 2¹⁹, it costs less than to change the number of threads.

A program with blocks of rows, which run on threads of their own (`in_parts`), has one thread for
all of its products: the others of BLAS would wait actively, for up to 26 ms, beside those threads.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any

import numpy as np

from autodiff.compiler.program import ProgramValue
from autodiff.core.registry import registry
from autodiff.core.typing import Function

__all__ = ["multiply_adds", "on_one_thread", "one_thread", "profits_from_one_thread"]

_LEAST, _MOST = 1 << 19, 1 << 21  # multiply-adds of a product


def profits_from_one_thread(products: Iterable[int]) -> bool:
    """Return whether the largest product, in multiply-adds, would be shared but shouldn't be."""
    return _LEAST < max(products, default=0) <= _MOST


def multiply_adds(value: ProgramValue) -> int:
    """Return the number of multiply-adds of each matrix product in a value; 0 for other values."""
    if value.primitive is not registry[np.matmul]:
        return 0
    x, y = (np.shape(operand) for operand in value.inputs)
    return int(np.prod(x[-2:], dtype=int)) * (y[-1] if len(y) > 1 else 1)


def on_one_thread(f: Function) -> Function:
    """Return a function that calls ``f`` while BLAS has one thread."""

    def run(*args: Any) -> Any:
        with one_thread:
            return f(*args)

    return run


class _OneThread:
    """A context in which BLAS has one thread; the outermost of all threads restores the number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entered = 0
        self._libraries: list[Any] = []
        self._before: list[int] = []

    @property
    def before(self) -> int:
        """The number of threads that BLAS had before the context, and gets back after it."""
        return min(self._before, default=1)

    def find_libraries(self) -> None:
        """Find the libraries of BLAS that are loaded."""
        from threadpoolctl import ThreadpoolController

        with self._lock:
            if not self._entered:
                found = ThreadpoolController().select(user_api="blas")
                self._libraries = found.lib_controllers

    def __enter__(self) -> None:
        with self._lock:
            if not self._entered:
                self._before = [library.get_num_threads() for library in self._libraries]
                for library in self._libraries:
                    library.set_num_threads(1)
            self._entered += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._entered -= 1
            if not self._entered:
                for library, number in zip(self._libraries, self._before, strict=True):
                    library.set_num_threads(number)


one_thread = _OneThread()
