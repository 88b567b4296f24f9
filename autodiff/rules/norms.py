"""Norms of vectors and matrices, and the condition number. The slope of a norm at 0 is 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.primitive import composite


@composite(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002 - NumPy's name
    """The length of vectors, or the size of matrices."""
    if axis is None and ord is None:
        length = _length(np.reshape(x, -1), 0, keepdims=False)
        return np.reshape(length, (1,) * x.ndim) if keepdims else length
    axes = normalize_axis_tuple(range(x.ndim) if axis is None else axis, x.ndim)
    if len(axes) == 1:
        return _norm_of_vectors(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _norm_of_matrices(x, ord, axes, keepdims)
    raise ValueError(
        f"norm of order {ord} takes vectors or matrices, along one axis or two; got "
        f"{len(axes)} axes. Use axis=, or np.linalg.vector_norm for any number."
    )


@composite(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:  # noqa: A002 - NumPy's name
    """The length of vectors that lie along any number of axes."""
    axes = normalize_axis_tuple(range(x.ndim) if axis is None else axis, x.ndim)
    kept = tuple(i for i in range(x.ndim) if i not in axes)
    vectors = np.reshape(
        np.transpose(x, axes + kept), (_count(x, axes), *(x.shape[i] for i in kept))
    )
    lengths = _norm_of_vectors(vectors, ord, 0, keepdims=False)
    return np.expand_dims(lengths, axes) if keepdims else lengths


@composite(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:  # noqa: A002 - NumPy's name
    """The size of the matrices in the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)


@composite(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """How much a matrix can enlarge a relative error: its norm times that of its inverse."""
    if p not in (None, 2, -2):
        return norm(x, p, (-2, -1)) * norm(np.linalg.inv(x), p, (-2, -1))
    sizes = np.linalg.svd(x, compute_uv=False)
    largest, smallest = sizes[..., 0], sizes[..., -1]
    with np.errstate(divide="ignore"):
        return smallest / largest if p == -2 else largest / smallest


def _count(x: Any, axes: Sequence[int]) -> int:
    return math.prod(x.shape[i] for i in axes)


def _length(x: Any, axis: Any, keepdims: bool) -> Any:
    squares = np.real(x * np.conjugate(x)) if x.dtype.kind == "c" else x * x
    total = np.sum(squares, axis=axis, keepdims=keepdims)
    return np.sqrt(np.where(total == 0, 1, total)) * (total != 0)


def _norm_of_vectors(x: Any, ord: Any, axis: int, keepdims: bool) -> Any:  # noqa: A002 - NumPy's name
    if ord is None or ord == 2:
        return _length(x, axis, keepdims)
    if isinstance(ord, str):
        raise ValueError(f"the order of a vector's norm is a number, got {ord!r}")
    sizes = np.abs(x)
    if ord == math.inf and x.shape[axis]:
        return np.max(sizes, axis=axis, keepdims=keepdims)
    if ord == -math.inf:
        return np.min(sizes, axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum((x != 0).astype(sizes.dtype), axis=axis, keepdims=keepdims)
    if ord in (1, math.inf):
        return np.sum(sizes, axis=axis, keepdims=keepdims)
    return _root(np.sum(_root(sizes, ord), axis=axis, keepdims=keepdims), 1 / ord)


def _root(x: Any, power: float) -> Any:
    """Raise to a power; where that of 0 is 0, so is its slope."""
    if power < 0:
        return x**power
    return np.where(x == 0, 1, x) ** power * (x != 0)


def _norm_of_matrices(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:  # noqa: A002 - NumPy's name
    if ord in (None, "fro", "f"):
        return _length(x, axes, keepdims)
    along: tuple[int, ...] = axes
    rows, columns = axes
    if ord in (2, -2, "nuc"):
        reduced = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), compute_uv=False)
        along = (-1,)
    elif ord in (1, -1):
        reduced = np.sum(np.abs(x), axis=rows, keepdims=True)
    elif ord in (math.inf, -math.inf):
        reduced = np.sum(np.abs(x), axis=columns, keepdims=True)
    else:
        raise ValueError(
            f"the order of a matrix's norm is 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2, got {ord!r}"
        )
    reduce = np.sum if ord == "nuc" else np.max if ord > 0 else np.min
    size = reduce(reduced, axis=along)
    return np.expand_dims(size, axes) if keepdims else size
