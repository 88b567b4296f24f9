"""Functions of functions: a function applied piece by piece, or along axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core import indexing
from autodiff.core.errors import function_place, user_line
from autodiff.core.graph import NeedsNumbersError, RecordingError
from autodiff.core.tensor import Tensor, peek, plain
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype


@composite(np.piecewise, exact=True)
def piecewise(
    x: Array, condlist: Array | Sequence[Array], funclist: Any, *args: Any, **kw: Any
) -> Array:
    """Return the values of the function whose condition holds.

    While ``jit`` records, traced values that the functions use must be passed to them, as ``args``.
    """
    x = as_array(x)
    is_listed = isinstance(condlist, (list, tuple))
    try:
        known = [plain(condition) for condition in condlist] if is_listed else plain(condlist)
    except NeedsNumbersError as error:
        pieces = [_of_arguments(f) if callable(f) else f for f in funclist]
        return error.boxed(np.piecewise, (x, condlist, pieces, *args), kw)
    is_one = np.isscalar(known) or (np.ndim(x) and not isinstance(known[0], (list, np.ndarray)))
    conditions: Array = np.asarray([known] if is_one else known, bool)
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
        if np.size(peek(x)[condition]):  # otherwise the function isn't called, as in NumPy
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
    if 0 in rows.shape[:-1]:
        raise ValueError(
            f"apply_along_axis needs at least one row, got the shape {arr.shape} with axis={axis} "
            f"at {user_line()}. Return an empty result yourself."
        )
    parts = [as_array(func1d(rows[i], *args, **kw)) for i in np.ndindex(rows.shape[:-1])]
    inner = np.shape(parts[0])
    dtype = np.asarray(peek(parts[0])).dtype  # NumPy writes all into an array of the first one's
    whole = in_dtype(np.stack(parts), dtype)
    whole = whole if np.ndim(arr) == 1 else np.ravel(whole)  # in C order, but of a single row
    whole = np.reshape(whole, (*rows.shape[:-1], *inner))
    ends = tuple(range(-len(inner), 0))
    start = axis % arr.ndim
    return np.moveaxis(whole, ends, tuple(range(start, start + len(inner))))


@composite(np.apply_over_axes, exact=True)
def apply_over_axes(func: Function, a: Array, axes: Any) -> Array:
    """Apply a function of an array and an axis once per axis, keeping the number of axes."""
    ndim = np.ndim(a)
    if isinstance(axes, Tensor) and axes.dtype.kind not in "iu":
        raise TypeError(
            f"apply_over_axes takes whole numbers as axes, got traced {axes.dtype} at "
            f"{user_line()}: as an axis, a number has no slope. Write a loop over the numbers."
        )
    for axis in np.atleast_1d(axes).tolist():
        axis = axis + ndim if axis < 0 else axis
        result = func(a, axis)
        a = result if result.ndim == ndim else np.expand_dims(result, axis)
    return a
