"""Arrays joined from several ones, and split into parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from operator import index
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.registry import registry
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.index import Places
from autodiff.rules.operands import as_array
from autodiff.rules.shape import at_least


def _join_lengths(arrays: Sequence[Array], axis: int) -> list[int]:
    return list(accumulate((np.shape(a)[axis] for a in arrays), initial=0))


def _cut(g: Array, arrays: Sequence[Array], axis: int | None) -> list[Array]:
    """Split a cotangent of joined arrays into those of the arrays."""
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


def _raised(arrays: Iterable[Array], ndim: int) -> list[Array]:
    return [at_least(ndim)(a) for a in arrays]


@composite(np.vstack)
def vstack(tup: Sequence[Array], **options: Any) -> Array:
    """Join arrays as rows."""
    return np.concatenate(_raised(tup, 2), axis=0, **options)


@composite(np.hstack)
def hstack(tup: Sequence[Array], **options: Any) -> Array:
    """Join along the second axis, vectors along the first."""
    arrays = _raised(tup, 1)
    return np.concatenate(arrays, axis=0 if arrays[0].ndim == 1 else 1, **options)


@composite(np.dstack)
def dstack(tup: Sequence[Array]) -> Array:
    """Join along the third axis."""
    return np.concatenate(_raised(tup, 3), axis=2)


@composite(np.column_stack)
def column_stack(tup: Sequence[Array]) -> Array:
    """Join vectors as columns."""
    return np.concatenate([a if np.ndim(a) > 1 else np.reshape(a, (-1, 1)) for a in tup], axis=1)


@composite(np.append)
def append(arr: Array, values: Array, axis: int | None = None) -> Array:
    """Join two arrays; flat without an axis."""
    if axis is None:
        return np.concatenate([np.reshape(arr, -1), np.reshape(values, -1)])
    return np.concatenate([arr, values], axis=axis)


@composite(np.array_split, exact=True)
def array_split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Split into parts, which are views."""
    length = ary.shape[axis]
    if np.ndim(indices_or_sections) == 0:
        sections = int(indices_or_sections)
        if sections <= 0:
            raise ValueError(
                f"a split needs at least one part, got {sections} at {user_line()}. Pass their "
                f"number, or a list of positions."
            )
        each, longer = divmod(length, sections)
        sizes = [each + 1] * longer + [each] * (sections - longer)
        ends = list(accumulate(sizes, initial=0))
    else:
        ends = [0, *map(index, indices_or_sections), length]
    before = (slice(None),) * normalize_axis_index(axis, ary.ndim)
    return [ary[(*before, slice(i, j))] for i, j in pairwise(ends)]


@composite(np.split, exact=True)
def split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Split into parts of equal length, or at positions; the parts are views."""
    parts = int(indices_or_sections) if np.ndim(indices_or_sections) == 0 else 1
    if parts > 0 and ary.shape[axis] % parts:
        raise ValueError(
            f"split needs parts of equal length: {ary.shape[axis]} entries don't divide into "
            f"{indices_or_sections}. Use array_split for unequal parts."
        )
    return array_split(ary, indices_or_sections, axis)


@composite(np.hsplit, exact=True)
def hsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Split along the second axis, a vector along its only one."""
    if ary.ndim == 0:
        raise ValueError(
            "hsplit needs at least one axis, got a single number. Use np.atleast_1d(x)."
        )
    return split(ary, indices_or_sections, 0 if ary.ndim == 1 else 1)


@composite(np.vsplit, exact=True)
def vsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Split along the first axis."""
    if ary.ndim < 2:
        raise ValueError(
            f"vsplit needs at least two axes, got shape {ary.shape}. Use np.atleast_2d(x), or "
            f"split with axis=0."
        )
    return split(ary, indices_or_sections, 0)


@composite(np.block)
def block(arrays: Any) -> Array:
    """Assemble an array from nested lists of blocks."""
    if not isinstance(arrays, (list, tuple)):
        return np.copy(arrays, order="C")
    places = Places()

    def positions(part: Any) -> Any:
        return [positions(p) for p in part] if isinstance(part, list) else places.of(part)

    whole = np.block(positions(arrays))  # which checks the lists
    depth = _depth(arrays)
    if depth * whole.size > _LARGE:
        return places.read(whole)
    return _joined(arrays, -depth, whole.ndim)


_LARGE = 2 * 512 * 512
"""Beyond so many entries, NumPy joins all blocks at once, in their common dtype."""


def _depth(arrays: Any) -> int:
    return 1 + _depth(arrays[0]) if isinstance(arrays, list) else 0


def _joined(arrays: Any, axis: int, ndim: int) -> Array:
    """Join blocks list by list, along an axis, the inner lists along those after it."""
    if not isinstance(arrays, list):
        a = as_array(arrays)
        return np.reshape(a, (1,) * (ndim - a.ndim) + a.shape)
    return np.concatenate([_joined(part, axis + 1, ndim) for part in arrays], axis=axis)


@composite(np.dsplit, exact=True)
def dsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Split along the third axis."""
    if ary.ndim < 3:
        raise ValueError(
            f"dsplit needs at least three axes, got shape {ary.shape}. Use np.split(x, n, "
            f"axis=...)."
        )
    return np.split(ary, indices_or_sections, 2)


def _unstack(x: Array, /, *, axis: int = 0) -> tuple[Array, ...]:
    """Return the parts along an axis, which are views."""
    return tuple(np.moveaxis(x, axis, 0))


if hasattr(np, "unstack"):  # NumPy 2.1
    registry[np.unstack] = _unstack
