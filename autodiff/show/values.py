"""Numbers and arrays as text and as LaTeX: all entries of small ones, the shape of large ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.show.words import number, shape_text, span

__all__ = ["is_short", "range_text", "value_latex", "value_text"]

_MOST = 8  # entries that are written out


def is_short(value: Any) -> bool:
    """Whether all entries are written out."""
    return np.ndim(value) <= 2 and 0 < np.size(value) <= _MOST


def value_text(value: Any) -> str:
    """Write a number, ``[1 2 3]``, ``[[1 2] [3 4]]``, or of a large array ``[32×10]``."""
    if np.ndim(value) == 0:
        return number(value)
    if is_short(value):
        return f"[{' '.join(value_text(part) for part in value)}]"
    return f"[{shape_text(value)}]"


def range_text(value: Any) -> str:
    """Tell between what the entries of a large array lie; nothing of a small one."""
    entries = np.asarray(value)
    if (
        is_short(value)
        or np.ndim(value) == 0
        or entries.dtype.kind not in "fiu"
        or not entries.size
    ):
        return ""
    return span(entries.min(), entries.max())


def value_latex(value: Any) -> str:
    """Write a number, or a matrix with its rows; a large one by its shape."""
    if np.ndim(value) == 0:
        return _latex_number(value)
    if not is_short(value):
        shape = shape_text(value).replace("×", r" \times ")
        return rf"\left[{shape}\right]"
    inside = r",\; ".join(map(value_latex, value))
    return rf"\left[{inside}\right]"


def _latex_number(value: Any) -> str:
    text = number(value).replace("−", "-").replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    digits, _, exponent = text.partition("e")
    if exponent and digits[-1].isdigit():
        return rf"{digits} \cdot 10^{{{int(exponent)}}}"
    return text
