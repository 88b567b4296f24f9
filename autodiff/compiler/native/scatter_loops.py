"""The loops of `autodiff.core.cotangents.scatter`, for slices and numbers as indices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["scatter_loops"]

_MOST = 32  # values; each has loops of its own


def scatter_loops(
    shapes: Mapping[str, Any], *, indices: Sequence[Any], shape: tuple[int, ...]
) -> str | None:
    """Return loops that add each value into zeros at its index; None for other indices."""
    values = shapes["values"]
    if not shape or len(values) != len(indices) or len(values) > _MOST:
        return None
    lines = ["{out}[...] = 0"]
    for number, (index, own) in enumerate(zip(indices, values, strict=True)):
        found = _loops(f"{{values[{number}]}}", own, index, shape)
        if found is None:
            return None
        lines += found
    return "\n".join(lines)


def _loops(name: str, own: tuple[int, ...], index: Any, shape: tuple[int, ...]) -> list[str] | None:
    """Return the loops over one value; None if its index isn't of slices and numbers."""
    entries = index if isinstance(index, tuple) else (index,)
    if len(entries) > len(shape) or not all(type(entry) in (int, slice) for entry in entries):
        return None
    heads, target, counts = [], [], []
    for axis, length in enumerate(shape):
        entry = entries[axis] if axis < len(entries) else slice(None)
        if isinstance(entry, int):
            target.append(str(entry % length))
            continue
        places = range(*entry.indices(length))
        heads.append(f"for i{axis} in range({len(places)}):")
        target.append(_place(f"i{axis}", places.start, places.step))
        counts.append(len(places))
    if tuple(counts) != own:
        return None
    read = f"{name}[{', '.join(head.split()[1] for head in heads)}]" if heads else name
    lines = [f"{{out}}[{', '.join(target)}] += {read}"]
    for head in reversed(heads):
        lines = [head, *(f"    {line}" for line in lines)]
    return lines


def _place(name: str, start: int, step: int) -> str:
    text = name if step == 1 else f"{name} * {step}"
    return f"{text} + {start}" if start else text
