"""The code of generated modules, with lines that tracebacks and debuggers show."""

from __future__ import annotations

import linecache
import weakref
from itertools import count
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autodiff.compiler.writers.numpy import GeneratedModule

__all__ = ["code_of"]

_numbers = count(1).__next__


def code_of(source: GeneratedModule, owner: Any) -> CodeType:
    """Compile a source; tracebacks and debuggers show its lines while the owner is alive."""
    file = f"<jit {_numbers()}: {source.function}>"
    linecache.cache[file] = (len(source.text), None, source.text.splitlines(keepends=True), file)
    weakref.finalize(owner, linecache.cache.pop, file, None)
    code: CodeType = compile(source.text, file, "exec")
    return code
