"""The same entries in another form: reshape, transpose, broadcast, join, split."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autodiff.primitive import composite, derivative, primitive
from autodiff.registry import registry
from autodiff.tensor import form


@primitive
def reshape(a: Any, *, shape: Any, order: str = "C") -> Any:
    """``np.reshape``."""
    return a.reshape(shape, order=order)


@primitive
def transpose(a: Any, *, axes: tuple[int, ...]) -> Any:
    """``np.transpose``."""
    return a.transpose(axes)


@primitive
def broadcast_to(a: Any, *, shape: tuple[int, ...]) -> Any:
    """``np.broadcast_to``."""
    return np.broadcast_to(a, shape)


@primitive
def copy(a: Any, *, order: str) -> Any:
    """``a.copy``, which may lie in memory another way."""
    return a.copy(order=order)


@primitive
def astype(a: Any, *, dtype: np.dtype[Any]) -> Any:
    """``a.astype``, to a float or complex dtype."""
    return a.astype(dtype)


derivative(reshape, a=lambda g, z, a, *, shape, order="C": np.reshape(g, np.shape(a), order=order))
derivative(
    transpose, a=lambda g, z, a, *, axes: np.transpose(g, tuple(int(i) for i in np.argsort(axes)))
)
derivative(broadcast_to, a=lambda g, z, a, *, shape: g)
derivative(copy, a=lambda g, z, a, *, order: g)
registry["copy"] = copy
derivative(astype, a=lambda g, z, a, *, dtype: g)
for _view in (reshape, transpose, broadcast_to):
    _view.is_view = True
registry["astype"] = astype


def _join_lengths(arrays: Sequence[Any], axis: int) -> list[int]:
    return list(accumulate((np.shape(a)[axis] for a in arrays), initial=0))


def _cut(g: Any, arrays: Sequence[Any], axis: int | None) -> list[Any]:
    """Cut a cotangent of joined arrays into theirs."""
    if axis is None:
        ends = list(accumulate((np.size(a) for a in arrays), initial=0))
        parts = [g[i:j] for i, j in pairwise(ends)]
        return [np.reshape(p, np.shape(a)) for p, a in zip(parts, arrays, strict=True)]
    before = (slice(None),) * normalize_axis_index(axis, g.ndim)
    return [g[(*before, slice(i, j))] for i, j in pairwise(_join_lengths(arrays, axis))]


derivative(
    np.concatenate,
    lambda *arrays, axis=0: np.concatenate(arrays, axis),
    arrays=lambda g, z, *arrays, axis=0: _cut(g, arrays, axis),
)
derivative(
    np.stack,
    lambda *arrays, axis=0: np.stack(arrays, axis),
    arrays=lambda g, z, *arrays, axis=0: list(np.moveaxis(g, axis, 0)),
)


@composite(np.reshape)
def reshape_front(
    a: Any, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None
) -> Any:
    """``np.reshape`` in the forms of all NumPy versions."""
    if copy:
        a = a.copy()
    if order == "A":
        order = _order_of(a)
    options = {"shape": newshape if shape is None else shape}
    return reshape.apply((a,), options if order == "C" else {**options, "order": order})


def _order_of(a: Any) -> str:
    """Say what order="A" means for an array: "F" where it lies so in memory, else "C"."""
    return "F" if form(a).flags.fnc else "C"


@composite(np.transpose, np.permute_dims)
def transpose_front(a: Any, axes: Any = None) -> Any:
    """``np.transpose``; by default the axes are reversed."""
    ndim = np.ndim(a)
    order = tuple(range(ndim))[::-1] if axes is None else normalize_axis_tuple(axes, ndim)
    return transpose.apply((a,), {"axes": order})


@composite(np.matrix_transpose)
def matrix_transpose(x: Any) -> Any:
    """Swap the last two axes."""
    return np.swapaxes(x, -1, -2)


@composite(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Swap two axes."""
    order = list(range(a.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return np.transpose(a, order)


@composite(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Move axes to other positions; the rest keep their order."""
    sources = normalize_axis_tuple(source, a.ndim)
    targets = normalize_axis_tuple(destination, a.ndim)
    order = [i for i in range(a.ndim) if i not in sources]
    for target, source_axis in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source_axis)
    return np.transpose(a, order)


@composite(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """Move an axis before the position ``start``."""
    axis, start = normalize_axis_index(axis, a.ndim), start + a.ndim if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


@composite(np.broadcast_to)
def broadcast_to_front(array: Any, shape: Any, subok: bool = False) -> Any:
    """Repeat along new axes and along axes of length 1, without a copy."""
    del subok
    return broadcast_to.apply((array,), {"shape": tuple(np.atleast_1d(shape).tolist())})


@composite(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    """Broadcast arrays against each other."""
    del subok
    shape = np.broadcast_shapes(*(np.shape(a) for a in args))
    return tuple(np.broadcast_to(a, shape) for a in args)


@composite(np.ravel)
def ravel(a: Any, order: Any = "C") -> Any:
    """All entries in one axis: a view where they lie in that order, else a copy."""
    if order == "K":
        places = np.empty_like(form(a), dtype=np.intp)
        places[...] = np.arange(places.size).reshape(places.shape)
        return np.reshape(a, -1)[places.ravel("K")]
    order = _order_of(a) if order == "A" else order
    entries = np.reshape(a, -1, order=order)
    flags = form(a).flags
    lies_so = flags.c_contiguous if order == "C" else flags.f_contiguous
    return entries if lies_so else entries.copy()


@composite(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """Insert axes of length 1."""
    count = np.ndim(a) + np.size(axis)
    new = set(normalize_axis_tuple(axis, count))
    rest = iter(np.shape(a))
    return np.reshape(a, tuple(1 if i in new else next(rest) for i in range(count)))


@composite(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """Remove axes of length 1."""
    return np.reshape(a, np.squeeze(np.broadcast_to(0, a.shape), axis).shape)


def _at_least(ndim: int) -> Any:
    plain = {1: np.atleast_1d, 2: np.atleast_2d, 3: np.atleast_3d}[ndim]

    def raise_ndim(*arys: Any) -> Any:
        raised = tuple(np.reshape(a, plain(np.broadcast_to(0, np.shape(a))).shape) for a in arys)
        return raised[0] if len(raised) == 1 else raised

    return raise_ndim


registry[np.atleast_1d] = _at_least(1)
registry[np.atleast_2d] = _at_least(2)
registry[np.atleast_3d] = _at_least(3)


def _raised(arrays: Any, ndim: int) -> list[Any]:
    return [_at_least(ndim)(a) for a in arrays]


@composite(np.vstack)
def vstack(tup: Any, **options: Any) -> Any:
    """Join as rows."""
    return np.concatenate(_raised(tup, 2), axis=0, **options)


@composite(np.hstack)
def hstack(tup: Any, **options: Any) -> Any:
    """Join along the second axis, vectors along the first."""
    arrays = _raised(tup, 1)
    return np.concatenate(arrays, axis=0 if arrays[0].ndim == 1 else 1, **options)


@composite(np.dstack)
def dstack(tup: Any) -> Any:
    """Join along the third axis."""
    return np.concatenate(_raised(tup, 3), axis=2)


@composite(np.column_stack)
def column_stack(tup: Any) -> Any:
    """Join vectors as columns."""
    return np.concatenate([a if np.ndim(a) == 2 else np.reshape(a, (-1, 1)) for a in tup], axis=1)


@composite(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """Join two arrays; flat without an axis."""
    if axis is None:
        return np.concatenate([np.reshape(arr, -1), np.reshape(values, -1)])
    return np.concatenate([arr, values], axis=axis)


@composite(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Split into parts, which are views."""
    length = ary.shape[axis]
    if np.ndim(indices_or_sections) == 0:
        sections = int(indices_or_sections)
        each, longer = divmod(length, sections)
        sizes = [each + 1] * longer + [each] * (sections - longer)
        ends = list(accumulate(sizes, initial=0))
    else:
        ends = [0, *(int(i) for i in indices_or_sections), length]
    before = (slice(None),) * normalize_axis_index(axis, ary.ndim)
    return [ary[(*before, slice(i, j))] for i, j in pairwise(ends)]


@composite(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Split into parts of one length, or at positions; the parts are views."""
    if np.ndim(indices_or_sections) == 0 and ary.shape[axis] % int(indices_or_sections):
        raise ValueError(
            f"split needs parts of one length: {ary.shape[axis]} entries don't divide into "
            f"{indices_or_sections}. Use array_split for unequal parts."
        )
    return array_split(ary, indices_or_sections, axis)


@composite(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Split along the second axis, a vector along its only one."""
    return split(ary, indices_or_sections, 0 if ary.ndim == 1 else 1)


@composite(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Split along the first axis."""
    return split(ary, indices_or_sections, 0)


@composite(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """Reverse the order along axes; a view."""
    axes = range(m.ndim) if axis is None else normalize_axis_tuple(axis, m.ndim)
    back = slice(None, None, -1)
    return m[tuple(back if i in axes else slice(None) for i in range(m.ndim))]


@composite(np.flipud)
def flipud(m: Any) -> Any:
    """Reverse the first axis."""
    return np.flip(m, 0)


@composite(np.fliplr)
def fliplr(m: Any) -> Any:
    """Reverse the second axis."""
    return np.flip(m, 1)


@composite(np.rot90)
def rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    """Turn by quarter turns, from the first axis towards the second."""
    k = k % 4
    if k == 0:
        return m[:]
    if k == 2:
        return np.flip(np.flip(m, axes[0]), axes[1])
    if k == 1:
        return np.swapaxes(np.flip(m, axes[1]), *axes)
    return np.flip(np.swapaxes(m, *axes), axes[1])


@composite(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """Zero above the k-th diagonal."""
    return np.where(np.tri(m.shape[-2], m.shape[-1], k, dtype=bool), m, 0)


@composite(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """Zero below the k-th diagonal."""
    return np.where(np.tri(m.shape[-2], m.shape[-1], k - 1, dtype=bool), 0, m)


@composite(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """A diagonal of a matrix; or the matrix that has this diagonal and zeros."""
    if v.ndim == 2:
        return np.diagonal(v, k)
    if v.ndim != 1:
        raise ValueError(f"diag needs a vector or a matrix, got shape {v.shape}")
    n = len(v) + abs(k)
    positions = np.arange(len(v))
    index = (positions + max(-k, 0), positions + max(k, 0))
    return registry["write"](np.zeros((n, n), v.dtype), v, index)


@composite(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """Vectors along the axes of a grid, one array for each."""
    del copy  # a Tensor's value never changes
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid's indexing is 'xy' or 'ij', got {indexing!r}")
    ndim = len(xi)
    order = list(range(ndim))
    if indexing == "xy" and ndim > 1:
        order[:2] = 1, 0
    grids = [
        np.reshape(x, tuple(-1 if i == axis else 1 for i in range(ndim)))
        for x, axis in zip(xi, order, strict=True)
    ]
    return tuple(grids) if sparse else broadcast_arrays(*grids)
