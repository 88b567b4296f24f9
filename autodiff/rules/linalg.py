"""Products of matrices and vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autodiff.primitive import composite, derivative, primitive
from autodiff.registry import registry
from autodiff.tensor import Tensor
from autodiff.view import View


def _left(g: Any, z: Any, x: Any, y: Any) -> Any:
    """The slope of x @ y in x: g @ y.T, for vectors and stacks of matrices too."""
    del z
    rows, columns = x.ndim, y.ndim
    if rows == columns == 2:
        return np.dot(g, y.T)  # a little quicker than matmul
    if columns == 1:
        return g * y if rows == 1 else g[..., None] * y
    if rows == 1:
        return np.matmul(y, g[..., None])[..., 0]
    return np.matmul(g, _transposed(y))


def _right(g: Any, z: Any, x: Any, y: Any) -> Any:
    """The slope of x @ y in y: x.T @ g, for vectors and stacks of matrices too."""
    del z
    rows, columns = x.ndim, y.ndim
    if rows == columns == 2:
        return np.dot(x.T, g)
    if rows == 1:
        return g * x if columns == 1 else x[:, None] * g[..., None, :]
    if columns == 1:
        return np.matmul(_transposed(x), g[..., None])[..., 0]
    if columns == 2 and rows > 2:  # one matrix for a stack: one product, summed over the stack
        count = math.prod(x.shape[:-1])
        x, g = np.reshape(x, (count, x.shape[-1])), np.reshape(g, (count, g.shape[-1]))
    return np.matmul(_transposed(x), g)


def _transposed(x: Any) -> Any:
    return x.T if x.ndim == 2 else x.mT


derivative(np.matmul, x=_left, y=_right)


@composite(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """The product: of numbers, vectors or matrices; sums over a's last and b's last but one."""
    if out is not None:
        raise TypeError("out= of a traced dot isn't supported: leave it away")
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.ndim(b) <= 2:
        return np.matmul(a, b)
    return np.tensordot(a, b, axes=(-1, -2))


@composite(np.inner)
def inner(a: Any, b: Any) -> Any:
    """The sum of products over the last axes."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.tensordot(a, b, axes=(-1, -1))


@composite(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """The sum of products of all entries, the first conjugated."""
    return np.matmul(np.conjugate(np.reshape(a, -1)), np.reshape(b, -1))


@composite(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """The products of all pairs of entries."""
    if out is not None:
        raise TypeError("out= of a traced outer isn't supported: leave it away")
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@composite(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The sum of products over some axes of each: one product of matrices."""
    if np.ndim(axes) == 0 and not isinstance(axes, (list, tuple)):
        over_a = list(range(np.ndim(a) - axes, np.ndim(a)))
        over_b = list(range(axes))
    else:
        over_a = list(normalize_axis_tuple(axes[0], np.ndim(a)))
        over_b = list(normalize_axis_tuple(axes[1], np.ndim(b)))
    if [np.shape(a)[i] for i in over_a] != [np.shape(b)[i] for i in over_b]:
        raise ValueError(
            f"tensordot sums over axes of equal lengths, got shapes {np.shape(a)} and "
            f"{np.shape(b)} with axes {axes}"
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
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, **options: Any) -> Any:
    """The sum along a diagonal."""
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, **options)


@composite(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """A diagonal, as the last axis: a view to read, not to write to."""
    moved = np.moveaxis(a, (axis1, axis2), (-2, -1))
    positions = np.arange(moved.shape[-2] * moved.shape[-1]).reshape(moved.shape[-2:])
    picked = np.diagonal(positions, offset)
    entries: Any = np.reshape(moved, (*moved.shape[:-2], -1))[..., picked]
    if not isinstance(a, Tensor):
        return entries
    return View(entries.node, a, lambda base: diagonal(base, offset, axis1, axis2), writable=False)


@primitive
def einsum(*operands: Any, subscripts: str) -> Any:
    """``np.einsum`` with the operands after the subscripts, which are explicit: ``ij,jk->ik``."""
    return np.einsum(subscripts, *operands, optimize=len(operands) > 2)


def _einsum_slope(g: Any, z: Any, *operands: Any, argnum: int, subscripts: str) -> Any:
    """The einsum of the cotangent with the other operands, to this operand's labels.

    A label that stands in this operand alone was summed over: an operand of ones repeats it. One
    that stands in it twice took the diagonal: the unit matrix puts it back there.
    """
    del z
    terms, result = subscripts.split("->")
    labels = terms.split(",")
    unused = (c for c in _letters() if c not in subscripts)
    own, shape = labels[argnum], np.shape(operands[argnum])
    dtype = operands[argnum].dtype
    inputs: list[tuple[str, Any]] = [(result, g)]
    inputs += [(labels[i], x) for i, x in enumerate(operands) if i != argnum]
    known = set("".join(term for term, _ in inputs))
    target = ""
    for label, n in zip(own, shape, strict=True):
        if label in target:
            twin = next(unused)
            inputs.append((label + twin, np.eye(n, dtype=dtype)))
            label = twin
        elif label not in known:
            inputs.append((label, np.ones(n, dtype)))
        target += label
    spelled = ",".join(term for term, _ in inputs) + "->" + target
    return np.einsum(spelled, *(x for _, x in inputs))


derivative(einsum, operands=_einsum_slope)


def _letters() -> str:
    return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@composite(np.einsum)
def einsum_front(*operands: Any, out: Any = None, optimize: Any = False, **options: Any) -> Any:
    """``np.einsum`` in all its forms."""
    if out is not None or options:
        raise NotImplementedError(f"einsum of a traced value takes no out= or {options}")
    del optimize  # the order of multiplication is chosen for more than two operands
    if not isinstance(operands[0], str):
        operands = _spelled(operands)
    subscripts, *arrays = operands
    arrays = [a if isinstance(a, Tensor) else np.asarray(a) for a in arrays]
    explicit = _explicit(subscripts.replace(" ", ""), [np.ndim(a) for a in arrays])
    options = {"subscripts": explicit}
    result = einsum.apply(tuple(arrays), options)
    whole = arrays[0]
    if len(arrays) > 1 or not np.may_share_memory(result.node.value, whole.node.value):
        return result
    return View(result.node, whole, lambda new: einsum.apply((new,), options), writable=False)


def _spelled(operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """Turn ``einsum(a, [0, 1], b, [1, 2], [0, 2])`` into subscripts and operands."""
    arrays = operands[0 : len(operands) - len(operands) % 2 : 2]
    lists = list(operands[1::2]) + ([operands[-1]] if len(operands) % 2 else [])
    texts = ["".join("..." if i is Ellipsis else _letters()[i] for i in part) for part in lists]
    inputs = ",".join(texts[: len(arrays)])
    return (inputs + ("->" + texts[-1] if len(operands) % 2 else ""), *arrays)


def _explicit(subscripts: str, ndims: list[int]) -> str:
    """Write ellipses out as labels, and the result's labels where they are implied."""
    terms, arrow, result = subscripts.partition("->")
    labels = terms.split(",")
    if len(labels) != len(ndims):
        raise ValueError(f"einsum {subscripts!r} names {len(labels)} operands, got {len(ndims)}")
    unused = [c for c in _letters() if c not in subscripts]
    wide = max(
        (n - len(term.replace("...", "")) for term, n in zip(labels, ndims, strict=True)
         if "..." in term), default=0,
    )  # fmt: skip
    dots = "".join(unused[:wide])

    def spelled(term: str, ndim: int) -> str:
        width = ndim - len(term.replace("...", ""))
        return term.replace("...", dots[len(dots) - width :] if width else "")

    labels = [spelled(term, ndim) for term, ndim in zip(labels, ndims, strict=True)]
    if arrow:
        result = result.replace("...", dots)
    else:
        joined = "".join(labels)
        named = sorted(c for c in set(joined) if joined.count(c) == 1 and c not in dots)
        result = dots + "".join(named)
    return ",".join(labels) + "->" + result


@composite(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None
) -> Any:
    """The vector at right angles to two others in space."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a = np.moveaxis(a, normalize_axis_index(axisa, np.ndim(a)), -1)
    b = np.moveaxis(b, normalize_axis_index(axisb, np.ndim(b)), -1)
    if (a.shape[-1], b.shape[-1]) != (3, 3):
        raise ValueError(
            f"cross of a traced value needs vectors of 3 entries, got shapes {a.shape} and "
            f"{b.shape}"
        )
    after, before = [1, 2, 0], [2, 0, 1]
    crossed = a[..., after] * b[..., before] - a[..., before] * b[..., after]
    return np.moveaxis(crossed, -1, axisc)


@composite(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Every entry of a times the whole of b, in its place."""
    ndim = max(np.ndim(a), np.ndim(b))
    tall = np.reshape(a, (1,) * (ndim - np.ndim(a)) + np.shape(a))
    wide = np.reshape(b, (1,) * (ndim - np.ndim(b)) + np.shape(b))
    spread = np.expand_dims(tall, tuple(range(1, 2 * ndim, 2)))
    repeated = np.expand_dims(wide, tuple(range(0, 2 * ndim, 2)))
    shape = tuple(m * n for m, n in zip(tall.shape, wide.shape, strict=True))
    return np.reshape(spread * repeated, shape)


@composite(np.vecdot)
def vecdot(x1: Any, x2: Any, axis: int = -1) -> Any:
    """The sum of products along an axis, the first conjugated."""
    x1 = np.moveaxis(x1, normalize_axis_index(axis, np.ndim(x1)), -1)
    x2 = np.moveaxis(x2, normalize_axis_index(axis, np.ndim(x2)), -1)
    return np.matmul(np.conjugate(x1)[..., None, :], x2[..., :, None])[..., 0, 0]


def matvec(x1: Any, x2: Any) -> Any:
    """The products of matrices with vectors."""
    return np.matmul(x1, x2[..., :, None])[..., 0]


def vecmat(x1: Any, x2: Any) -> Any:
    """The products of vectors, conjugated, with matrices."""
    return np.matmul(np.conjugate(x1)[..., None, :], x2)[..., 0, :]


if hasattr(np, "matvec"):  # NumPy 2.2 and later
    registry[np.matvec], registry[np.vecmat] = matvec, vecmat


# The namespace np.linalg has names of its own for these.


@composite(np.linalg.matmul)
def linalg_matmul(x1: Any, x2: Any, /) -> Any:
    """As ``np.matmul``."""
    return np.matmul(x1, x2)


@composite(np.linalg.tensordot)
def linalg_tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    """As ``np.tensordot``."""
    return np.tensordot(x1, x2, axes)


@composite(np.linalg.vecdot)
def linalg_vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """As ``np.vecdot``."""
    return vecdot(x1, x2, axis)


@composite(np.linalg.outer)
def linalg_outer(x1: Any, x2: Any, /) -> Any:
    """As ``np.outer``, of vectors only."""
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError(f"outer takes two vectors, got shapes {np.shape(x1)} and {np.shape(x2)}")
    return outer(x1, x2)


@composite(np.linalg.cross)
def linalg_cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """As ``np.cross``, of vectors of 3 entries."""
    return cross(x1, x2, axis=axis)


@composite(np.linalg.trace)
def linalg_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """As ``np.trace``, over the last two axes."""
    return trace(x, offset, -2, -1, dtype=dtype)


@composite(np.linalg.diagonal)
def linalg_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """As ``np.diagonal``, over the last two axes."""
    return diagonal(x, offset, -2, -1)


@composite(np.linalg.matrix_transpose)
def linalg_matrix_transpose(x: Any, /) -> Any:
    """As ``np.matrix_transpose``; a view."""
    return np.matrix_transpose(x)
