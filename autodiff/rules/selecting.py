"""Selection of entries by masks, ranks and choices; blocks and sets.

Most of these only rearrange entries: NumPy's own function, run on the entries' positions, returns
the source of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core import indexing
from autodiff.core.errors import function_place, user_line
from autodiff.core.graph import NeedsNumbersError, RecordingError
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, peek, plain
from autodiff.core.typing import Array, Axis, Function
from autodiff.core.view import laid_out_like
from autodiff.rules.composite import composite
from autodiff.rules.index import numbered
from autodiff.rules.operands import as_array, refuse_out


class Places:
    """The concatenated entries of several arrays, and positions in them to rearrange."""

    def __init__(self) -> None:
        self.rows: list[Array] = []
        self.size = 0

    def of(self, a: Array) -> Array:
        """Append an array, and return the positions of its entries, in its shape."""
        self.rows.append(np.reshape(a, -1))
        positions = numbered(a) + self.size
        self.size += positions.size
        return positions

    def read(self, positions: Array) -> Array:
        """Return the entries at rearranged positions."""
        return np.concatenate(self.rows)[positions]


@composite(np.partition)
def partition(
    a: Array,
    kth: int | Sequence[int],
    axis: int | None = -1,
    kind: Any = "introselect",
    order: None = None,
) -> Array:
    """Move the k-th smallest entry to position k, smaller ones before it, larger ones after it."""
    if axis is None:
        a, axis = np.reshape(a, -1), -1
    order_of = np.argpartition(a, kth, axis=axis, kind=kind, order=order)
    return laid_out_like(np.take_along_axis(a, order_of, axis), peek(a))


@composite(np.compress)
def compress(condition: Array, a: Array, axis: int | None = None) -> Array:
    """Return the entries along an axis where a condition holds."""
    if np.ndim(condition) != 1:
        raise ValueError(
            f"compress needs a condition with one axis, got the shape {np.shape(condition)} at "
            f"{user_line()}. Flatten it: condition.ravel()."
        )
    kept = np.flatnonzero(plain(condition))
    return np.take(a, kept, axis=axis)


@composite(np.extract)
def extract(condition: Array, arr: Array) -> Array:
    """Return the entries where a condition holds."""
    return np.reshape(arr, -1)[np.flatnonzero(plain(condition))]


@composite(np.choose)
def choose(
    a: Array, choices: Array | Sequence[Array], out: None = None, mode: Any = "raise"
) -> Array:
    """Return for each entry of a, a number, the entry of the choice of that number."""
    refuse_out(out)
    places = Places()
    chosen = np.choose(plain(a), [places.of(choice) for choice in choices], mode=mode)
    z = places.read(chosen)
    dtype = np.choose(0, [peek(choice) for choice in choices], mode="clip").dtype
    return z if z.dtype == dtype else z.astype(dtype)


@composite(np.insert)
def insert(arr: Array, obj: Any, values: Array, axis: int | None = None) -> Array:
    """Insert values before positions along an axis."""
    arr, lifted = as_array(arr), as_array(values)
    values = lifted.astype(arr.dtype) if isinstance(lifted, Tensor) else np.array(values, arr.dtype)
    places = Places()
    positions = places.of(arr)
    inserted = np.insert(positions, plain(obj), places.of(values), axis)
    return places.read(inserted)


@composite(np.block)
def block(arrays: Any) -> Array:
    """Assemble an array from nested lists of blocks."""
    places = Places()

    def positions(part: Any) -> Any:
        return [positions(p) for p in part] if isinstance(part, list) else places.of(part)

    return places.read(np.block(positions(arrays)))


@composite(np.diagflat, exact=True)
def diagflat(v: Array, k: int = 0) -> Array:
    """Return a matrix with the entries on a diagonal."""
    return np.diag(np.reshape(v, -1), k)


@composite(np.dsplit, exact=True)
def dsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Split along the third axis."""
    if ary.ndim < 3:
        raise ValueError(
            f"dsplit needs at least three axes, got shape {ary.shape}. Use np.split(x, n, "
            f"axis=...)."
        )
    return np.split(ary, indices_or_sections, 2)


@composite(np.trim_zeros, exact=True)
def trim_zeros(filt: Array, trim: str = "fb", axis: Axis = None) -> Array:
    """Remove zeros at the ends; a view."""
    if np.ndim(filt) != 1 or axis not in (None, 0, -1):
        raise NotImplementedError(
            f"trim_zeros of a traced value needs a vector ({user_line()}). Cut other arrays by "
            f"index."
        )
    kept = np.flatnonzero(plain(filt))
    if not len(kept):
        return filt[:0]
    start = kept[0] if "f" in trim.lower() else 0
    return filt[start : kept[-1] + 1 if "b" in trim.lower() else len(filt)]


@composite(np.piecewise, exact=True)
def piecewise(
    x: Array, condlist: Array | Sequence[Array], funclist: Any, *args: Any, **kw: Any
) -> Array:
    """Return the values of the function whose condition holds.

    While ``jit`` records, traced values that the functions use must be passed to them, as ``args``.
    """
    is_listed = isinstance(condlist, (list, tuple))
    try:
        known = [plain(condition) for condition in condlist] if is_listed else plain(condlist)
    except NeedsNumbersError as error:
        pieces = [_of_arguments(f) if callable(f) else f for f in funclist]
        return error.boxed(np.piecewise, (x, condlist, pieces, *args), kw)
    is_one = np.ndim(x) and not isinstance(known[0], (list, np.ndarray))
    conditions: Array = np.asarray([known] if np.isscalar(known) or is_one else known, bool)
    if len(funclist) == len(conditions) + 1:
        conditions = np.concatenate([conditions, ~conditions.any(axis=0)[None]])
    if len(funclist) != len(conditions):
        raise ValueError(
            f"piecewise needs one function per condition, and perhaps one for the rest; got "
            f"{len(funclist)} functions and {len(conditions)} conditions. Pass as many, or one "
            f"more."
        )
    z: Array = np.zeros_like(x)
    for condition, function in zip(conditions, funclist, strict=True):
        if np.any(condition):  # otherwise the function isn't called, as in NumPy
            part = function(x[condition], *args, **kw) if callable(function) else function
            z = indexing.write(z, part, condition)
    return z


def _of_arguments(function: Function) -> Function:
    """Refuse a traced result of plain arguments: it uses a traced value that isn't an argument."""
    place = user_line()

    def checked(*args: Any, **kw: Any) -> Any:
        z = function(*args, **kw)
        if isinstance(z, Tensor) and not any(isinstance(a, Tensor) for a in (*args, *kw.values())):
            raise RecordingError(
                f"piecewise at {place} needs the traced values that its functions use as "
                f"arguments, got {function_place(function)} that uses one from outside. Pass it: "
                f"np.piecewise(x, conditions, [lambda t, a: a * t, ...], a)."
            )
        return z

    return checked


@composite(np.apply_along_axis, exact=True)
def apply_along_axis(func1d: Function, axis: int, arr: Array, *args: Any, **kw: Any) -> Array:
    """Apply a function to every row along an axis."""
    rows = np.moveaxis(arr, axis, -1)
    parts = [func1d(rows[i], *args, **kw) for i in np.ndindex(rows.shape[:-1])]
    inner = np.shape(parts[0])
    whole = np.reshape(np.stack(parts), (*rows.shape[:-1], *inner))
    ends = tuple(range(-len(inner), 0))
    start = axis % arr.ndim
    return np.moveaxis(whole, ends, tuple(range(start, start + len(inner))))


@composite(np.apply_over_axes, exact=True)
def apply_over_axes(func: Function, a: Array, axes: Any) -> Array:
    """Apply a function of an array and an axis once per axis, keeping the number of axes."""
    ndim = np.ndim(a)
    for axis in np.atleast_1d(axes).tolist():
        axis = axis + ndim if axis < 0 else axis
        result = func(a, axis)
        a = result if result.ndim == ndim else np.expand_dims(result, axis)
    return a


def _unstack(x: Array, /, *, axis: int = 0) -> tuple[Array, ...]:
    """Return the parts along an axis, which are views."""
    return tuple(np.moveaxis(x, axis, 0))


if hasattr(np, "unstack"):  # NumPy 2.1
    registry[np.unstack] = _unstack


# Sets: sorted values, each once.


@composite(np.unique)
def unique(
    ar: Array, return_index: bool = False, return_inverse: bool = False,
    return_counts: bool = False, axis: int | None = None, **options: Any,
) -> Any:  # fmt: skip
    """Return the distinct values, each with the slope of its first position."""
    value = plain(ar)
    options |= {"return_inverse": return_inverse, "return_counts": return_counts, "axis": axis}
    found: Any = np.unique(value, return_index=True, **options)
    places = found[1]
    values = np.reshape(ar, -1)[places] if axis is None else np.take(ar, places, axis=axis)
    rest = found[1:] if return_index else found[2:]
    return (values, *rest) if rest else values


def _named(function: Function) -> Function:
    def front(x: Array, /, **options: Any) -> Any:
        found = function(plain(x), **options)
        is_several = hasattr(found, "_fields")
        places = _first_places(plain(x), found.values if is_several else found)
        values = np.reshape(x, -1)[places]
        return found._replace(values=values) if is_several else values

    return front


def _first_places(value: Array, found: Array) -> Array:
    """Return the first position of each of the values found, in their order."""
    places = np.unique(value, return_index=True, equal_nan=False)[1]
    return places[np.argsort(np.argsort(found, kind="stable"), kind="stable")]


for _function in (np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values):
    composite(_function)(_named(_function))


@composite(np.union1d)
def union1d(ar1: Array, ar2: Array) -> Array:
    """Return the values of both."""
    return np.unique(np.concatenate([ar1, ar2], axis=None))


@composite(np.setdiff1d)
def setdiff1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    """Return the values of the first that aren't in the second."""
    ar1 = np.reshape(ar1, -1) if assume_unique else unique(ar1)
    return ar1[~np.isin(plain(ar1), plain(ar2))]


@composite(np.setxor1d)
def setxor1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    """Return the values that are in only one of the two."""
    both = [setdiff1d(ar1, ar2, assume_unique), setdiff1d(ar2, ar1, assume_unique)]
    return np.sort(np.concatenate(both))


@composite(np.intersect1d)
def intersect1d(
    ar1: Array, ar2: Array, assume_unique: bool = False, return_indices: bool = False
) -> Any:
    """Return the values of both, with the slope of the first."""
    if not return_indices:
        first, second = (x if assume_unique else unique(x) for x in (ar1, ar2))
        both = np.concatenate([np.reshape(first, -1), np.reshape(second, -1)])
        order = np.argsort(plain(both), kind="stable")
        ordered = plain(both)[order]
        return both[order[:-1][ordered[1:] == ordered[:-1]]]
    found, first, second = np.intersect1d(
        plain(ar1), plain(ar2), assume_unique, return_indices=True
    )
    return np.reshape(ar1, -1)[first].astype(found.dtype), first, second


@composite(np.sort_complex)
def sort_complex(a: Array) -> Array:
    """Sort by the real part, then by the imaginary one; the result is complex."""
    ordered = np.sort(a, 0) if np.ndim(a) == 1 else np.sort(a, -1)
    return ordered if a.dtype.kind == "c" else ordered.astype(np.sort_complex(plain(a)).dtype)
