"""Functions that edit a Tensor in place; a plain array would lose the slope."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from autodiff.core import indexing
from autodiff.core.errors import describe, user_line
from autodiff.core.flat import refuse_own_entries
from autodiff.core.graph import NeedsNumbersError
from autodiff.core.lift import as_operand, is_traced
from autodiff.core.masks import check_mask
from autodiff.core.tensor import Tensor, plain
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.rules.index import (
    along,
    check_signed,
    need_integers,
    positions_of,
    same_ndim,
    within,
)
from autodiff.rules.operands import in_dtype


def _edited(target: Array, name: str, advice: str = "") -> Tensor:
    if isinstance(target, Tensor):
        return target
    raise TypeError(
        f"{name} with a traced value edits a Tensor, got {describe(target)} at {user_line()}: a "
        f"plain array would lose the slope. Start from ad.tensor(array).{advice}"
    )


_OF_FULL = " In place of np.full(shape, t, dtype), write np.broadcast_to(t, shape).astype(dtype)."


def _edits_plainly(edit: Function, target: Array, places: Array, *values: Any) -> bool:
    """Edit a plain array at positions or a mask, which have no slope; return False for others."""
    if not is_traced((target, values)):
        with suppress(NeedsNumbersError):
            edit(target, plain(places), *values)
            return True
    return False


def _shows_the_same(a: Tensor, b: Array) -> bool:
    """Return whether two are one, or views of the same entries, such as x[1:] and x[1:].T."""
    if not isinstance(b, Tensor) or not a._overlaps(b):
        return a is b
    x, y = a.node.value, b.node.value
    starts_alike = x.__array_interface__["data"][0] == y.__array_interface__["data"][0]
    return starts_alike and (x.dtype, x.shape, x.strides) == (y.dtype, y.shape, y.strides)


def _edited_with_axes(target: Array, name: str) -> Tensor:
    edited = _edited(target, name)
    if not edited.ndim:
        raise TypeError(
            f"{name} needs a Tensor with at least one axis, got a single number at {user_line()}. "
            f"Give the name a new value: t = ..."
        )
    return edited


@composite(np.copyto, exact=True)
def copyto(dst: Array, src: Array, casting: Any = "same_kind", where: Array = True) -> None:
    """Set the entries of a Tensor to those of an array, where a mask holds."""
    if _edits_plainly(lambda dst, where, src: np.copyto(dst, src, casting, where), dst, where, src):
        return
    dst = _edited(dst, "copyto", _OF_FULL)  # which np.full calls
    check_mask(where)
    if _shows_the_same(dst, src):  # whatever the shape of where=, as in NumPy
        return
    src = as_operand(src) if is_traced(src) else src
    if np.iscomplexobj(src) and dst.dtype.kind != "c" and casting == "unsafe":
        raise TypeError(
            f"copyto from complex numbers into {dst.dtype} would lose their imaginary part (at "
            f"{user_line()}). Copy np.real(values)."
        )

    def copy_one(one: Array, value: Array) -> None:
        sample = np.ones(1, np.asarray(value).dtype) if np.ndim(value) else value
        np.copyto(one, sample, casting=casting)

    _check_cast(dst, src, copy_one)
    shape = dst.shape
    while np.ndim(src) > len(shape) and np.shape(src)[0] == 1:
        src = np.asarray(src)[0] if isinstance(src, (list, tuple)) else src[0]
    fits = False
    with suppress(ValueError):
        fits = np.broadcast_shapes(np.shape(src), np.shape(where), shape) == shape
    if not fits:
        raise ValueError(
            f"copyto needs a source and where= that broadcast into the shape {shape}, got shapes "
            f"{np.shape(src)} and {np.shape(where)} at {user_line()}. Reshape them."
        )
    if type(src) in (float, complex):  # infinity becomes some integer
        src = np.asarray(src).astype(dst.dtype)[()]
    dst._take(np.where(where, in_dtype(src, dst.dtype), dst))


@composite(np.putmask, exact=True)
def putmask(a: Array, mask: Array, values: Array) -> None:
    """Set entries of a Tensor where a mask holds, from the same position in repeated values."""
    if _edits_plainly(np.putmask, a, mask, values):
        return
    a = _edited(a, "putmask")
    mask = _mask_of(a, mask, "putmask")
    _check_cast(a, values, lambda one, value: np.putmask(one, [True], value))
    if np.size(values):
        a._take(np.where(mask, _repeated(a, values, np.arange(a.size).reshape(a.shape)), a))


@composite(np.place, exact=True)
def place(arr: Array, mask: Array, vals: Array) -> None:
    """Set entries of a Tensor where a mask holds, from the values one by one, repeated."""
    if _edits_plainly(np.place, arr, mask, vals):
        return
    arr = _edited(arr, "place")
    mask = _mask_of(arr, mask, "place")
    if not np.size(vals):
        arr._take(_place_nothing(arr, mask, user_line()))
        return
    refuse_own_entries("place", arr, vals)
    _check_cast(arr, vals, lambda one, value: np.place(one, [True], value))
    numbers = np.reshape(np.cumsum(mask), arr.shape) - 1
    arr._take(np.where(mask, _repeated(arr, vals, numbers), arr))


def _place_nothing(arr: Array, mask: Array, line: str) -> Array:
    """Return a copy of an array for which a mask chooses no entry.

    Raises:
        ValueError: it chooses some, for which there are no values.
    """
    try:
        is_chosen = np.any(plain(mask))
    except NeedsNumbersError as error:
        found: Array = error.boxed(_place_nothing, (arr, mask, line), {})
        return found
    if is_chosen:
        raise ValueError(
            f"place needs at least one value to write, got none at {line}. Pass some, or don't "
            f"call it."
        )
    return arr.copy()


def _mask_of(a: Tensor, mask: Array, name: str) -> Array:
    """Return a mask in the shape of the edited Tensor; NumPy requires only its size."""
    mask = as_operand(mask)
    if np.size(mask) != a.size:
        raise ValueError(
            f"{name} needs a mask of the size of the edited Tensor, {a.shape}, got the shape "
            f"{np.shape(mask)} at {user_line()}. Broadcast it: np.broadcast_to(mask, a.shape)."
        )
    return np.reshape(mask, a.shape) != 0


def _check_cast(a: Tensor, values: Array, write: Function) -> None:
    """Write the values into an array of one entry: NumPy raises where it wouldn't convert them."""
    operand = as_operand(values)
    if isinstance(operand, Tensor):
        sample = np.ones((1,) * operand.ndim, operand.dtype)[()]
        values = list(np.ravel(sample)) if isinstance(values, (list, tuple)) else sample
    write(np.zeros(1, a.dtype), values)


def _repeated(a: Tensor, values: Array, numbers: Array) -> Array:
    """Return the values at positions modulo their count, in the dtype of the edited Tensor."""
    values = as_operand(values)
    values = np.reshape(values if isinstance(values, Tensor) else np.asarray(values), -1)
    values = values.astype(a.dtype)
    return values[0] if len(values) == 1 else indexing.read(values, numbers % len(values))


@composite(np.put, exact=True)
def put(a: Array, ind: Array, v: Array, mode: Any = "raise") -> None:
    """Set entries of a Tensor at flat positions, from the repeated values."""
    if _edits_plainly(np.put, a, ind, v, mode):
        return
    a = _edited_with_axes(a, "put")
    check_signed(ind)
    places = np.reshape(positions_of(ind), -1)
    if not places.size or (a.size and not np.size(v)):
        return
    if not a.size:
        raise IndexError(
            f"put needs an array with entries to replace, got an empty one at {user_line()}. Don't "
            f"call it."
        )
    if mode != "raise":
        places = within(places, a.size, mode)
    _check_cast(a, v, lambda one, value: np.put(one, [0], value))
    is_within = True if isinstance(places, Tensor) else (places >= -a.size) & (places < a.size)
    count = len(places) if np.all(is_within) else int(np.argmin(is_within))
    if count:
        _put_flat(a, places[:count], _repeated(a, v, np.arange(count)))
    if count < len(places):  # NumPy, too, has written the entries before it
        raise IndexError(
            f"index {places[count]} is out of bounds for put into {a.size} entries at "
            f"{user_line()}. Pass mode='wrap' or mode='clip' to move it inside."
        )


def _put_flat(a: Tensor, places: Array, values: Array) -> None:
    a._take(np.reshape(indexing.write(np.reshape(a, -1), values, places), a.shape))


@composite(np.put_along_axis, exact=True)
def put_along_axis(arr: Array, indices: Array, values: Array, axis: int | None) -> None:
    """Set entries of a Tensor along an axis by positions of the same ndim."""
    if _edits_plainly(np.put_along_axis, arr, indices, values, axis):
        return
    arr = _edited_with_axes(arr, "put_along_axis")
    need_integers("put_along_axis", indices)
    if axis is None:
        if np.ndim(indices) != 1:
            raise ValueError(
                f"put_along_axis with axis=None needs positions with one axis, got the shape "
                f"{np.shape(indices)} at {user_line()}. Flatten them: indices.ravel()."
            )
        _put_flat(arr, as_operand(indices), values)
    else:
        same_ndim("put_along_axis", arr, indices)
        arr._take(indexing.write(arr, values, along(np.shape(arr), indices, axis)))


@composite(np.fill_diagonal, exact=True)
def fill_diagonal(a: Array, val: Array, wrap: bool = False) -> None:
    """Set the diagonal of a Tensor, from the repeated values."""
    a = _edited(a, "fill_diagonal")
    marked = np.zeros(a.shape, bool)
    np.fill_diagonal(marked, val=True, wrap=wrap)
    places = np.flatnonzero(marked)
    if not np.size(val):
        return  # as in NumPy
    refuse_own_entries("fill_diagonal", a, val)
    _check_cast(a, val, lambda one, value: np.fill_diagonal(one.reshape(1, 1), value))
    _put_flat(a, places, _repeated(a, val, np.arange(len(places))))
