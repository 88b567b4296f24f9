"""The methods of universal functions: reduce, accumulate, reduceat, outer and at.

Those of sums, products and extremes are NumPy's reductions; the others are written out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autodiff.cotangents import scatter
from autodiff.errors import describe, user_line
from autodiff.positions import filled, taken_apart
from autodiff.primitive import Primitive
from autodiff.registry import registry
from autodiff.rules.reduce import Axis, axes_of
from autodiff.tensor import Tensor, form, plain, tell_of_count

_REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_ACCUMULATIONS: dict[np.ufunc, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}


def _without_slope(method: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a method; constant functions go through NumPy's own."""

    def register(front: Callable[..., Any]) -> Callable[..., Any]:
        def choose(ufunc: np.ufunc, *inputs: Any, **options: Any) -> Any:
            constant = getattr(registry[ufunc], "is_constant", False) and method != "at"
            if not constant or (method == "reduce" and ufunc in _REDUCTIONS):
                return front(ufunc, *inputs, **options)
            plain = Primitive(getattr(ufunc, method))
            plain.be_constant()
            count = 2 if method in ("outer", "reduceat") else 1
            names = ("axis", "dtype", "out", "keepdims", "initial", "where")
            options = {**dict(zip(names, inputs[count:], strict=False)), **options}
            return plain.apply(inputs[:count], options)

        registry[method] = choose
        return front

    return register


@_without_slope("reduce")
def reduce(
    ufunc: np.ufunc,
    array: Any,
    axis: Axis = 0,
    dtype: Any = None,
    out: None = None,  # noqa: ARG001 - NumPy's place for it
    keepdims: bool = False,
    initial: Any = np._NoValue,
    where: Any = True,
) -> Any:
    """Put a function of two arguments between all entries, from the left."""
    if ufunc in _REDUCTIONS:
        given = {"initial": initial, "where": where, "dtype": dtype}
        options = {k: v for k, v in given.items() if v not in (None, True) and v is not np._NoValue}
        return registry[_REDUCTIONS[ufunc]](array, axis=axis, keepdims=keepdims, **options)
    if where is not True:
        raise NotImplementedError(
            f"np.{ufunc.__name__}.reduce of a traced value takes no where= (called at "
            f"{user_line()}). Replace what it leaves out first, with np.where."
        )
    if dtype is not None:
        array = array.astype(dtype)
    shape = np.shape(ufunc.reduce(np.ones(array.shape, array.dtype), axis=axis, keepdims=keepdims))
    lost = axes_of(axis, array.ndim)
    kept = tuple(i for i in range(array.ndim) if i not in lost)
    rows = np.reshape(np.transpose(array, lost + kept), (-1, *(array.shape[i] for i in kept)))
    parts = list(rows) if initial is np._NoValue else [initial, *rows]
    if not parts:
        return np.full(shape, ufunc.identity, array.dtype)
    result = parts[0]
    for part in parts[1:]:
        result = ufunc(result, part)
    return np.reshape(np.broadcast_to(result, rows.shape[1:]), shape)


@_without_slope("accumulate")
def accumulate(ufunc: np.ufunc, array: Any, axis: int = 0, dtype: Any = None) -> Any:
    """Give each step of a reduction."""
    if dtype is not None:
        array = array.astype(dtype)
    if ufunc in _ACCUMULATIONS:
        return registry[_ACCUMULATIONS[ufunc]](array, axis=axis)
    axis = normalize_axis_index(axis, array.ndim)
    steps: list[Any] = []
    for part in np.moveaxis(array, axis, 0):
        steps.append(ufunc(steps[-1], part) if steps else part)
    return np.stack(steps, axis=axis) if steps else array.copy()


@_without_slope("reduceat")
def reduceat(ufunc: np.ufunc, array: Any, indices: Any, axis: int = 0, dtype: Any = None) -> Any:
    """Reduce from each position to the next; only the entry there, where that isn't later."""
    axis = normalize_axis_index(axis, array.ndim)
    starts = _plain(indices)
    before = (slice(None),) * axis
    parts = []
    for start, end in zip(starts, [*starts[1:], array.shape[axis]], strict=True):
        part = array[(*before, slice(start, max(end, start + 1)))]
        parts.append(reduce(ufunc, part, axis, dtype))
    return np.stack(parts, axis=axis)


@_without_slope("outer")
def outer(ufunc: np.ufunc, first: Any, second: Any, **options: Any) -> Any:
    """Apply a function to every pair of entries."""
    first = np.reshape(first, np.shape(first) + (1,) * np.ndim(second))
    return ufunc(first, second, **options)


@_without_slope("at")
def at(ufunc: np.ufunc, target: Any, indices: Any, *operand: Any) -> None:
    """Edit a Tensor at positions, in order where one repeats.

    While ``jit`` records, the positions of np.add and np.subtract may depend on its arguments;
    those of other functions may not.
    """
    if not isinstance(target, Tensor):
        raise TypeError(
            f"np.{ufunc.__name__}.at with a traced value edits a Tensor, got {describe(target)} at "
            f"{user_line()}: a plain array would lose the slope. Start from ad.tensor(array)."
        )
    constant, positions = taken_apart(indices)
    adds = ufunc in (np.add, np.subtract)
    for part in positions:
        if part.dtype == bool:
            tell_of_count(part)
    index = filled(constant, tuple(form(part) if adds else plain(part) for part in positions))
    places = np.arange(target.size).reshape(target.shape)[index]
    operand = tuple(np.broadcast_to(b, places.shape) for b in operand)
    if adds:
        added = scatter.apply(
            (*operand, *positions), {"indices": [constant], "shape": target.shape}
        )
        target._take(ufunc(target, added))
        return
    places = places.reshape(-1)
    edited: Any = np.reshape(target, -1)
    for turn in _turns(places):
        here = places[turn]
        values = ufunc(edited[here], *(np.reshape(b, -1)[turn] for b in operand))
        edited = registry["write"](edited, values, here)
    target._take(np.reshape(edited, target.shape))


def _turns(places: Any) -> list[Any]:
    """Deal positions out into turns, so that none repeats within a turn."""
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    rank = np.arange(len(places)) - np.searchsorted(ordered, ordered)
    return [order[rank == turn] for turn in range(int(rank.max(initial=-1)) + 1)]


def _plain(positions: Any) -> list[int]:
    found: list[int] = np.asarray(plain(positions)).tolist()
    return found
