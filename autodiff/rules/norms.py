"""Norms of vectors and matrices, and the condition number. The slope of a norm at 0 is 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Axis
from autodiff.rules.composite import composite
from autodiff.rules.powers import power_of_size, root, squared_size


@composite(np.linalg.norm)
def norm(x: Array, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Array:  # noqa: A002 - NumPy's name
    """Return the length of vectors, or the size of matrices."""
    if axis is None and ord is None:
        length = _length(np.reshape(x, -1), 0, keepdims=False)
        return np.reshape(length, (1,) * x.ndim) if keepdims else length
    if axis is not None and not isinstance(axis, tuple | list):
        axis = int(axis)  # as NumPy does here alone
    axes = _axes(axis, x.ndim)
    if len(axes) == 1:
        return _norm_of_vectors(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _norm_of_matrices(x, ord, axes, keepdims)
    raise ValueError(
        f"norm of order {ord} takes vectors or matrices, along one axis or two; got "
        f"{len(axes)} axes. Use axis=, or np.linalg.vector_norm for any number."
    )


def _axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    if isinstance(axis, list):
        raise TypeError(
            f"expected an integer or a tuple as axis=, got {axis} at {user_line()}. Write "
            f"axis={tuple(axis)}."
        )
    return normalize_axis_tuple(range(ndim) if axis is None else axis, ndim)


@composite(np.linalg.vector_norm)
def vector_norm(x: Array, /, *, axis: Axis = None, keepdims: bool = False, ord: Any = 2) -> Array:  # noqa: A002 - NumPy's name
    """Return the length of vectors that lie along any number of axes."""
    axes = _axes(axis, x.ndim)
    kept = tuple(i for i in range(x.ndim) if i not in axes)
    vectors = np.reshape(
        np.transpose(x, axes + kept), (_count(x, axes), *(x.shape[i] for i in kept))
    )
    lengths = _norm_of_vectors(vectors, ord, 0, keepdims=False)
    return np.expand_dims(lengths, axes) if keepdims else lengths


@composite(np.linalg.matrix_norm)
def matrix_norm(x: Array, /, *, keepdims: bool = False, ord: Any = "fro") -> Array:  # noqa: A002 - NumPy's name
    """Return the size of the matrices in the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)


@composite(np.linalg.cond)
def cond(x: Array, p: Any = None) -> Array:
    """Return the condition number: the norm of a matrix times that of its inverse."""
    _check_order(p)
    if 0 in x.shape[-2:]:
        raise np.linalg.LinAlgError(
            f"cond at {user_line()} is not defined on empty matrices, got the shape {x.shape}. "
            f"Pass matrices with at least one row and one column."
        )
    if p not in (None, 2, -2):
        number = norm(x, p, (-2, -1)) * norm(inverse_or_nan(x), p, (-2, -1))
    else:
        sizes = np.linalg.svd(x, compute_uv=False)
        largest, smallest = sizes[..., 0], sizes[..., -1]
        with np.errstate(divide="ignore", invalid="ignore"):
            number = smallest / largest if p == -2 else largest / smallest
    is_singular = np.isnan(number) & ~np.any(np.isnan(x), axis=(-2, -1))
    return np.where(is_singular, math.inf, number)


@primitive
def inverse_or_nan(a: Array) -> Array:
    """Return the inverses of matrices; NaN for those that are singular."""
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        if a.shape[-2] != a.shape[-1]:
            raise
        if a.ndim == 2:
            return np.full_like(a, math.nan)
        return np.stack([inverse_or_nan(part) for part in a])


derivative(inverse_or_nan, a=lambda g, z, a: -np.matmul(np.matmul(z.mT, g), z.mT))


def _count(x: Array, axes: Sequence[int]) -> int:
    return math.prod(x.shape[i] for i in axes)


def _length(x: Array, axis: Axis, keepdims: bool) -> Array:
    return root(np.sum(squared_size(x), axis=axis, keepdims=keepdims))


def _norm_of_vectors(x: Array, ord: Any, axis: int, keepdims: bool) -> Array:  # noqa: A002 - NumPy's name
    if isinstance(ord, (str, list, tuple)) or np.ndim(ord):
        raise ValueError(
            f"a vector's norm needs a number as its order, got {ord!r}. Pass 2, 1 or np.inf, for "
            f"example."
        )
    if isinstance(ord, Tensor):
        return _norm_of_traced_order(x, ord, axis, keepdims)
    if ord is None or ord == 2:
        return _length(x, axis, keepdims)
    if isinstance(ord, (np.generic, np.ndarray)):
        ord = ord.item()  # noqa: A001 - which doesn't widen float32
    elif isinstance(ord, (int, float)):
        ord = +ord  # noqa: A001 - nor does a number of Python's own class
    sizes = np.abs(x)
    if ord == math.inf and x.shape[axis]:
        return np.max(sizes, axis=axis, keepdims=keepdims)
    if ord == -math.inf:
        return np.min(sizes, axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum((x != 0).astype(sizes.dtype), axis=axis, keepdims=keepdims)
    if ord in (1, math.inf):
        return np.sum(sizes, axis=axis, keepdims=keepdims)
    total = np.sum(power_of_size(sizes, ord), axis=axis, keepdims=keepdims)
    is_wide = total.dtype == np.longdouble
    return power_of_size(total, np.reciprocal(ord, dtype=np.longdouble) if is_wide else 1 / ord)


def _norm_of_traced_order(x: Array, ord: Tensor, axis: int, keepdims: bool) -> Array:  # noqa: A002 - NumPy's name
    """Return the norm by its formula, also at orders of 1 and 2, where it has a slope, too."""
    sizes = np.abs(x) if x.dtype.kind in "fc" else np.abs(x.astype(float))
    ord = ord.astype(sizes.dtype)  # noqa: A001 - which doesn't widen float32
    special = np.isinf(ord) | (ord == 0)
    p = np.where(special, 1, ord)
    along: dict[str, Any] = {"axis": axis, "keepdims": keepdims}
    length = power_of_size(np.sum(power_of_size(sizes, p), **along), 1 / p)
    largest, smallest = np.max(sizes, initial=0, **along), np.min(sizes, initial=math.inf, **along)
    count = np.sum((x != 0).astype(sizes.dtype), **along)
    extreme = np.where(ord > 0, largest, smallest)
    return np.where(special, np.where(ord == 0, count, extreme), length)


def _check_order(ord: Any) -> None:  # noqa: A002 - NumPy's name
    if isinstance(ord, Tensor):
        raise TypeError(
            f"a matrix's norm needs a plain number as its order, got a traced one at "
            f"{user_line()}. Pass a number, or 'fro' or 'nuc'."
        )


def _norm_of_matrices(x: Array, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Array:  # noqa: A002 - NumPy's name
    _check_order(ord)
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
            f"a matrix's norm needs 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2 as its order, got "
            f"{ord!r}. Pass one of these, or use np.linalg.vector_norm."
        )
    is_sum = ord == "nuc" or (ord > 0 and not reduced.size)  # the largest of nothing is 0
    reduce = np.sum if is_sum else np.max if ord > 0 else np.min
    size = reduce(reduced, axis=along)
    return np.expand_dims(size, axes) if keepdims else size
