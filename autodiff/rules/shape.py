"""Shapes: reshape, transpose, broadcast, flip, triangles, grids."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autodiff.core import indexing
from autodiff.core.errors import user_line
from autodiff.core.layout import order_name
from autodiff.core.lift import plain_parts
from autodiff.core.primitive import derivative, primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Axis, Function
from autodiff.core.view import View, unshared
from autodiff.rules.composite import composite


@primitive
def reshape(a: Array, *, shape: Any, order: str = "C") -> Array:
    """Return the same as ``np.reshape``."""
    return a.reshape(shape, order=order)


@primitive
def transpose(a: Array, *, axes: tuple[int, ...]) -> Array:
    """Return the same as ``np.transpose``."""
    return a.transpose(axes)


@primitive
def broadcast_to(a: Array, *, shape: tuple[int, ...]) -> Array:
    """Return the same as ``np.broadcast_to``."""
    return np.broadcast_to(a, shape)


derivative(reshape, a=lambda g, z, a, *, shape, order="C": np.reshape(g, np.shape(a), order=order))
derivative(
    transpose, a=lambda g, z, a, *, axes: np.transpose(g, tuple(int(i) for i in np.argsort(axes)))
)
derivative(broadcast_to, a=lambda g, z, a, *, shape: g)
reshape.is_view = transpose.is_view = True
broadcast_to.is_view = "read-only"  # as in NumPy: several entries share memory


@composite(np.reshape, exact=True)
def reshape_front(
    a: Array, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None
) -> Array:
    """Return the same as ``np.reshape`` in the forms of all NumPy versions."""
    order = order_name(order, "C")
    if order == "A":
        order = _order_of(a)
    shape = newshape if shape is None else shape
    if isinstance(shape, Tensor) and not shape.ndim:
        shape = operator.index(shape)  # which refuses a traced one
    options = {"shape": shape}
    result = reshape.apply((a,), options if order == "C" else {**options, "order": order})
    if (
        copy is False
        and np.ndim(a)
        and np.size(a)
        and not np.may_share_memory(peek(result), peek(a))
    ):
        raise ValueError(
            f"reshape with copy=False at {user_line()} isn't possible without a copy: the entries "
            f"have another order in memory. Omit copy=."
        )
    if not copy:
        return result
    return unshared(result, "K" if options["shape"] is None else order)  # type: ignore[arg-type]


def _order_of(a: Array) -> str:
    """Return what order="A" means for an array: "F" for Fortran memory layout, else "C"."""
    return "F" if peek(a).flags.fnc else "C"


@composite(np.transpose, np.permute_dims, exact=True)
def transpose_front(a: Array, axes: Any = None) -> Array:
    """Return the same as ``np.transpose``; by default the axes are reversed."""
    ndim = np.ndim(a)
    order = tuple(range(ndim))[::-1] if axes is None else normalize_axis_tuple(axes, ndim)
    return transpose.apply((a,), {"axes": order})


@composite(np.matrix_transpose, exact=True)
def matrix_transpose(x: Array) -> Array:
    """Swap the last two axes."""
    return np.swapaxes(x, -1, -2)


@composite(np.swapaxes, exact=True)
def swapaxes(a: Array, axis1: int, axis2: int) -> Array:
    """Swap two axes."""
    order = list(range(a.ndim))
    one, other = (normalize_axis_index(axis, a.ndim) for axis in (axis1, axis2))
    order[one], order[other] = other, one
    return np.transpose(a, order)


@composite(np.moveaxis, exact=True)
def moveaxis(a: Array, source: int | Sequence[int], destination: int | Sequence[int]) -> Array:
    """Move axes to other positions; the rest keep their order."""
    sources = normalize_axis_tuple(source, a.ndim)
    targets = normalize_axis_tuple(destination, a.ndim)
    order = [i for i in range(a.ndim) if i not in sources]
    for target, source_axis in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source_axis)
    return np.transpose(a, order)


@composite(np.rollaxis, exact=True)
def rollaxis(a: Array, axis: int, start: int = 0) -> Array:
    """Move an axis before the position ``start``."""
    axis = normalize_axis_index(axis, a.ndim)
    before = start + a.ndim if start < 0 else start
    if not 0 <= before <= a.ndim:
        raise np.exceptions.AxisError(
            f"rollaxis needs start= in {-a.ndim} to {a.ndim} for {a.ndim} axes, got {start} at "
            f"{user_line()}. Count the axis that shall come after it."
        )
    target = before - 1 if axis < before else before
    return a[...] if target == axis else np.moveaxis(a, axis, target)


@composite(np.broadcast_to, exact=True)
def broadcast_to_front(array: Array, shape: Any, subok: bool = False) -> Array:
    """Repeat along new axes and along axes of length 1, without a copy."""
    del subok
    options = {"shape": tuple(np.atleast_1d(shape).tolist())}
    result = broadcast_to.apply((array,), options)
    if isinstance(array, Tensor) and not array.ndim and result.ndim:  # of a number: no view
        return View(
            result.node, array, lambda new: broadcast_to.apply((new,), options), writable=False
        )
    return result


@composite(np.broadcast_arrays, exact=True)
def broadcast_arrays(*args: Array, subok: bool = False) -> tuple[Array, ...]:
    """Broadcast arrays against each other."""
    del subok
    shape = np.broadcast_shapes(*(np.shape(a) for a in args))
    whole = np.broadcast_to(np.zeros(()), shape)
    parts = (a if isinstance(a, Tensor) else np.broadcast_arrays(a, whole)[0] for a in args)
    return tuple(a if np.shape(a) == shape else np.broadcast_to(a, shape) for a in parts)


@composite(np.ravel, exact=True)
def ravel(a: Array, order: Any = "C") -> Array:
    """Return all entries in one axis: a view where memory has that order, else a copy."""
    order = order_name(order, "C")
    if order == "K":
        return _in_memory_order(a)
    order = _order_of(a) if order == "A" else order
    entries = np.reshape(a, -1, order=order)
    flags = peek(a).flags
    is_contiguous = flags.c_contiguous if order == "C" else flags.f_contiguous
    return entries if is_contiguous else unshared(entries)


def _in_memory_order(a: Array) -> Array:
    """Return ``a.ravel("K")``: a view where the entries have equal strides, else a copy."""
    value = peek(a)
    if value.ndim and value.size and not np.may_share_memory(np.ravel(value, "K"), value):
        return unshared(np.reshape(np.transpose(a, _axes_of_iteration(value)), -1))
    outer_first = sorted(range(value.ndim), key=lambda axis: -abs(value.strides[axis]))
    return np.reshape(np.transpose(a, outer_first), -1)


def _axes_of_iteration(value: Array) -> list[int]:
    """Return the axes from the outermost to the innermost in which NumPy iterates over memory.

    They are sorted by insertion from the last; one whose stride is 0 compares with no other.
    """
    strides = [abs(s) if n > 1 else 0 for n, s in zip(value.shape, value.strides, strict=True)]
    inner_first: list[int] = []
    for axis in reversed(range(value.ndim)):
        place = len(inner_first)
        for i, inner in reversed(list(enumerate(inner_first))):
            if strides[axis] and strides[inner]:
                if strides[inner] <= strides[axis]:
                    break
                place = i
        inner_first.insert(place, axis)
    return inner_first[::-1]


@composite(np.expand_dims, exact=True)
def expand_dims(a: Array, axis: int | tuple[int, ...]) -> Array:
    """Insert axes of length 1."""
    count = np.ndim(a) + np.size(axis)
    new = set(normalize_axis_tuple(axis, count))
    rest = iter(np.shape(a))
    return np.reshape(a, tuple(1 if i in new else next(rest) for i in range(count)))


@composite(np.squeeze, exact=True)
def squeeze(a: Array, axis: Axis = None) -> Array:
    """Remove axes of length 1."""
    return _shaped(a, np.squeeze(np.broadcast_to(0, a.shape), axis).shape)


def _shaped(a: Array, shape: tuple[int, ...]) -> Array:
    """Return a view in another shape, or the array itself if it has this shape."""
    return a if getattr(a, "shape", None) == shape else np.reshape(a, shape)


def at_least(ndim: int) -> Function:
    """Return a function such as ``np.atleast_1d``, which adds axes up to this number."""
    plain = {1: np.atleast_1d, 2: np.atleast_2d, 3: np.atleast_3d}[ndim]

    def raise_ndim(*arys: Array) -> Any:
        raised = tuple(_shaped(a, plain(np.broadcast_to(0, np.shape(a))).shape) for a in arys)
        return raised[0] if len(raised) == 1 else raised

    return raise_ndim


registry[np.atleast_1d] = at_least(1)
registry[np.atleast_2d] = at_least(2)
registry[np.atleast_3d] = at_least(3)


@composite(np.flip, exact=True)
def flip(m: Array, axis: Axis = None) -> Array:
    """Reverse the order along axes; a view."""
    axes = range(m.ndim) if axis is None else normalize_axis_tuple(axis, m.ndim)
    back = slice(None, None, -1)
    return m[tuple(back if i in axes else slice(None) for i in range(m.ndim))]


@composite(np.flipud, exact=True)
def flipud(m: Array) -> Array:
    """Reverse the first axis."""
    return np.flip(m, 0)


@composite(np.fliplr, exact=True)
def fliplr(m: Array) -> Array:
    """Reverse the second axis."""
    return np.flip(m, 1)


@composite(np.rot90, exact=True)
def rot90(m: Array, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
    """Rotate by 90 degrees k times, from the first axis towards the second."""
    has_two = len(axes) == 2 and m.ndim > 1
    first, second = normalize_axis_tuple(axes, m.ndim, "axes") if has_two else (0, 0)
    if first == second:
        raise ValueError(
            f"rot90 needs two different axes, whose plane it turns, got {axes} of {m.ndim} at "
            f"{user_line()}. Pass axes=(0, 1), and an array of two axes or more."
        )
    k = k % 4
    if k == 0:
        return m[:]
    if k == 2:
        return np.flip(np.flip(m, axes[0]), axes[1])
    if k == 1:
        return np.swapaxes(np.flip(m, axes[1]), *axes)
    return np.flip(np.swapaxes(m, *axes), axes[1])


@composite(np.tril)
def tril(m: Array, k: int = 0) -> Array:
    """Set the entries above the k-th diagonal to zero."""
    return np.where(_triangle(m, k), m, 0)


def _triangle(m: Array, k: int) -> Array:
    """Return a mask that is true up to the k-th diagonal; a square one for a vector."""
    if not np.ndim(m):
        raise TypeError(
            f"tril and triu need at least one axis, got a single number at {user_line()}. Use "
            f"np.atleast_1d(m)."
        )
    shape = np.shape(m)[-2:]
    return np.tri(shape[0], shape[-1], k, dtype=bool)


@composite(np.triu)
def triu(m: Array, k: int = 0) -> Array:
    """Set the entries below the k-th diagonal to zero."""
    return np.where(_triangle(m, k - 1), 0, m)


@composite(np.diag, exact=True)
def diag(v: Array, k: int = 0) -> Array:
    """Return a diagonal of a matrix, or the matrix with this diagonal and zeros elsewhere."""
    if v.ndim == 2:
        return np.diagonal(v, k)
    if v.ndim != 1:
        raise ValueError(
            f"diag needs a vector or a matrix, got shape {v.shape}. Use np.diagonal(x, axis1=..., "
            f"axis2=...) for more axes."
        )
    k = operator.index(k)  # an unsigned one has no negative
    n = len(v) + abs(k)
    positions = np.arange(len(v))
    index = (positions + max(-k, 0), positions + max(k, 0))
    return indexing.write(np.zeros((n, n), v.dtype), v, index)


@composite(np.meshgrid, exact=True)
def meshgrid(*xi: Array, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """Return the coordinates of a grid, one array for each vector."""
    if indexing not in ("xy", "ij"):
        raise ValueError(
            f"meshgrid needs indexing 'xy' or 'ij', got {indexing!r}. Pass one of these."
        )
    plain_parts(xi)
    ndim = len(xi)
    order = list(range(ndim))
    if indexing == "xy" and ndim > 1:
        order[:2] = 1, 0
    grids = [
        np.reshape(x, tuple(-1 if i == axis else 1 for i in range(ndim)))
        for x, axis in zip(xi, order, strict=True)
    ]
    results = grids if sparse else broadcast_arrays(*grids)
    if not copy:
        return results
    return tuple(x.copy() for x in results)


@composite(np.diagflat, exact=True)
def diagflat(v: Array, k: int = 0) -> Array:
    """Return a matrix with the entries on a diagonal."""
    return np.diag(np.reshape(v, -1), k)
