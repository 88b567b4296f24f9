"""The methods of universal functions: reduce, accumulate, reduceat, outer and at.

Those of sums, products and extremes are NumPy's reductions; the others are loops.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autodiff.core import indexing
from autodiff.core.cotangents import scatter
from autodiff.core.errors import describe, ufunc_name, user_line
from autodiff.core.graph import NeedsNumbersError, Node
from autodiff.core.layout import copied_whole
from autodiff.core.lift import as_operand
from autodiff.core.options import is_traced
from autodiff.core.positions import fill_index, split_index
from autodiff.core.primitive import Primitive, derivative, primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, notify_count, peek, plain
from autodiff.core.typing import Array, Axis, Function
from autodiff.core.view import laid_out_like
from autodiff.rules.exact import has_only_integers, run_exact
from autodiff.rules.index import check_signed
from autodiff.rules.masked import refuse_rows
from autodiff.rules.reductions import axes_of
from autodiff.rules.running import RUNNING
from autodiff.transforms.gradients import stop_gradient

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

_REDUCTIONS: dict[np.ufunc, Function] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_ACCUMULATIONS: dict[np.ufunc, Function] = {np.add: np.cumsum, np.multiply: np.cumprod}
_FEW = 64  # steps, which are shown, exported and compiled one by one


def _without_slope(method: str) -> Callable[[Function], Function]:
    """Register a method; for constant functions NumPy's own is called."""

    def register(front: Function) -> Function:
        def choose(ufunc: np.ufunc, *inputs: Array, **options: Any) -> Any:
            if method == "reduceat" and len(inputs) > 1 and isinstance(inputs[1], (list, tuple)):
                inputs = (inputs[0], np.asarray(inputs[1], np.intp), *inputs[2:])
            if method not in ("at", "outer") and has_only_integers((*inputs, *options.values())):
                return run_exact(getattr(ufunc, method), inputs, options)
            constant = method not in ("at", "outer") and not passes_on(ufunc, method)
            constant = constant and getattr(registry[ufunc], "is_constant", False)
            if not constant or _is_all_or_any(ufunc, method, inputs, options):
                return front(ufunc, *inputs, **options)
            plain = Primitive(getattr(ufunc, method))
            plain.declare_constant()
            count = 2 if method == "reduceat" else 1
            names = ("axis", "dtype", "out", "keepdims", "initial", "where")
            options = {**dict(zip(names, inputs[count:], strict=False)), **options}
            for name, option in options.items():
                if is_traced(option):
                    raise NotImplementedError(
                        f"{ufunc_name(ufunc)}.{method} takes plain options, got a traced {name}= "
                        f"at {user_line()}. Apply np.where to the array first."
                    )
            return plain.apply(inputs[:count], options)

        registry[getattr(np.ufunc, method)] = choose
        return front

    return register


def passes_on(ufunc: np.ufunc, method: str) -> bool:
    """Return whether the first entry is a result itself, with slope 1: in x // y // z, for one."""
    return method in ("reduce", "accumulate", "reduceat") and "dd->d" in ufunc.types


def _is_all_or_any(
    ufunc: np.ufunc, method: str, inputs: Sequence[Array], options: Mapping[str, Any]
) -> bool:
    """Return whether a call is np.all or np.any, which support only these options."""
    known = options.keys() <= {"axis", "keepdims", "where"}
    return method == "reduce" and ufunc in _REDUCTIONS and len(inputs) <= 2 and known


def _pattern_of(ufunc: np.ufunc, method: str, array: Array, *args: Any, **options: Any) -> Array:
    """Return NumPy's result of a method for an array of ones: with the right shape and dtype.

    Raises:
        Exception: NumPy's, for an invalid call.
    """
    with np.errstate(all="ignore"):
        ones = copied_whole(peek(array), np.ones_like)
        return getattr(ufunc, method)(ones, *args, **options)


def _converted(array: Array, pattern: Array) -> Array:
    """Convert an array to the dtype that NumPy computes in."""
    return array if array.dtype == pattern.dtype else array.astype(pattern.dtype)


@_without_slope("reduce")
def reduce(
    ufunc: np.ufunc,
    array: Array,
    axis: Axis = 0,
    dtype: DTypeLike | None = None,
    out: None = None,  # noqa: ARG001 - NumPy's place for it
    keepdims: bool = False,
    initial: Array = np._NoValue,
    where: Array = True,
) -> Array:
    """Combine all entries with a function of two arguments, from the left."""
    if ufunc in _REDUCTIONS:
        if dtype is not None and ufunc in (np.maximum, np.minimum):
            array, dtype = array.astype(dtype), None
        given = {"initial": initial, "where": where, "dtype": dtype}
        nothing = {"initial": np._NoValue, "where": True, "dtype": None}
        options = {k: v for k, v in given.items() if v is not nothing[k]}
        return registry[_REDUCTIONS[ufunc]](array, axis=axis, keepdims=keepdims, **options)
    if where is not True:
        raise NotImplementedError(
            f"{ufunc_name(ufunc)}.reduce of a traced value takes no where= (called at "
            f"{user_line()}). Replace the excluded entries first, with np.where."
        )
    pattern = _pattern_of(ufunc, "reduce", array, axis, dtype, None, keepdims, peek(initial))
    array = _converted(array, pattern)
    if not array.size and not isinstance(initial, Tensor):
        return pattern
    lost = _as_in_memory(array, axes_of(axis, array.ndim))
    kept = tuple(array.shape[i] for i in range(array.ndim) if i not in lost)
    order = lost + tuple(i for i in range(array.ndim) if i not in lost)
    count = math.prod(array.shape[i] for i in lost)
    rows = np.reshape(np.transpose(array, order), (count, *kept))
    if initial is np._NoValue and ufunc is np.hypot:
        result = lengths(rows)
    else:
        has_start = initial is not None and initial is not np._NoValue
        if has_start:  # not the identity, as -inf
            start = np.broadcast_to(_number(initial, pattern), (1, *kept))
            rows = np.concatenate([start, rows])
        result = _combined(ufunc, rows)
    return laid_out_like(np.reshape(np.broadcast_to(result, kept), np.shape(pattern)), pattern)


def _as_in_memory(array: Array, axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return axes in the order in which NumPy takes the entries, that of their memory."""
    steps = peek(array).strides
    return tuple(sorted(axes, key=lambda i: -abs(steps[i]) if all(steps) else i))


def _combined(ufunc: np.ufunc, rows: Array) -> Array:
    """Combine rows from the left, of which there is at least one."""
    if ufunc is np.hypot and len(rows) > 1:
        return lengths(rows)
    if ufunc in RUNNING and len(rows) > _FEW:
        return RUNNING[ufunc](rows, axis=0)[-1]
    result, *others = rows
    for row in others:
        result = ufunc(result, row)
    return result


@primitive
def lengths(rows: Array) -> Array:
    """Combine rows by hypot. Two at a time would have kinks where the first ones are 0."""
    return np.hypot.reduce(rows)


derivative(lengths, rows=lambda g, z, rows: g * rows / np.where(z == 0, 1.0, z))


def _number(initial: Array, pattern: Array) -> Array:
    """Return a start value, plain or traced, in the dtype of the result."""
    refuse_rows(initial)
    if isinstance(initial, Tensor):
        return _converted(initial, pattern)
    return np.asarray(initial, pattern.dtype)[()]


def _one_axis(ufunc: np.ufunc, method: str, array: Array, axis: Axis) -> int:
    """Return the axis of a method that works along one, which None stands for in a vector."""
    if isinstance(axis, tuple) and len(axis) == 1:
        axis = axis[0]
    if isinstance(axis, tuple):
        raise ValueError(
            f"{ufunc_name(ufunc)}.{method} needs one axis, got {axis} at {user_line()}. Choose one."
        )
    if axis is None and array.ndim > 1:
        raise ValueError(
            f"{ufunc_name(ufunc)}.{method} needs one axis, got axis=None for the shape "
            f"{array.shape} at {user_line()}. Choose an axis, or flatten the array."
        )
    return 0 if axis is None else axis


@_without_slope("accumulate")
def accumulate(
    ufunc: np.ufunc, array: Array, axis: Axis = 0, dtype: DTypeLike | None = None
) -> Array:
    """Return each step of a reduction."""
    axis = _one_axis(ufunc, "accumulate", array, axis)
    if ufunc in _ACCUMULATIONS:
        if not array.ndim:
            raise TypeError(
                f"{ufunc_name(ufunc)}.accumulate needs an axis, got a single number. Use "
                f"np.atleast_1d(x)."
            )
        return registry[_ACCUMULATIONS[ufunc]](array, axis=axis, dtype=dtype)
    pattern = _pattern_of(ufunc, "accumulate", array, axis, dtype)
    array = _converted(array, pattern)
    axis = normalize_axis_index(axis, array.ndim)
    if ufunc in RUNNING and array.shape[axis] > _FEW:
        return laid_out_like(RUNNING[ufunc](array, axis=axis), pattern)
    steps: list[Array] = []
    for part in np.moveaxis(array, axis, 0):
        steps.append(ufunc(steps[-1], part) if steps else part)
    return laid_out_like(np.stack(steps, axis=axis), pattern) if steps else array.copy()


@_without_slope("reduceat")
def reduceat(
    ufunc: np.ufunc, array: Array, indices: Array, axis: Axis = 0, dtype: DTypeLike | None = None
) -> Array:
    """Reduce from each position to the next; where that isn't later, take only the entry."""
    axis = _one_axis(ufunc, "reduceat", array, axis)
    check_signed(indices)
    starts = _plain(indices)
    pattern = _pattern_of(ufunc, "reduceat", array, starts, axis, dtype)
    array = _converted(array, pattern)
    axis = normalize_axis_index(axis, array.ndim)
    before = (slice(None),) * axis
    if not starts:
        return array[(*before, slice(0))]
    parts = []
    for start, end in zip(starts, [*starts[1:], array.shape[axis]], strict=True):
        part = array[(*before, slice(start, max(end, start + 1)))]
        parts.append(_from_the_first(ufunc, part, axis))
    return laid_out_like(np.stack(parts, axis=axis), pattern)


def _from_the_first(ufunc: np.ufunc, part: Array, axis: int) -> Array:
    """Reduce from the first entry, without a start value; one entry is its own result."""
    return _combined(ufunc, np.moveaxis(part, axis, 0))


@_without_slope("outer")
def outer(ufunc: np.ufunc, first: Array, second: Array, **options: Any) -> Array:
    """Apply a function to every pair of entries."""
    first = np.reshape(first, np.shape(first) + (1,) * np.ndim(second))
    second = second if isinstance(second, Tensor) else np.asarray(second)  # NumPy widens, too
    return ufunc(first, second, **options)


@_without_slope("at")
def at(ufunc: np.ufunc, target: Array, indices: Any, *operand: Array) -> None:
    """Edit a Tensor at positions, in order where one repeats."""
    if not is_traced((target, operand)):  # positions have no slope that a plain array would lose
        constant, positions = split_index(indices)
        with suppress(NeedsNumbersError):
            ufunc.at(target, fill_index(constant, tuple(map(plain, positions))), *operand)
            return
    if not isinstance(target, Tensor):
        raise TypeError(
            f"{ufunc_name(ufunc)}.at with a traced value edits a Tensor, got {describe(target)} at "
            f"{user_line()}: a plain array would lose the slope. Start from ad.tensor(array)."
        )
    if target.dtype.kind not in "fc":
        operand = tuple(map(stop_gradient, operand))  # in an integer it has no slope
        target._take(run_exact(_edited_by, (ufunc, target, indices, *operand), {}))
        return
    operand = tuple(map(_held, map(as_operand, operand)))
    dtypes = [np.asarray(peek(x)).dtype for x in (target, *operand)]
    samples = (None if dtype.kind == "O" else np.ones(1, dtype) for dtype in dtypes[1:])
    ufunc.at(np.ones(1, dtypes[0]), [0], *samples)  # or raise
    constant, positions = split_index(indices)
    adds = ufunc in (np.add, np.subtract)
    for part in positions:
        if part.dtype == bool:
            notify_count(part)
    try:
        index = fill_index(constant, tuple(map(peek if adds else plain, positions)))
    except NeedsNumbersError as error:
        target._take(error.boxed(_edited_copy, (ufunc, target, indices, *operand), {}))
        return
    places = np.arange(target.size).reshape(target.shape)[index]
    if any(np.ndim(b) > places.ndim for b in operand):  # of length 1; or NumPy raises here
        np.add.at(np.zeros(target.shape), index, *(np.ones(np.shape(b)) for b in operand))
        kept = [np.shape(b)[max(np.ndim(b) - places.ndim, 0) :] for b in operand]
        operand = tuple(map(np.reshape, operand, kept))
    operand = tuple(np.broadcast_to(b, places.shape) for b in operand)
    if adds:
        operand = tuple(b if b.dtype == target.dtype else b.astype(target.dtype) for b in operand)
        added = scatter.apply(
            (*operand, *positions), {"indices": [constant], "shape": target.shape}
        )
        target._take(ufunc(target, added))
        return
    places = places.reshape(-1)
    edited: Array = np.reshape(target, -1)
    for turn in _turns(places):
        here = places[turn]
        values = ufunc(edited[here], *(np.reshape(b, -1)[turn] for b in operand))
        edited = indexing.write(edited, values, here)
    target._take(np.reshape(edited, target.shape))


def _edited_copy(ufunc: np.ufunc, target: Array, indices: Any, *operand: Array) -> Array:
    """Return a copy, edited at positions that are numbers now."""
    edited: Any = target.copy() if isinstance(target, Tensor) else np.array(target)
    if is_traced(operand) and not isinstance(edited, Tensor):
        edited = Tensor(Node(edited))
    ufunc.at(edited, indices, *operand)
    return edited


def _held(x: Array) -> Array:
    """Return a number that an array can hold: of an integer that only Python can, a float."""
    return float(x) if type(x) is int and np.asarray(x).dtype == object else x


def _edited_by(ufunc: np.ufunc, target: Array, indices: Any, *operand: Array) -> Array:
    """Return a copy, edited by NumPy."""
    edited = np.array(target)
    ufunc.at(edited, indices, *operand)
    return edited


def _turns(places: Array) -> list[Array]:
    """Split positions into turns, so that none repeats within a turn."""
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    rank = np.arange(len(places)) - np.searchsorted(ordered, ordered)
    return [order[rank == turn] for turn in range(int(rank.max(initial=-1)) + 1)]


def _plain(positions: Array) -> list[int]:
    found: list[int] = np.asarray(plain(positions)).tolist()
    return found
