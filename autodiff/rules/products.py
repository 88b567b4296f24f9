"""Products of matrices and vectors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.graph import Node
from autodiff.core.lift import as_operand
from autodiff.core.primitive import derivative
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array
from autodiff.core.view import View, laid_out_like, once, unshared
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, refuse_out

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


def _left(g: Array, z: Array, x: Array, y: Array) -> Array:
    """Return the slope of x @ y in x: g @ y.T, for vectors and stacks of matrices too."""
    del z
    rows, columns = x.ndim, y.ndim
    if rows == columns == 2:
        return _product(g, y.T)
    if columns == 1:
        return g * y if rows == 1 else g[..., None] * y
    if rows == 1:
        return np.matmul(y, g[..., None])[..., 0]
    return np.matmul(g, _transposed(y))


def _right(g: Array, z: Array, x: Array, y: Array) -> Array:
    """Return the slope of x @ y in y: x.T @ g, for vectors and stacks of matrices too."""
    del z
    rows, columns = x.ndim, y.ndim
    if rows == columns == 2:
        return _product(x.T, g)
    if rows == 1:
        return g * x if columns == 1 else x[:, None] * g[..., None, :]
    if columns == 1:
        return np.matmul(_transposed(x), g[..., None])[..., 0]
    if columns == 2 and rows > 2:  # one matrix for a stack: one product, summed over the stack
        count = math.prod(x.shape[:-1])
        x, g = np.reshape(x, (count, x.shape[-1])), np.reshape(g, (count, g.shape[-1]))
    return np.matmul(_transposed(x), g)


def _product(x: Array, y: Array) -> Array:
    """Return x @ y of two matrices, by np.dot where it is the same: slightly faster.

    By an array of one entry it multiplies with BLAS, which takes 0 times NaN for 0.
    """
    return np.dot(x, y) if x.size > 1 and y.size > 1 else np.matmul(x, y)


def _transposed(x: Array) -> Array:
    return x.T if x.ndim == 2 else x.mT


derivative(np.matmul, x=_left, y=_right)


@composite(np.dot, exact=True)
def dot(a: Array, b: Array, out: Array | None = None) -> Array:
    """Return the product: of numbers, or over the last axis of a and the last but one of b."""
    refuse_out(out)
    a, b = _factors(a, b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return _scaled(_strong(a), _strong(b))
    if np.ndim(b) <= 2:
        z = np.matmul(a, b)
        return laid_out_like(z, np.empty(z.shape)) if z.ndim > 2 else z
    return np.tensordot(a, b, axes=(-1, -2))


@composite(np.inner)
def inner(a: Array, b: Array) -> Array:
    """Return the sum of products over the last axes."""
    a, b = _factors(a, b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return _scaled(_strong(a), _strong(b))
    return unshared(np.tensordot(a, b, axes=(-1, -1)), "K")


def _factors(a: Array, b: Array) -> tuple[Array, Array]:
    """Return the factors; a list without numbers in the dtype that NumPy gives it beside them."""
    if isinstance(a, list) and not np.size(a):
        a = np.asarray(a, np.dot([], np.empty(0, as_array(b).dtype)).dtype)
    if isinstance(b, list) and not np.size(b):
        b = np.asarray(b, np.dot(np.empty(0, as_array(a).dtype), []).dtype)
    return a, b


def _scaled(a: Array, b: Array) -> Array:
    """Return the product with a number, in C order where BLAS computes it.

    Repeated entries are converted first, into a copy without gaps, which decides the layout.
    """
    kind = np.result_type(peek(a), peek(b))
    a, b = (x.astype(kind) if _repeats(x) and x.dtype != kind else x for x in (a, b))
    product = np.multiply(a, b)
    is_by_blas = np.ndim(product) <= 2 and product.dtype.char in "fdFD"
    return unshared(product) if is_by_blas else product


def _repeats(x: Array) -> bool:
    return 0 in getattr(peek(x), "strides", ())


def _strong(x: Array) -> Array:
    """Return a list as an array, and a number as a NumPy scalar, which widens a narrow dtype."""
    if hasattr(x, "dtype"):
        return x
    x = as_array(x)
    return x if isinstance(x, Tensor) else x[()]


@composite(np.vdot)
def vdot(a: Array, b: Array) -> Array:
    """Return the sum of products of all entries, the first conjugated."""
    a, b = _factors(a, b)
    return np.matmul(conjugated(np.reshape(a, -1)), np.reshape(b, -1))


@composite(np.outer)
def outer(a: Array, b: Array, out: Array | None = None) -> Array:
    """Return the products of all pairs of entries."""
    refuse_out(out)
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@composite(np.tensordot)
def tensordot(a: Array, b: Array, axes: Any = 2) -> Array:
    """Return the sum of products over some axes of each: one product of matrices."""
    if np.ndim(axes) == 0 and not isinstance(axes, (list, tuple)):
        over_a = list(range(np.ndim(a) - axes, np.ndim(a)))
        over_b = list(range(axes))
    else:
        over_a = list(normalize_axis_tuple(axes[0], np.ndim(a)))
        over_b = list(normalize_axis_tuple(axes[1], np.ndim(b)))
    if [np.shape(a)[i] for i in over_a] != [np.shape(b)[i] for i in over_b]:
        raise ValueError(
            f"tensordot sums over axes of equal lengths, got shapes {np.shape(a)} and "
            f"{np.shape(b)} with axes {axes}. Choose other axes, or transpose one."
        )
    free_a = [i for i in range(np.ndim(a)) if i not in over_a]
    free_b = [i for i in range(np.ndim(b)) if i not in over_b]
    shape_a = tuple(np.shape(a)[i] for i in free_a)
    shape_b = tuple(np.shape(b)[i] for i in free_b)
    summed = int(np.prod([np.shape(a)[i] for i in over_a], dtype=int))
    left = np.reshape(np.transpose(a, free_a + over_a), (int(np.prod(shape_a, dtype=int)), summed))
    right = np.reshape(np.transpose(b, over_b + free_b), (summed, int(np.prod(shape_b, dtype=int))))
    return np.reshape(np.matmul(left, right), shape_a + shape_b)


@composite(np.trace)
def trace(
    a: Array,
    offset: int = 0,
    axis1: int = 0,
    axis2: int = 1,
    dtype: DTypeLike | None = None,
    out: None = None,
) -> Array:
    """Return the sum along a diagonal."""
    refuse_out(out)
    native = None if dtype is None else np.dtype(dtype).newbyteorder("=")
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=native)


@composite(np.diagonal, exact=True)
def diagonal(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """Return a diagonal, as the last axis: a read-only view."""
    moved = np.moveaxis(a, (axis1, axis2), (-2, -1))
    positions = np.arange(moved.shape[-2] * moved.shape[-1]).reshape(moved.shape[-2:])
    picked = np.diagonal(positions, offset)
    entries: Array = np.reshape(moved, (*moved.shape[:-2], positions.size))[..., picked]
    if not isinstance(a, Tensor):
        return entries
    strided = np.diagonal(a.node.value, offset, axis1, axis2)  # lies in memory as NumPy's view
    node = Node(strided, entries.node.primitive, entries.node.inputs, entries.node.options)
    return View(node, a, lambda base: diagonal(base, offset, axis1, axis2), writable=False)


@composite(np.cross)
def cross(
    a: Array, b: Array, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Array:
    """Return the cross product of vectors of 3 entries."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a = np.moveaxis(a, normalize_axis_index(axisa, np.ndim(a)), -1)
    b = np.moveaxis(b, normalize_axis_index(axisb, np.ndim(b)), -1)
    if (a.shape[-1], b.shape[-1]) != (3, 3):
        raise ValueError(
            f"cross of a traced value needs vectors of 3 entries, got shapes {a.shape} and "
            f"{b.shape} at {user_line()}. Add a third entry, 0, to shorter ones; of "
            f"two shorter ones, NumPy's result is the third entry."
        )
    after, before = [1, 2, 0], [2, 0, 1]
    crossed = a[..., after] * b[..., before] - a[..., before] * b[..., after]
    return unshared(np.moveaxis(unshared(crossed), -1, axisc), "K")


@composite(np.kron)
def kron(a: Array, b: Array) -> Array:
    """Return the Kronecker product: b times each entry of a, in blocks."""
    a, b = as_operand(a), as_operand(b)
    ndim = max(np.ndim(a), np.ndim(b))
    tall = np.reshape(a, (1,) * (ndim - np.ndim(a)) + np.shape(a))
    wide = np.reshape(b, (1,) * (ndim - np.ndim(b)) + np.shape(b))
    spread = np.expand_dims(tall, tuple(range(1, 2 * ndim, 2)))
    repeated = np.expand_dims(wide, tuple(range(0, 2 * ndim, 2)))
    shape = tuple(m * n for m, n in zip(tall.shape, wide.shape, strict=True))
    return np.reshape(spread * repeated, shape)


@composite(np.vecdot)
def vecdot(x1: Array, x2: Array, axis: int = -1) -> Array:
    """Return the sum of products along an axis, the first conjugated."""
    x1 = np.moveaxis(as_array(x1), normalize_axis_index(axis, np.ndim(x1)), -1)
    x2 = np.moveaxis(x2, normalize_axis_index(axis, np.ndim(x2)), -1)
    x1 = once(conjugated, x1)
    return unshared(np.matmul(x1[..., None, :], x2[..., :, None])[..., 0, 0], "K")


def _need_axes(name: str, x1: Array, first: int, x2: Array, second: int) -> None:
    if np.ndim(x1) < first or np.ndim(x2) < second:
        raise ValueError(
            f"{name} needs at least {first} axes in its first argument and {second} in its second, "
            f"got shapes {np.shape(x1)} and {np.shape(x2)} at {user_line()}. Add an axis: x[:, "
            f"np.newaxis]."
        )


def matvec(x1: Array, x2: Array) -> Array:
    """Return the products of matrices with vectors."""
    _need_axes("matvec", x1, 2, x2, 1)
    return np.matmul(x1, as_array(x2)[..., :, None])[..., 0]


def vecmat(x1: Array, x2: Array) -> Array:
    """Return the products of vectors, conjugated, with matrices."""
    _need_axes("vecmat", x1, 1, x2, 2)
    return np.matmul(conjugated(as_array(x1))[..., None, :], x2)[..., 0, :]


if hasattr(np, "matvec"):  # NumPy 2.2 and later
    composite(np.matvec)(matvec)
    composite(np.vecmat)(vecmat)


# These functions have their own names in np.linalg.


@composite(np.linalg.matmul)
def linalg_matmul(x1: Array, x2: Array, /) -> Array:
    """Return the same as ``np.matmul``."""
    return np.matmul(x1, x2)


@composite(np.linalg.tensordot)
def linalg_tensordot(x1: Array, x2: Array, /, *, axes: Any = 2) -> Array:
    """Return the same as ``np.tensordot``."""
    return np.tensordot(x1, x2, axes)


@composite(np.linalg.vecdot)
def linalg_vecdot(x1: Array, x2: Array, /, *, axis: int = -1) -> Array:
    """Return the same as ``np.vecdot``."""
    return vecdot(x1, x2, axis)


@composite(np.linalg.outer)
def linalg_outer(x1: Array, x2: Array, /) -> Array:
    """Return the same as ``np.outer``, of vectors only."""
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError(
            f"outer takes two vectors, got shapes {np.shape(x1)} and {np.shape(x2)}. Flatten them: "
            f"x.ravel()."
        )
    return outer(x1, x2)


@composite(np.linalg.cross)
def linalg_cross(x1: Array, x2: Array, /, *, axis: int = -1) -> Array:
    """Return the same as ``np.cross``, of vectors of 3 entries."""
    return cross(x1, x2, axis=axis)


@composite(np.linalg.trace)
def linalg_trace(x: Array, /, *, offset: int = 0, dtype: DTypeLike | None = None) -> Array:
    """Return the same as ``np.trace``, over the last two axes."""
    return trace(x, offset, -2, -1, dtype=dtype)


@composite(np.linalg.diagonal, exact=True)
def linalg_diagonal(x: Array, /, *, offset: int = 0) -> Array:
    """Return the same as ``np.diagonal``, over the last two axes."""
    return diagonal(x, offset, -2, -1)


@composite(np.linalg.matrix_transpose, exact=True)
def linalg_matrix_transpose(x: Array, /) -> Array:
    """Return the same as ``np.matrix_transpose``; a view."""
    return np.matrix_transpose(x)
