"""Names in generated source."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

import numpy as np

from autodiff.compiler.program import ProgramValue, word_of

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

__all__ = ["comment", "default_name", "dtype_name", "identifier"]


def dtype_name(dtype: DTypeLike | None) -> str:
    """Return the source of a dtype: ``np.float32``.

    >>> dtype_name(np.dtype("float32"))
    'np.float32'
    """
    dtype = np.dtype(dtype)
    if dtype.names is not None:  # those of fields, if there are any
        return f"np.{dtype!r}"
    has_name = dtype.kind in "biufc" and hasattr(np, dtype.name) and dtype.isnative
    return f"np.{dtype.name}" if has_name else repr(dtype.str)


def default_name(value: ProgramValue) -> str:
    """Return the name of a value that the user gave none: its layer and its operation."""
    if not value.is_computed:
        return "constant" if value.memory is not None else "x"
    word = word_of(value.primitive)
    if value.scope is None:
        return word
    return f"{'d_' * value.is_backward}{identifier(value.scope.name)}_{word}"


def comment(text: str) -> str:
    """Return a text in one line, without characters that end a comment."""
    return f"# {''.join(c if c.isprintable() else ' ' for c in text)}"


def identifier(name: str) -> str:
    """Return a Python identifier: ``node_0`` for ``weights['node_0']``, ``w_1`` for ``w[1]``."""
    keys = re.findall(r"\[(?:'([^']*)'|(\d+))\]|\.(\w+)", name)
    stem = re.split(r"[\[.]", name, maxsplit=1)[0]
    if keys:
        words = [next(filter(None, key), "") for key in keys]
        is_numbered = all(word.isdigit() for word in words)
        first = [stem] if is_numbered else ["d"] if name.startswith("d_") else []
        stem = "_".join([*first, *words])
    found = re.sub(r"\W", "_", stem).strip("_")
    if not found or found[0].isdigit():
        found = f"x_{found}" if found else ""
    return f"{found}_" if keyword.iskeyword(found) else found
