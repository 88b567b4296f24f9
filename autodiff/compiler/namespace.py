"""The namespace of a generated source, and its description in comments."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["CONSTANT", "READ", "WRITTEN", "Namespace"]

READ, WRITTEN = "Live arrays, read in each call", "Arrays, written in each call"
CONSTANT = "Constants"


class Namespace:
    """The objects that a source refers to, by name.

    Attributes:
        values: by name.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._lines: dict[str, list[str]] = {READ: [], WRITTEN: [], CONSTANT: []}

    def add(self, name: str, value: Any, kind: str) -> None:
        """Add an object; functions aren't described in the comments."""
        self.values[name] = value
        if not callable(value):
            description = _constant(value) if kind == CONSTANT else _form(value)
            self._lines[kind].append(f"#   {name}: {description}")

    def comments(self) -> list[str]:
        """Return the comment lines that list the objects by kind."""
        lists = [[f"# {kind}:", *lines, ""] for kind, lines in self._lines.items() if lines]
        return [line for lines in lists for line in lines]


def _form(array: np.ndarray[Any, Any]) -> str:
    return f"{array.dtype} of shape {array.shape}"


def _constant(x: Any) -> str:
    """Describe a constant; a short one with its numbers.

    >>> _constant(np.zeros((2, 50)))
    'float64 of shape (2, 50), all 0.0'
    >>> _constant(np.arange(100))
    'int64 of shape (100,): [ 0 1 2 ... 97 98 99]'
    """
    if not isinstance(x, np.ndarray):
        return _shortened(repr(x))
    if x.ndim and x.size > 1 and (x == x.flat[0]).all():
        return f"{_form(x)}, all {x.flat[0]}"
    numbers = _shortened(np.array2string(x, threshold=8, edgeitems=3))
    return f"{_form(x)}: {numbers}"


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."
