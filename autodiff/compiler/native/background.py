"""A program in machine code: compiled beside the NumPy source, which runs in the meantime."""

from __future__ import annotations

import importlib.util
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.compiler.code import code_of
from autodiff.compiler.effects import assigned, drawn
from autodiff.compiler.native import cache
from autodiff.compiler.native.blas_threads import (
    on_one_thread,
    one_thread,
    profits_from_one_thread,
)
from autodiff.compiler.native.loop_forms import for_loops
from autodiff.compiler.native.writer import NativeModule, write_native
from autodiff.compiler.plan import Planner
from autodiff.compiler.program import Program
from autodiff.compiler.threads import LOOPS, loading
from autodiff.core.typing import Function

__all__ = ["NativeProgram", "check_installed", "reason_against"]

logger = logging.getLogger("autodiff.native")


def check_installed() -> None:
    """Raise an ImportError unless the packages of the extra ``native`` are installed."""
    missing = [name for name in _NEEDED if not _is_installed(name)]
    if missing:
        raise ImportError(
            f"expected {', '.join(missing)} to be installed, which compile to machine code, got no "
            f"such package. Install the extra: pip install 'slopes[native]'."
        )


_NEEDED = ("numba", "scipy", "platformdirs", "threadpoolctl")


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def reason_against(program: Program) -> str:
    """Return why nothing of a program is compiled; empty if something is."""
    writes = [e for e in program.effects if e.primitive is assigned]
    planner = Planner(program)
    for value in program.values():
        if value.is_live and (
            planner.is_overwritten(value)
            or any(
                e.order < value.order and np.may_share_memory(e.options["array"], value.memory)
                for e in writes
            )
        ):
            return "It reads an array after it has assigned to it"
    for effect in program.effects:
        if effect.primitive is drawn and any(
            isinstance(x, np.ndarray) and np.may_share_memory(x, e.options["array"])
            for x in (*effect.options["args"], *effect.options["kwargs"].values())
            for e in writes
        ):
            return "It draws from an array to which it assigns"
    return ""


class NativeProgram:
    """The compiled form of a program.

    Args:
        program: simplified.
        title: the first comment of the source.
        wait: whether to compile at once, so that all calls run the same code.
        ready: is called with a function that returns the compiled function with buffers of its own,
            from another thread unless the code is found compiled.

    Attributes:
        module: the source.
    """

    def __init__(
        self,
        program: Program,
        title: str,
        wait: bool,
        ready: Callable[[Callable[[], Function]], None],
    ) -> None:
        self.module: NativeModule = write_native(for_loops(program), title)
        self._ready = ready
        self._thread: threading.Thread | None = None
        self._code = code_of(self.module.main, self)
        if not self.module.pieces:
            return
        path = cache.path_of(self.module.pieces)
        if cache.is_compiled(path) or wait:
            self._load(path)
        else:
            self._thread = threading.Thread(
                target=self._compile, args=(path,), daemon=True, name=f"{LOOPS}-compiler"
            )
            self._thread.start()

    @property
    def source(self) -> str:
        """The text: the functions that are compiled, and the one that calls them."""
        return f"{self.module.pieces}\n{self.module.main.text}"

    def wait(self) -> None:
        """Wait until the program is compiled."""
        if self._thread is not None:
            self._thread.join()

    def _compile(self, path: Path) -> None:
        """Compile in another process, so that this one goes on, and load the result."""
        code = f"import sys; sys.path.insert(0, {str(path.parent)!r}); import {path.stem}"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        if done.returncode:
            logger.warning(
                "%s couldn't be compiled; NumPy code runs instead:\n%s", path, done.stderr[-2000:]
            )
            return
        self._load(path)

    def _load(self, path: Path) -> None:
        with loading:
            pieces = cache.load(path)
        cache.seal(path)
        found = {name: getattr(pieces, name) for name in self.module.names}
        is_on_one_thread = self.module.has_row_loops or profits_from_one_thread(
            self.module.products
        )
        if is_on_one_thread:
            one_thread.find_libraries()

        def make() -> Function:
            namespace: dict[str, Any] = {
                "np": np, **self.module.main.namespace, **found, "__name__": "autodiff.native"
            }  # fmt: skip
            exec(self._code, namespace)
            function: Function = namespace.pop(self.module.main.function)
            return on_one_thread(function) if is_on_one_thread else function

        self._ready(make)
