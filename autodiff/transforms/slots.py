"""Slots: arguments without their traced values, which are filled in again at each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.lift import as_operand
from autodiff.core.tensor import Tensor

__all__ = ["emptied", "filled"]


class Placeholder(int):
    """Marks the place of a traced value."""


_Slots = dict[int, tuple[Placeholder, Tensor]]  # of each traced value, by its identity


def emptied(arguments: Any) -> tuple[Any, list[Tensor]]:
    """Return arguments with slots in place of traced values, and these values.

    Args:
        arguments: Tensors in it, also in lists, tuples, dicts and arrays of objects, are the traced
            ones; all else stays as it is. One that is there twice has one slot.
    """
    slots: _Slots = {}
    template = _emptied(arguments, slots)
    return template, [traced for _, traced in slots.values()]


def _emptied(part: Any, slots: _Slots) -> Any:
    if isinstance(part, np.ndarray) and part.dtype == object:
        part = as_operand(part)
    if isinstance(part, Tensor):
        slot, _ = slots.setdefault(id(part), (Placeholder(len(slots)), part))
        return slot
    if isinstance(part, (list, tuple)):
        return _alike(part, [_emptied(inner, slots) for inner in part])
    if isinstance(part, Mapping):
        return {name: _emptied(value, slots) for name, value in part.items()}
    return part


def filled(arguments: Any, values: Sequence[Any]) -> Any:
    """Return arguments with values in their slots."""
    if isinstance(arguments, Placeholder):
        return values[arguments]
    if isinstance(arguments, (list, tuple)):
        return _alike(arguments, [filled(part, values) for part in arguments])
    if isinstance(arguments, dict):
        return {name: filled(part, values) for name, part in arguments.items()}
    return arguments


def _alike(kind: Any, parts: list[Any]) -> Any:
    return type(kind)(*parts) if hasattr(kind, "_fields") else type(kind)(parts)
