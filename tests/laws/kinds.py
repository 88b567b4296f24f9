"""Arguments of every kind: the arrays of a drawn call in other dtypes, layouts and sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
Random = np.random.Generator

BOOL = (np.bool_,)
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
FLOATS = (np.float16, np.float32, np.float64, np.longdouble)
COMPLEX = (np.complex64, np.complex128)
DTYPES: tuple[Any, ...] = (*BOOL, *INTEGERS, *FLOATS, *COMPLEX)
SWAPPED = (">i4", ">f4", ">f8", ">c8")
"""Dtypes in the other byte order, which a result has where NumPy's has it."""


def converted(array: Array, dtype: Any) -> Array:
    """Return the values in another dtype: whole ones for integers, unsigned where it has no sign.

    A bool is whether a value is positive.
    """
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return np.asarray(array > 0)[()]
    if dtype.kind in "iu":
        whole = np.clip(np.nan_to_num(np.round(2 * np.real(array))), -100, 100)
        return np.asarray((np.abs(whole) if dtype.kind == "u" else whole).astype(dtype))[()]
    if dtype.kind == "c":
        array = array + 0.25j * np.real(array)
    return np.asarray(np.asarray(array).astype(dtype))[()]


def strided(array: Array) -> Array:
    """Lay the values out with gaps between them."""
    whole = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    whole[..., ::2] = array
    return whole[..., ::2]


LAYOUTS: tuple[Callable[[Array], Array], ...] = (
    lambda a: a,
    lambda a: np.asarray(a, order="F"),
    strided,
    lambda a: a[..., ::-1].copy()[..., ::-1],
    lambda a: np.swapaxes(np.swapaxes(a, 0, -1).copy(), 0, -1),
    lambda a: np.broadcast_to(a[:1], a.shape),
)
"""Ways to lay the same values out in memory; the last repeats the first row, without a copy."""


def laid_out(array: Array, random: Random) -> Array:
    """Lay an array out in one of the ways; a 0-d one is a scalar or a 0-d array."""
    if np.ndim(array) == 0:
        return np.asarray(array) if random.random() < 0.3 else array
    return LAYOUTS[random.integers(len(LAYOUTS))](array)


SIZES: tuple[Callable[[Array], Array], ...] = (
    lambda a: a[..., :0],
    lambda a: a[:0],
    lambda a: a[..., :1],
    lambda a: a[:1],
    lambda a: a.reshape(-1),
    lambda a: a[..., None],
    lambda a: a[None],
    lambda a: a.reshape(-1)[0] if a.size else a,
)
"""Ways to make an array empty, of size 1, 0-d, or of another number of axes."""


def resized(arrays: list[Array], random: Random) -> list[Array]:
    """Change the sizes of all arrays in one way; NumPy may then raise an error."""
    if random.random() < 0.6:
        return arrays
    change = SIZES[random.integers(len(SIZES))]
    return [change(a) if np.ndim(a) else a for a in arrays]


SPECIAL = (np.inf, -np.inf, np.nan, 0.0, -0.0, 1e9, 1e-9, 300.0)
"""Values at which formulas fail that are right elsewhere."""


def with_special(arrays: list[Array], random: Random) -> list[Array]:
    """Set an entry of one array, or its first row, to a special value in some draws."""
    chosen = int(random.integers(4 * len(arrays)))
    if chosen >= len(arrays) or not np.size(arrays[chosen]):
        return arrays
    edited = np.array(arrays[chosen])
    place = tuple(random.integers(0, n) for n in edited.shape)
    edited[place if random.random() < 0.7 else 0 if edited.ndim else ()] = random.choice(SPECIAL)
    return [*arrays[:chosen], edited[()], *arrays[chosen + 1 :]]


def of_every_kind(arrays: list[Array], random: Random, *, special: bool = True) -> list[Array]:
    """Draw sizes, dtypes and layouts for arrays of floats; all of one dtype half of the time."""
    arrays = resized(arrays, random)
    if special:
        arrays = with_special(arrays, random)
    kinds = (*DTYPES, *SWAPPED)
    one = kinds[random.integers(len(kinds))]
    same = random.random() < 0.5
    dtypes = [one if same else kinds[random.integers(len(kinds))] for _ in arrays]
    with np.errstate(all="ignore"):
        return [
            laid_out(converted(array, dtype), random)
            for array, dtype in zip(arrays, dtypes, strict=True)
        ]
