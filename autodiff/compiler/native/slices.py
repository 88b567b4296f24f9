"""Slices that loops read from the array that they are slices of: ``z[i0, i1 + 64]``."""

from __future__ import annotations

from collections.abc import Callable

from autodiff.compiler.program import ProgramValue, values_in
from autodiff.core import indexing

__all__ = ["is_slice", "unsliced"]


def is_slice(value: ProgramValue) -> bool:
    """Return whether a value is a slice without steps of another value, with as many axes."""
    if value.primitive is not indexing.getitem or len(list(values_in(value.inputs))) != 1:
        return False
    index = value.options["index"]
    entries = index if isinstance(index, tuple) else (index,)
    base: ProgramValue = value.inputs[0]
    return value.ndim == base.ndim and all(
        isinstance(entry, slice) and entry.step in (None, 1) for entry in entries
    )


def unsliced(
    value: ProgramValue, is_readable: Callable[[ProgramValue], bool]
) -> tuple[ProgramValue, list[int]]:
    """Return the value that a slice is a part of, and the position of its first entry there.

    Args:
        value: a slice, or another value, which is its own.
        is_readable: whether loops can read a value's array.
    """
    starts = [0] * value.ndim
    while is_slice(value) and is_readable(value.inputs[0]):
        base: ProgramValue = value.inputs[0]
        index = value.options["index"]
        for axis, entry in enumerate(index if isinstance(index, tuple) else (index,)):
            starts[axis] += entry.indices((base.shape or ())[axis])[0]
        value = base
    return value, starts
