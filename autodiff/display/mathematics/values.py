"""Numbers and arrays as text and as LaTeX: all entries of small ones, the shape of large ones.

A number of more than six digits is rounded to four, or to as many as distinguish it from a rounder
number: 1 − 1e−7 isn't written as 1. Entries of arrays have the same digits as single numbers, so
that both sides of an equation show the same.
"""

from __future__ import annotations

import numpy as np

from autodiff.core.typing import Array
from autodiff.display.mathematics.words import number, shape_text, span

__all__ = ["is_rounded", "is_short", "range_text", "value_latex", "value_text"]

_MOST = 8  # entries that are written out
_EXACT, _EXACT_WHOLE = 6, 10  # digits
_MOST_DIGITS, _MOST_SINGLE = 15, 6  # more are rounding noise, of float64 and of float32
_UNSEEN = 1e-6  # of a number: less than the last digit that is written


def is_short(value: Array) -> bool:
    """Return whether all entries of a value are written out."""
    return np.ndim(value) <= 2 and 0 < np.size(value) <= _MOST


def is_rounded(value: Array) -> bool:
    """Return whether a value is written out with fewer digits than it has."""
    return (np.ndim(value) == 0 or is_short(value)) and any(
        np.isfinite(x) and abs(float(_number(x).replace("−", "-")) - x) > _UNSEEN * abs(x)
        for x in np.ravel(value)
        if np.asarray(x).dtype.kind == "f"
    )


def value_text(value: Array) -> str:
    """Write ``1.5``, ``[1 2 3]``, ``[[1 2] [3 4]]``; large arrays as ``[9 entries]``, ``[3×4]``."""
    if np.ndim(value) == 0:
        return _number(value)
    if is_short(value):
        return _entries_text(value)
    if np.ndim(value) == 1:
        return f"[{len(value)} entries]" if len(value) else "[]"
    return f"[{shape_text(value)}]"


def range_text(value: Array) -> str:
    """Write the range of the entries of a large array; return "" for a small one."""
    entries = np.asarray(value)
    if (
        is_short(value)
        or np.ndim(value) == 0
        or entries.dtype.kind not in "fiu"
        or not entries.size
    ):
        return ""
    return span(entries.min(), entries.max())


def value_latex(value: Array) -> str:
    """Write a number, or a matrix with its rows, as LaTeX; a large array as its shape."""
    if np.ndim(value) == 0:
        return _latex_of(_number(value))
    if is_short(value):
        return _entries_latex(value)
    if np.ndim(value) == 1:
        return rf"\left[{len(value)}~\text{{entries}}\right]" if len(value) else r"\left[\,\right]"
    shape = shape_text(value).replace("×", r" \times ")
    return rf"\left[{shape}\right]"


def _entries_text(value: Array) -> str:
    if np.ndim(value) == 0:
        return _number(value)
    return f"[{' '.join(map(_entries_text, value))}]"


def _entries_latex(value: Array) -> str:
    rows = np.atleast_2d(value)
    inside = r" \\ ".join(" & ".join(_latex_of(_number(x)) for x in row) for row in rows)
    return rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}"


def _number(value: Array) -> str:
    """Write a single number with enough digits to distinguish it from a rounder one."""
    if isinstance(value, (bool, np.bool_)) or np.iscomplexobj(value) or not np.isfinite(value):
        return number(value)
    x = float(value)
    with np.errstate(over="ignore"):
        single = np.float32(x)
    if float(single) == x and not x.is_integer():
        x = _shortest_decimal(single)
    return f"{x:.{_digits(x)}g}".replace("-", "−") if x else "0"


def _shortest_decimal(single: np.float32) -> float:
    """Return the decimal that was rounded to a float32: 0.1, and 4.87 for 4.8700002."""
    round_one = float(f"{single:.{_MOST_SINGLE - 1}g}")
    is_near = abs(float(single) - round_one) <= 2 * abs(float(np.spacing(single)))
    return round_one if is_near else float(str(single))


def _digits(x: float) -> int:
    """Count the digits to write: all if they are few, else enough to differ from a rounder one."""
    least = 4 if abs(x) < 10_000 else 6
    rounded = {n: float(f"{x:.{n}g}") for n in range(least - 1, _MOST_DIGITS + 1)}
    enough = next(n for n in range(least, _MOST_DIGITS + 1) if rounded[n] == rounded[_MOST_DIGITS])
    if enough <= (_EXACT_WHOLE if x.is_integer() else _EXACT):
        return enough
    if rounded[least] != rounded[least - 1]:
        return least
    return next(n for n in range(least, enough + 1) if rounded[n] != rounded[least])


def _latex_of(text: str) -> str:
    text = text.replace("−", "-").replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    digits, _, exponent = text.partition("e")
    if exponent and digits[-1].isdigit():
        return rf"{digits} \cdot 10^{{{int(exponent)}}}"
    return text
