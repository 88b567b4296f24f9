"""The loops of operations that move entries: `numpy.concatenate`, and slopes of slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["concatenate_loops", "scatter_loops"]

_MOST = 32  # values; each has loops of its own


def concatenate_loops(shapes: Mapping[str, Any], *, axis: int | None = 0) -> str | None:
    """Return loops that copy each array to its place along an axis."""
    arrays = shapes["arrays"]
    if axis is None or len(arrays) > _MOST:
        return None
    lines, start, along = [], 0, axis % len(shapes["out"])
    for number, shape in enumerate(arrays):
        places = [f"i{place}" for place in range(len(shape))]
        target = [_place(name, start * (i == along)) for i, name in enumerate(places)]
        statement = f"{{out}}[{', '.join(target)}] = {{arrays[{number}]}}[{', '.join(places)}]"
        lines += _nested(dict(zip(places, shape, strict=True)), statement)
        start += shape[along]
    return "\n".join(lines)


def scatter_loops(
    shapes: Mapping[str, Any], *, indices: Sequence[Any], shape: tuple[int, ...]
) -> str | None:
    """Return loops that add each value into zeros at its index; None unless it's of slices."""
    values = shapes["values"]
    if not shape or len(values) != len(indices) or len(values) > _MOST:
        return None
    lines = ["{out}[...] = 0"]
    for number, (index, own) in enumerate(zip(indices, values, strict=True)):
        found = _added(f"{{values[{number}]}}", own, index, shape)
        if found is None:
            return None
        lines += found
    return "\n".join(lines)


def _added(name: str, own: tuple[int, ...], index: Any, shape: tuple[int, ...]) -> list[str] | None:
    """Return loops that add one value; None if its index isn't of slices and numbers."""
    entries = index if isinstance(index, tuple) else (index,)
    if len(entries) > len(shape) or not all(type(entry) in (int, slice) for entry in entries):
        return None
    counts: dict[str, int] = {}
    target = []
    for axis, length in enumerate(shape):
        entry = entries[axis] if axis < len(entries) else slice(None)
        if isinstance(entry, int):
            target.append(str(entry % length))
        else:
            places = range(*entry.indices(length))
            counts[f"i{axis}"] = len(places)
            target.append(_place(f"i{axis}", places.start, places.step))
    if tuple(counts.values()) != own:
        return None
    read = f"{name}[{', '.join(counts)}]" if counts else name
    return _nested(counts, f"{{out}}[{', '.join(target)}] += {read}")


def _place(name: str, start: int, step: int = 1) -> str:
    text = name if step == 1 else f"{name} * {step}"
    return f"{text} + {start}" if start else text


def _nested(counts: Mapping[str, int], statement: str) -> list[str]:
    """Return a statement inside of a loop for each name."""
    heads = [f"for {name} in range({count}):" for name, count in counts.items()]
    return [f"{'    ' * depth}{line}" for depth, line in enumerate([*heads, statement])]
