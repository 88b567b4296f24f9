"""Short text for numbers, shapes, ranges and indices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.typing import Array

__all__ = ["entries_text", "index_text", "number", "shape_text", "shortened", "signed", "span"]

_MOST_INDICES = 8  # that are written out


def number(value: Array) -> str:
    """Write a number with four digits (large ones with six); bools as words."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (complex, np.complexfloating)):
        if not value.imag:
            return number(value.real)
        if not value.real:
            return f"{number(value.imag)}i"
        sign = "−" if value.imag < 0 else "+"
        return f"{number(value.real)} {sign} {number(abs(value.imag))}i"
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    digits = 4 if abs(value) < 10_000 else 6
    return f"{float(value):.{digits}g}".replace("-", "−") if value else "0"


def signed(value: Array) -> str:
    """Write a slope, always with its sign, so that it can be read without its color."""
    text = number(value)
    is_positive = not np.iscomplexobj(value) and value > 0
    return f"+{text}" if is_positive else text


def shape_text(value: Array) -> str:
    """Write a shape: ``32×10``."""
    return "×".join(map(str, np.shape(value)))


def span(low: Array, high: Array, write: Callable[[Array], str] = number) -> str:
    """Write a range of numbers: ``−1 … 3``, ``all 2``."""
    return f"all {write(low)}" if low == high else f"{write(low)} … {write(high)}"


def index_text(index: Any) -> str:
    """Write the content of the brackets of an index: ``0``, ``:2``, ``…, None``."""
    parts = index if isinstance(index, tuple) else (index,)
    return ", ".join(_index_part(part) for part in parts)


def _index_part(part: Any) -> str:
    if isinstance(part, slice):
        ends = ("" if end is None else str(end) for end in (part.start, part.stop))
        return ":".join(ends) + ("" if part.step is None else f":{part.step}")
    if part is Ellipsis:
        return "…"
    if isinstance(part, (np.ndarray, list)):
        entries = np.asarray(part)
        if entries.dtype == bool:
            return "mask"
        few = entries.ndim == 1 and 0 < entries.size <= _MOST_INDICES
        return f"[{' '.join(map(str, entries))}]" if few else "indices"
    return "·" if part is None else str(part)  # a new axis


def entries_text(index: Any) -> str:
    """Name the entries that an index takes: ``entry 0``, ``entries 1, 2``, ``entries 1:``."""
    parts = index if isinstance(index, tuple) else (index,)
    words = index_text(index)
    if len(parts) == 1 and not isinstance(parts[0], slice) and np.ndim(parts[0]):
        words = words.strip("[]").replace(" ", ", ")
    return (
        f"entry {words}"
        if all(np.ndim(x) == 0 and isinstance(x, (int, np.integer)) for x in parts)
        else f"entries {words}"
    )


def shortened(written: str, longest: int) -> str:
    """Truncate a text that is too long for a box."""
    return written if len(written) <= longest else written[: longest - 1] + "…"
