"""Positions: an index, taken apart into what is constant in it and the traced positions.

``x[t, 1:]`` of a traced array t of positions is recorded with t as one of its inputs, and a gap in
the index where t goes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.lift import recordable
from autodiff.tensor import Tensor

__all__ = ["GAP", "filled", "gaps", "has_traced", "is_basic", "taken_apart"]


def is_basic(index: Any) -> bool:
    """Whether an index picks every entry at most once, by its form."""
    parts = index if isinstance(index, tuple) else (index,)
    return not any(isinstance(part, _ARRAYS) and np.ndim(part) for part in parts)


_ARRAYS = (list, np.ndarray, Tensor)


class _Gap:
    """Stands in an index where a traced array of positions goes."""

    def __repr__(self) -> str:
        return "positions"


GAP = _Gap()


def taken_apart(index: Any) -> tuple[Any, list[Tensor]]:
    """Split an index into its constant form and the traced positions in it."""
    if isinstance(index, tuple):
        parts: list[Tensor] = []
        entries = []
        for entry in index:
            constant, found = taken_apart(entry)
            entries.append(constant)
            parts += found
        return tuple(entries), parts
    if isinstance(index, Tensor):
        return GAP, [index]
    if isinstance(index, (np.ndarray, list)):
        lifted = recordable(index)
        if isinstance(lifted, Tensor):
            return GAP, [lifted]
        empty_list = isinstance(index, list) and not np.size(lifted)
        return (lifted.astype(np.intp) if empty_list else lifted), []
    return index, []


def filled(index: Any, parts: tuple[Any, ...]) -> Any:
    """Put positions into their places in an index that was taken apart."""
    if not parts:
        return index
    if index is GAP:
        return parts[0]
    rest = iter(parts)
    return tuple(next(rest) if entry is GAP else entry for entry in index)


def has_traced(index: Any) -> bool:
    """Whether there are traced positions in an index."""
    entries = index if isinstance(index, tuple) else (index,)
    return any(isinstance(entry, Tensor) for entry in entries)


def gaps(index: Any) -> int:
    """How many traced positions an index was made from."""
    entries = index if isinstance(index, tuple) else (index,)
    return sum(entry is GAP for entry in entries)
