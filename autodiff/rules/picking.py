"""Entries picked by masks, ranks and choices, put together in blocks, and put in place.

Most of these only rearrange entries: NumPy's own function, run on the entries' positions, tells
where each comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.errors import describe, function_place, user_line
from autodiff.graph import NeedsNumbersError, RecordingError
from autodiff.lift import recordable
from autodiff.primitive import composite
from autodiff.registry import registry
from autodiff.rules.index import along
from autodiff.tensor import Tensor, plain


class Places:
    """The entries of several arrays in one row, and positions in it to rearrange."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.size = 0

    def of(self, a: Any) -> Any:
        """Give the positions of an array's entries, in its shape; it joins the row."""
        self.rows.append(np.reshape(a, -1))
        positions = np.arange(np.size(a)).reshape(np.shape(a)) + self.size
        self.size += positions.size
        return positions

    def read(self, positions: Any) -> Any:
        """Give the entries at rearranged positions."""
        return np.concatenate(self.rows)[positions]


@composite(np.partition)
def partition(
    a: Any, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: None = None
) -> Any:
    """Put the k-th entry in its place of the order, the lesser before it, the greater behind."""
    if axis is None:
        a, axis = np.reshape(a, -1), -1
    order_of = np.argpartition(a, kth, axis=axis, kind=kind, order=order)
    return np.take_along_axis(a, order_of, axis)


@composite(np.compress)
def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """The entries along an axis where a condition holds."""
    kept = np.flatnonzero(plain(condition))
    return np.take(a, kept, axis=axis)


@composite(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """The entries where a condition holds."""
    return np.reshape(arr, -1)[np.flatnonzero(plain(condition))]


@composite(np.choose)
def choose(a: Any, choices: Any, out: None = None, mode: Any = "raise") -> Any:
    """For each entry of a, a number, the entry of the choice of that number."""
    _no_out(out)
    places = Places()
    return places.read(np.choose(plain(a), [places.of(choice) for choice in choices], mode=mode))


@composite(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Put values before positions along an axis."""
    values = values if isinstance(values, Tensor) else np.asarray(values)
    places = Places()
    positions = places.of(arr)
    inserted = np.insert(positions, plain(obj), places.of(values.astype(arr.dtype)), axis)
    return places.read(inserted)


@composite(np.block)
def block(arrays: Any) -> Any:
    """Put arrays together from nested lists of blocks."""
    places = Places()

    def positions(part: Any) -> Any:
        return [positions(p) for p in part] if isinstance(part, list) else places.of(part)

    return places.read(np.block(positions(arrays)))


@composite(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """A matrix with the entries on a diagonal."""
    return np.diag(np.reshape(v, -1), k)


@composite(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Split along the third axis."""
    if ary.ndim < 3:
        raise ValueError(f"dsplit needs three axes at least, got shape {ary.shape}")
    return np.split(ary, indices_or_sections, 2)


@composite(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """Leave zeros at the ends away; a view."""
    if np.ndim(filt) != 1 or axis not in (None, 0, -1):
        raise NotImplementedError(f"trim_zeros of a traced value needs a vector ({user_line()})")
    kept = np.flatnonzero(plain(filt))
    if not len(kept):
        return filt[:0]
    start = kept[0] if "f" in trim.lower() else 0
    return filt[start : kept[-1] + 1 if "b" in trim.lower() else len(filt)]


@composite(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Where a condition holds, the function of its number.

    While ``jit`` records, traced values that the functions use must be passed to them, as ``args``.
    """
    is_listed = isinstance(condlist, (list, tuple))
    try:
        known = [plain(condition) for condition in condlist] if is_listed else plain(condlist)
    except NeedsNumbersError as error:
        pieces = [_of_arguments(f) if callable(f) else f for f in funclist]
        return error.boxed(np.piecewise, (x, condlist, pieces, *args), kw)
    conditions: Any = np.asarray(known, bool)
    if conditions.ndim == np.ndim(x):
        conditions = conditions[None]
    if len(funclist) == len(conditions) + 1:
        conditions = np.concatenate([conditions, ~conditions.any(axis=0)[None]])
    if len(funclist) != len(conditions):
        raise ValueError(
            f"piecewise needs one function per condition, and perhaps one for the rest; got "
            f"{len(funclist)} functions and {len(conditions)} conditions"
        )
    z: Any = np.zeros(np.shape(x), x.dtype)
    for condition, function in zip(conditions, funclist, strict=True):
        part = function(x[condition], *args, **kw) if callable(function) else function
        z = registry["write"](z, part, condition)
    return z


def _of_arguments(function: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a traced result of plain arguments: it comes from a value that wasn't passed."""
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


@composite(np.apply_along_axis)
def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kw: Any) -> Any:
    """Apply a function to every row along an axis."""
    rows = np.moveaxis(arr, axis, -1)
    parts = [func1d(rows[i], *args, **kw) for i in np.ndindex(rows.shape[:-1])]
    inner = np.shape(parts[0])
    whole = np.reshape(np.stack(parts), (*rows.shape[:-1], *inner))
    ends = tuple(range(-len(inner), 0))
    start = axis % arr.ndim
    return np.moveaxis(whole, ends, tuple(range(start, start + len(inner))))


@composite(np.apply_over_axes)
def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """Apply a function of an array and an axis again and again, keeping the number of axes."""
    ndim = np.ndim(a)
    for axis in np.atleast_1d(axes).tolist():
        axis = axis % ndim
        result = func(a, axis)
        a = result if result.ndim == ndim else np.expand_dims(result, axis)
    return a


def _unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """The parts along an axis, which are views."""
    return tuple(np.moveaxis(x, axis, 0))


if hasattr(np, "unstack"):  # NumPy 2.1
    registry[np.unstack] = _unstack


def _no_out(out: Any) -> None:
    if out is not None:
        raise NotImplementedError(f"give out= by name, not by position ({user_line()})")


# In place. What is edited must be a Tensor: a plain array would lose the slope.


def _edited(target: Any, name: str) -> Tensor:
    if isinstance(target, Tensor):
        return target
    raise TypeError(
        f"{name} with a traced value edits a Tensor, got {describe(target)} at {user_line()}: a "
        f"plain array would lose the slope. Start from ad.tensor(array)."
    )


@composite(np.copyto)
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Set the entries of a Tensor to those of an array, where a mask holds."""
    dst = _edited(dst, "copyto")
    if casting != "same_kind":
        raise NotImplementedError(f"copyto of traced values casts same_kind, got {casting!r}")
    shape = dst.shape
    if np.broadcast_shapes(np.shape(src), np.shape(where), shape) != shape:
        raise ValueError(f"copyto can't broadcast {np.shape(src)} into the shape {shape}")
    dst._take(np.where(where, src, dst))


@composite(np.putmask)
def putmask(a: Any, mask: Any, values: Any) -> None:
    """Set entries of a Tensor where a mask holds, from the same place of the repeated values."""
    a = _edited(a, "putmask")
    mask = _mask_of(a, mask, "putmask")
    if np.size(values):
        a._take(np.where(mask, _repeated(a, values, np.arange(a.size).reshape(a.shape)), a))


@composite(np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    """Set entries of a Tensor where a mask holds, from the values one by one, repeated."""
    arr = _edited(arr, "place")
    mask = _mask_of(arr, mask, "place")
    if not np.size(vals):
        if np.any(plain(mask)):
            raise ValueError(f"place needs at least one value to put, got none at {user_line()}")
        return
    numbers = np.reshape(np.cumsum(mask), arr.shape) - 1
    arr._take(np.where(mask, _repeated(arr, vals, numbers), arr))


def _mask_of(a: Tensor, mask: Any, name: str) -> Any:
    """A mask in the shape of what is edited; NumPy asks for no more than its size."""
    mask = recordable(mask)
    if np.size(mask) != a.size:
        raise ValueError(
            f"{name} needs a mask of the size of what it edits, {a.shape}, got the shape "
            f"{np.shape(mask)} at {user_line()}. Broadcast it: np.broadcast_to(mask, a.shape)."
        )
    return np.reshape(mask, a.shape) != 0


def _repeated(a: Tensor, values: Any, numbers: Any) -> Any:
    """The values of these numbers, counted round and round, in the dtype of what is edited."""
    values = recordable(values)
    values = np.reshape(values if isinstance(values, Tensor) else np.asarray(values), -1)
    values = values.astype(a.dtype)
    return values[0] if len(values) == 1 else registry["read"](values, numbers % len(values))


@composite(np.put)
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """Set entries of a Tensor by their numbers, from the repeated values."""
    a = _edited(a, "put")
    places = np.reshape(recordable(ind), -1)
    if not (places.size and np.size(v)):
        return
    if places.dtype == bool:  # these are numbers here, not a mask
        places = places.astype(np.intp)
    if mode != "raise":
        places = places % a.size if mode == "wrap" else np.clip(places, 0, a.size - 1)
    _put_flat(a, places, _repeated(a, v, np.arange(len(places))))


def _put_flat(a: Tensor, places: Any, values: Any) -> None:
    a._take(np.reshape(registry["write"](np.reshape(a, -1), values, places), a.shape))


@composite(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> None:
    """Set entries of a Tensor along an axis by positions of the same ndim."""
    arr = _edited(arr, "put_along_axis")
    if axis is None:
        _put_flat(arr, recordable(indices), values)
    else:
        arr._take(registry["write"](arr, values, along(np.shape(arr), indices, axis)))


@composite(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Set the diagonal of a Tensor, from the repeated values."""
    a = _edited(a, "fill_diagonal")
    marked = np.zeros(a.shape, bool)
    np.fill_diagonal(marked, val=True, wrap=wrap)
    places = np.flatnonzero(marked)
    _put_flat(a, places, _repeated(a, val, np.arange(len(places))))


# Sets: sorted values, each once.


@composite(np.unique)
def unique(
    ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
    axis: int | None = None, **options: Any,
) -> Any:  # fmt: skip
    """The values that occur, each with the slope of the place where it is first."""
    value = plain(ar)
    options |= {"return_inverse": return_inverse, "return_counts": return_counts, "axis": axis}
    found: Any = np.unique(value, return_index=True, **options)
    places = found[1]
    values = np.reshape(ar, -1)[places] if axis is None else np.take(ar, places, axis=axis)
    rest = found[1:] if return_index else found[2:]
    return (values, *rest) if rest else values


def _named(function: Callable[..., Any]) -> Callable[..., Any]:
    def front(x: Any, /, **options: Any) -> Any:
        found = function(plain(x), **options)
        values = np.reshape(x, -1)[_first_places(plain(x), **options)]
        return found._replace(values=values) if hasattr(found, "_fields") else values

    return front


def _first_places(value: Any, **options: Any) -> Any:
    return np.unique(value, return_index=True, equal_nan=False, **options)[1]


for _function in (np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values):
    registry[_function] = _named(_function)


@composite(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    """The values of both."""
    return np.unique(np.concatenate([np.reshape(ar1, -1), np.reshape(ar2, -1)]))


@composite(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The values of the first that the second hasn't."""
    ar1 = np.reshape(ar1, -1) if assume_unique else unique(ar1)
    return ar1[~np.isin(plain(ar1), plain(ar2))]


@composite(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The values of either one that the other hasn't."""
    both = [setdiff1d(ar1, ar2, assume_unique), setdiff1d(ar2, ar1, assume_unique)]
    return np.sort(np.concatenate(both))


@composite(np.intersect1d)
def intersect1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False
) -> Any:
    """The values of both, with the slope of the first."""
    found, first, second = np.intersect1d(
        plain(ar1), plain(ar2), assume_unique, return_indices=True
    )
    values = np.reshape(ar1, -1)[first].astype(found.dtype)
    return (values, first, second) if return_indices else values


@composite(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """Sort by the real part, then by the imaginary one; the result is complex."""
    ordered = np.sort(a, 0) if np.ndim(a) == 1 else np.sort(a, -1)
    return ordered if a.dtype.kind == "c" else ordered.astype(np.sort_complex(plain(a)).dtype)
