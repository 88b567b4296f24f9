"""Positions: splitting an index into its constant parts and its traced positions.

``x[t, 1:]`` with a traced array t of positions is recorded with t as one of its inputs, and a gap
in the index in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.lift import as_operand
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array

__all__ = ["GAP", "count_gaps", "fill_index", "has_traced", "is_basic", "split_index"]


def is_basic(index: Any) -> bool:
    """Return whether an index has no arrays nor masks: it reads a view, each entry at most once."""
    if not isinstance(index, tuple):
        return type(index) is slice or not _is_array_or_mask(index)
    return not any(map(_is_array_or_mask, index))


def _is_array_or_mask(part: Any) -> bool:
    if isinstance(part, (list, np.ndarray, Tensor)) and np.ndim(part):
        return True
    return isinstance(part, (bool, np.bool)) or (isinstance(part, Tensor) and part.dtype == np.bool)


_SINGLE = (int, slice, type(None), type(...), np.generic, str)  # no arrays of positions


class _Gap:
    """Marks the place of a traced array of positions in an index."""

    def __repr__(self) -> str:
        return "positions"


GAP = _Gap()


def split_index(index: Any) -> tuple[Any, list[Tensor]]:
    """Return the constant part of an index, with gaps, and the traced positions in it."""
    if not isinstance(index, tuple):
        return (index, []) if type(index) is slice else _split_entry(index)
    parts: list[Tensor] = []
    entries = []
    for entry in index:
        constant, found = _split_entry(entry)
        entries.append(constant)
        parts += found
    return tuple(entries), parts


def _split_entry(entry: Any) -> tuple[Any, list[Tensor]]:
    """Split one entry of an index; NumPy takes any sequence in it as an array of positions."""
    if isinstance(entry, _SINGLE):
        return entry, []
    if isinstance(entry, Tensor):
        return GAP, [entry]
    if not isinstance(entry, (list, tuple, np.ndarray)) and not hasattr(entry, "__array__"):
        if not isinstance(entry, Sequence):
            return entry, []  # NumPy refuses it
        entry = list(entry)
    lifted = as_operand(entry)
    if isinstance(lifted, Tensor):
        return GAP, [lifted]
    is_empty = isinstance(entry, (list, tuple)) and not np.size(lifted)
    return (np.asarray(lifted, np.intp) if is_empty else lifted), []


def fill_index(index: Any, parts: tuple[Array, ...]) -> Any:
    """Return an index with its gaps filled with positions."""
    if not parts:
        return index
    if index is GAP:
        return parts[0]
    rest = iter(parts)
    return tuple(next(rest) if entry is GAP else entry for entry in index)


def has_traced(index: Any) -> bool:
    """Return whether an index has traced positions."""
    if not isinstance(index, tuple):
        return isinstance(index, Tensor)
    return any(isinstance(entry, Tensor) for entry in index)


def count_gaps(index: Any) -> int:
    """Return the number of gaps in an index."""
    entries = index if isinstance(index, tuple) else (index,)
    return sum(entry is GAP for entry in entries)
