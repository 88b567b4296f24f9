"""What depends on the number of rows: found by comparing recordings with two numbers of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.typing import Array

__all__ = ["NUMBERS", "Rows", "RowsOf", "merged"]

NUMBERS = (7, 10)  # of rows, in the two recordings: odd and even, and no halves in proportion


@dataclass(frozen=True)
class Rows:
    """A multiple of the number of rows, which isn't known."""

    factor: int = 1


@dataclass(frozen=True, eq=False)
class RowsOf:
    """Positions in an array whose rows lie one after the other: the same ones in each row.

    Attributes:
        positions: those in the first row.
        length: of a row.
    """

    positions: np.ndarray
    length: int


def merged(first: Any, second: Any, *, repeats: bool = True) -> Any:
    """Return a value of both recordings, with `Rows` for what follows the number of rows.

    Args:
        first: of the first recording.
        second: of the second.
        repeats: whether a constant array that has the same entries for each row gets an axis of
            length 1 there. As an option, such as positions, that would have another meaning.

    Raises:
        ValueError: the values differ in another way, or an option has an entry for each row.

    >>> merged((7, 5), (10, 5)), merged(np.zeros((7, 5)), np.zeros((10, 5))).shape
    ((Rows(factor=1), 5), (1, 5))
    """
    if isinstance(first, np.integer) and isinstance(second, np.integer) and first != second:
        first, second = int(first), int(second)
    if isinstance(first, np.ndarray | np.generic) and isinstance(second, np.ndarray | np.generic):
        return _merged_arrays(first, second, repeats)
    if type(first) is type(second):
        if isinstance(first, tuple | list) and len(first) == len(second):
            pairs = zip(first, second, strict=True)
            return type(first)(merged(*pair, repeats=repeats) for pair in pairs)
        if isinstance(first, dict) and first.keys() == second.keys():
            return {key: merged(first[key], second[key], repeats=repeats) for key in first}
        if isinstance(first, slice):
            ends = [merged(getattr(first, end), getattr(second, end)) for end in _ENDS]
            return slice(*ends)
        if isinstance(first, int) and first * NUMBERS[1] == second * NUMBERS[0] != 0:
            return Rows(first // NUMBERS[0])
        if first == second or first is second:
            return first
    raise ValueError(
        f"expected values that follow the number of rows, got {first!r} for {NUMBERS[0]} and "
        f"{second!r} for {NUMBERS[1]} rows. Write code for any number of rows."
    )


_ENDS = ("start", "stop", "step")


def _merged_arrays(first: Array, second: Array, repeats: bool) -> Any:
    if first.shape == second.shape and np.array_equal(first, second, equal_nan=True):
        return first
    if np.ndim(first) == np.ndim(second):
        one, other = first, second
        for axis, (n, m) in enumerate(zip(first.shape, second.shape, strict=True)):
            if n != m:
                one, other = _alone(one, axis), _alone(other, axis)
        if repeats and np.array_equal(one, other, equal_nan=True):
            return one
        if first.dtype.kind == "i" and len(first) == NUMBERS[0]:
            length = int(np.ravel(first[1] - first[0])[0])
            if length and all(
                np.array_equal(second[row], first[0] + row * length) for row in range(len(second))
            ):
                return RowsOf(first[0], length)
    if not repeats:
        raise ValueError(
            f"expected positions or a mask of a known length, or the same part of each row, got "
            f"one of shape {first.shape} for {NUMBERS[0]} rows and {second.shape} for "
            f"{NUMBERS[1]}. Write code for any number of rows: x[:, [0, 1]], or x * 0 + x[:1]."
        )
    raise ValueError(
        f"expected constants that are the same for each row, got arrays of shapes {first.shape} "
        f"and {second.shape} that aren't. Write code for any number of rows."
    )


def _alone(array: Array, axis: int) -> Array:
    """Return the only entry along an axis, whose entries are the same."""
    entry = array.take([0], axis)
    return entry if (array == entry).all() else array
