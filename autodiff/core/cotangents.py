"""Cotangents: how they are shaped, summed, and returned to the user.

Inside the engine, a complex cotangent is that of the transposed linear map, without conjugation, so
that rules are plain calculus. :func:`conjugated` conjugates what enters and leaves the sweep. Users
thus get PyTorch's convention: a step against the gradient descends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from autodiff.core.addition import add_at
from autodiff.core.broadcasting import unbroadcast
from autodiff.core.graph import Node
from autodiff.core.positions import count_gaps, fill_index, has_traced, is_basic, split_index
from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array

__all__ = [
    "PartCotangent",
    "SparseCotangent",
    "accumulator",
    "conjugated",
    "fresh",
    "is_absent",
    "materialize",
]

Add: TypeAlias = "Callable[[Node, Array | SparseCotangent | PartCotangent], None]"


class SparseCotangent:
    """A cotangent that is zero except at an index: the cotangent of indexing.

    Sparse cotangents are collected and then added in one step. A loop over the entries of an array
    thus takes linear time; otherwise each entry would add a whole array of zeros.
    """

    __slots__ = ("index", "value")

    def __init__(self, value: Array, index: Any) -> None:
        self.value = value
        self.index = index


@primitive
def scatter(
    *values: Array, indices: Sequence[Any], shape: tuple[int, ...], out: Array = None
) -> Array:
    """Add each value into an array of zeros at its index; traced positions come last.

    ``out`` receives the result, in generated code.
    """
    values, indices = _with_positions(values, indices)
    total = np.empty(shape, np.result_type(*values)) if out is None else out
    total[...] = 0
    for value, index in zip(values, indices, strict=True):
        if is_basic(index):
            total[index] += value
        else:
            add_at(total, index, value)
    return total if total.ndim else total[()]


def _scatter_slopes(
    g: Array, z: Array, *values: Array, indices: Sequence[Any], shape: tuple[int, ...]
) -> list[Array | None]:
    del z, shape
    own, where = _with_positions(values, indices)
    from autodiff.core.indexing import read  # which builds on this module

    return [*(read(g, index) for index in where), *[None] * (len(values) - len(own))]


def _with_positions(
    values: tuple[Array, ...], indices: Sequence[Any]
) -> tuple[tuple[Array, ...], list[Any]]:
    """Separate values from the traced positions after them, and insert these in the indices."""
    if len(values) == len(indices):
        return values, list(indices)
    positions = iter(values[len(indices) :])
    found = [
        fill_index(index, tuple(next(positions) for _ in range(count_gaps(index))))
        for index in indices
    ]
    return values[: len(indices)], found


derivative(
    scatter,
    values=_scatter_slopes,
    emit="{function}({inputs}, indices={indices}, shape={shape}, out={out})",
)


class PartCotangent:
    """The cotangent of one part of the tuple that a function with several results returned."""

    __slots__ = ("number", "value")

    def __init__(self, value: Array, number: int) -> None:
        self.value = value
        self.number = number


@primitive
def part(several: tuple[Array, ...], *, number: int) -> Array:
    """Return one of the results of a function that has several."""
    return several[number]


derivative(part, several=lambda g, z, several, *, number: PartCotangent(g, number))


def accumulator(cotangents: dict[Node, Any]) -> Add:
    """Return a function that adds a cotangent of a Node to those already accumulated.

    The cotangent is converted to the value's shape and dtype. Sparse ones are kept in a list, after
    the sum of the others; those of the parts of a tuple in a dict.
    """
    find, float64, array = cotangents.get, np.float64, np.ndarray

    def add(node: Node, slope: Array | SparseCotangent | PartCotangent) -> None:
        found = find(node)
        if type(slope) is float64 and type(node.value) is float64:
            pass  # the shape and dtype match
        elif type(slope) is SparseCotangent:
            if type(found) is list:
                found.append(slope)
            else:
                cotangents[node] = [found, slope]
            return
        elif type(slope) is PartCotangent:
            parts = cotangents.setdefault(node, {})
            earlier = parts.get(slope.number)
            parts[slope.number] = slope.value if earlier is None else earlier + slope.value
            return
        elif not (
            type(slope) is array
            and slope.shape == node.value.shape
            and slope.dtype is node.value.dtype
            and slope.ndim
        ):
            slope = unbroadcast(slope, node.value)
        if found is None:
            cotangents[node] = slope
        elif type(found) is list:
            found[0] = slope if found[0] is None else found[0] + slope
        else:
            cotangents[node] = found + slope

    return add


def materialize(arrived: list[Any] | dict[int, Array], node: Node) -> Array | tuple[Array, ...]:
    """Combine the collected sparse cotangents, or the cotangents of a tuple's parts."""
    if isinstance(arrived, dict):
        return tuple(
            arrived[i] if i in arrived else _zero_of(value) for i, value in enumerate(node.value)
        )
    first, *parts = arrived
    indices, positions = [], []
    for part in parts:
        index, traced = split_index(part.index) if has_traced(part.index) else (part.index, [])
        indices.append(index)
        positions += traced
    total = scatter.apply(
        (*(part.value for part in parts), *positions),
        {"indices": indices, "shape": np.shape(node.value)},
    )
    return unbroadcast(total if first is None else first + total, node.value)


@cache
def _zero(dtype: np.dtype[Any]) -> tuple[np.ndarray[Any, Any], Array]:
    """Return the zero that stands for cotangents of a dtype that never arrived, and as a number."""
    zero = np.zeros((), dtype)
    zero.setflags(write=False)  # or copies would be made of it
    return zero, dtype.type(0)


def _zero_of(value: Array) -> Array:
    """Return zeros like a value that nothing was computed from: all are one zero in memory."""
    zero, number = _zero(np.asarray(value).dtype)
    return np.broadcast_to(zero, np.shape(value)) if np.ndim(value) else number


def is_absent(part: Array) -> bool:
    """Return whether nothing was computed from this part of a tuple: its cotangent is that zero."""
    if isinstance(part, np.ndarray):
        return part.base is _zero(part.dtype)[0]
    return isinstance(part, np.generic) and part is _zero(part.dtype)[1]


def conjugated(x: Array) -> Array:
    """Return the conjugate, in its byte order; real values are returned as they are, uncopied."""
    if x.dtype.kind != "c":
        return x
    z = np.conjugate(x)
    return z if z.dtype == x.dtype else z.astype(x.dtype)


def fresh(slope: Array, taken: set[int]) -> Array:
    """Return a plain array that the user may edit; ``taken`` has the ids of those returned."""
    if isinstance(slope, np.ndarray):
        if not (slope.flags.owndata and slope.flags.writeable) or id(slope) in taken:
            slope = slope.copy()
        taken.add(id(slope))
    return slope
