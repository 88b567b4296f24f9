"""Places in the user's code, as messages name them: ``train.py:41``, or ``cell 5, line 3``."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

__all__ = ["file_text", "place_of"]

_INPUT = re.compile(r"<ipython-input-(\d+)-")
_LABEL = re.compile(r"In\[(\d+)\]")


def place_of(file: str, line: int) -> str:
    """Name a line of code: by its file, or by its cell in a notebook."""
    cell = _cell(file)
    return f"{os.path.basename(file)}:{line}" if cell is None else f"cell {cell}, line {line}"


def file_text(file: str) -> str:
    """Name a file, or a cell of a notebook."""
    cell = _cell(file)
    return os.path.basename(file) if cell is None else f"cell {cell}"


def _cell(file: str) -> int | None:
    """Return the number of the cell that IPython runs as a file; None for any other file."""
    if found := _INPUT.match(file):
        return int(found[1])
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    named = getattr(getattr(shell, "compile", None), "format_code_name", None)  # from IPython 8
    label = None if named is None else named(file)
    found = None if label is None else _LABEL.fullmatch(label[1])
    return None if found is None else int(found[1])
