"""The code of generated modules, with lines that tracebacks and debuggers show."""

from __future__ import annotations

import linecache
import weakref
from collections import deque
from contextlib import suppress
from itertools import count
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autodiff.compiler.writers.numpy import GeneratedModule

__all__ = ["code_of"]

_numbers = count(1).__next__
_dropped: deque[str] = deque()  # the files whose owners are gone


def code_of(source: GeneratedModule, owner: Any) -> CodeType:
    """Compile a source; tracebacks and debuggers show its lines while the owner is alive.

    The lines of a dropped owner go with the next compilation. An owner may be dropped at any time,
    also while ``linecache`` reads its cache, which fails if an entry vanishes then.
    """
    with suppress(IndexError):  # when there are none left
        while True:
            linecache.cache.pop(_dropped.popleft(), None)
    file = f"<jit {_numbers()}: {source.function}>"
    linecache.cache[file] = (len(source.text), None, source.text.splitlines(keepends=True), file)
    weakref.finalize(owner, _dropped.append, file)
    code: CodeType = compile(source.text, file, "exec")
    return code
