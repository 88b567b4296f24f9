"""Systems of linear equations, inverses and determinants.

A rule whose function isn't holomorphic is written for the conjugated cotangent ``G``, which pairs
with a change as ``Re(sum(conj(G) * dz))``, and returns conjugated again. See M. B. Giles 2008,
"Collected matrix derivative results for forward and reverse mode algorithmic differentiation".
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.precision import widened
from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import peek, plain
from autodiff.core.typing import Array
from autodiff.core.view import laid_out_like, unshared
from autodiff.rules.composite import composite
from autodiff.rules.constants import on_plain_values
from autodiff.rules.cut_values import cut_terms
from autodiff.rules.data_dependent import compare_with_recording
from autodiff.rules.operands import refuse_out


def adjoint(x: Array) -> Array:
    """Return the conjugated transpose of matrices."""
    return conjugated(x.mT)


def as_matrices(x: Array) -> Array:
    """Return numbers as 1×1 matrices, which broadcast against matrices."""
    return x[..., None, None]


def _solve_slope_a(g: Array, z: Array, a: Array, b: Array) -> Array:
    slope = _solve_slope_b(g, z, a, b)
    if np.ndim(b) == 1:
        return -slope[..., :, None] * z[..., None, :]
    return -np.matmul(slope, z.mT)


def _solve_slope_b(g: Array, z: Array, a: Array, b: Array) -> Array:
    del z
    if np.ndim(b) == 1:
        return np.linalg.solve(a.mT, g[..., None])[..., 0]
    return np.linalg.solve(a.mT, g)


derivative(np.linalg.solve, a=_solve_slope_a, b=_solve_slope_b)
derivative(np.linalg.inv, a=lambda g, z, a: -np.matmul(np.matmul(z.mT, g), z.mT))


# Determinants.


def det_slope(g: Array, z: Array, a: Array) -> Array:
    """Return the slope of det, the cofactors, also for a singular matrix."""
    if _are_regular(plain(a), plain(z)):
        return as_matrices(g * z) * np.linalg.inv(a).mT
    return as_matrices(g) * cofactors(a)


def _are_regular(a: Array, determinants: Array) -> bool:
    """Return whether inverting these matrices keeps at least half of the digits."""
    precision = np.finfo(a.dtype)
    if np.any(np.abs(determinants) < precision.tiny):
        return False
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:  # where the determinant is 0 but for rounding
        return False
    sizes = [np.max(np.sum(np.abs(m), axis=-1), axis=-1, initial=0) for m in (a, inverse)]
    return bool(np.all(sizes[0] * precision.eps**0.5 < 1 / np.maximum(sizes[1], precision.tiny)))


def _frame(a: Array) -> tuple[Array, Array, Array, Array]:
    """Return the singular values of a between the cofactors of its vectors: det(U V), U*, S, V*.

    The singular values of a matrix that isn't finite are NaN.
    """
    finite = np.all(np.isfinite(a), axis=(-2, -1))
    u, s, vh = np.linalg.svd(np.where(as_matrices(finite), a, 0), full_matrices=False)
    s = np.where(finite[..., None], s, np.nan)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return as_matrices(sign), conjugated(u), s, conjugated(vh)


def _products_of_others(s: Array) -> Array:
    """Return for each entry along the last axis the product of all others."""
    own = np.eye(s.shape[-1], dtype=bool)
    return np.prod(np.where(own, 1, s[..., None, :]), axis=-1)


@primitive
def cofactors(a: Array) -> Array:
    """Return the slopes of det: the signed determinants without a row and a column.

    Those of a = U S V are det(U V) conj(U) C conj(V), where C, the cofactors of the diagonal S,
    has products of the other singular values; this is also correct for a singular a.
    """
    sign, left, s, right = _frame(a)
    return np.matmul(left * _products_of_others(s)[..., None, :], right) * sign


@primitive
def cofactors_slope(w: Array, a: Array) -> Array:
    """Return the second derivative of det along w, in the frame where a is diagonal."""
    sign, left, s, right = _frame(a)
    n = s.shape[-1]
    turned = np.matmul(np.matmul(left.mT, w), right.mT)
    without = [_products_of_others(np.where(np.arange(n) == i, 1, s)) for i in range(n)]
    pairs = np.stack(without, axis=-2) * (1 - np.eye(n, dtype=s.dtype))
    sums = np.matmul(pairs, np.diagonal(turned, axis1=-2, axis2=-1)[..., None])
    inner = sums * np.eye(n, dtype=s.dtype) - pairs * turned.mT
    return np.matmul(np.matmul(left, inner), right) * sign


def _minors_slope(g: Array, w: Array, a: Array) -> Array:
    """Return the third derivative of det along g and w: second ones of each minor, put back.

    An SVD has no slope where singular values are equal, as at 0; the minors always do.
    """
    n = a.shape[-1]
    if n < 3:
        return np.zeros_like(a)
    others = np.stack([np.delete(np.arange(n), i) for i in range(n)])  # rows of each minor
    rows, columns = others[:, None, :, None], others[:, None, :]
    signs = ((-1.0) ** np.add.outer(np.arange(n), np.arange(n))).astype(a.dtype)
    inner = cofactors_slope(w[..., rows, columns], a[..., rows, columns])
    places = np.eye(n, dtype=a.dtype)[others]
    return np.einsum("...ij,...ijkl,ikr,jlc->...rc", g * signs, inner, places, places)


derivative(np.linalg.det, a=det_slope)
derivative(cofactors, a=lambda g, z, a: cofactors_slope(g, a))
derivative(
    cofactors_slope,
    w=lambda g, z, w, a: cofactors_slope(g, a),
    a=lambda g, z, w, a: _minors_slope(g, w, a),
)


def _slogdet_slope(g: tuple[Array, ...], z: tuple[Array, ...], a: Array) -> Array:
    """Return the slope of the logarithm, g inv(a).T, and of a complex sign, its imaginary part."""
    slope = g[1]
    if a.dtype.kind == "c":
        slope = slope + 1j * np.imag(g[0] * z[0])
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError as error:
        raise np.linalg.LinAlgError(
            "the logarithm of a determinant of 0 is infinite. Use np.linalg.det, whose slope is "
            "finite, or np.sign(np.linalg.det(a)) for the sign alone."
        ) from error
    return as_matrices(slope) * inverse.mT


derivative(np.linalg.slogdet, a=_slogdet_slope)


# Least squares.


def pinv_slope(
    g: Array,
    z: Array,
    a: Array,
    *,
    rcond: Array | None = None,
    hermitian: bool = False,
    rtol: Array | None = None,
) -> Array:
    """Return the slope among matrices of the same rank (Golub and Pereyra 1973, equation 4.12).

    Where more than zeros may be cut off, with the terms that this lacks.
    """
    hermitian = hermitian and a.shape[-1] == a.shape[-2]  # an empty one may have another shape
    if hermitian:
        a = mirrored(a)
    G, p = conjugated(g), z  # noqa: N806 - the notation above
    inward, outward = np.matmul(p, a), np.matmul(a, p)
    ph, Gh = adjoint(p), adjoint(G)  # noqa: N806
    inside = np.matmul(np.matmul(ph, G), ph)
    rank, (rows, columns) = _rank(a, p), a.shape[-2:]
    beyond_rows = np.where(rank == rows, 0, Gh - np.matmul(outward, Gh))  # 0 without rounding
    beyond_columns = np.where(rank == columns, 0, Gh - np.matmul(Gh, inward))
    left = np.matmul(beyond_rows, np.matmul(p, ph))
    right = np.matmul(np.matmul(ph, p), beyond_columns)
    slope = left + right - inside
    if a.size and (rcond is not None or rtol is not None):
        slope = slope + cut_terms(G, p, a)
    return conjugated(folded(slope, "L") if hermitian else slope)


derivative(np.linalg.pinv, a=pinv_slope)


def _rank(a: Array, p: Array) -> Array:
    """Return the number of singular values of a that its pseudoinverse p keeps: trace(a p)."""
    return np.round(np.real(np.sum(a * p.mT, axis=(-2, -1), keepdims=True)))


def folded(slope: Array, triangle: str) -> Array:
    """Move a slope in Hermitian matrices to the one triangle, L or U, that NumPy reads.

    An entry there also determines its mirror image, and the diagonal only its real part.
    """
    off = np.tril(slope + adjoint(slope), -1)
    if triangle.upper() == "U":
        off = adjoint(off)
    return off + np.real(slope) * np.eye(slope.shape[-1], dtype=np.real(peek(slope)).dtype)


def mirrored(a: Array) -> Array:
    """Return the Hermitian matrix with the lower triangle of a."""
    off = np.tril(a, -1)
    return off + adjoint(off) + np.real(a) * np.eye(a.shape[-1], dtype=np.real(peek(a)).dtype)


def lstsq_slopes(
    g: tuple[Array, ...], z: tuple[Array, ...], a: Array, b: Array, rcond: Array | None
) -> tuple[Array, Array]:
    """Return the slopes in a and b, by x = pinv(a) @ b and the residuals |b - a x|²."""
    x, residuals, _, _ = z
    G, per_residual = conjugated(g[0]), g[1][..., None, :]  # noqa: N806 - the notation above
    if np.ndim(b) == 1:
        x, G, b = x[..., None], G[..., None], b[..., None]  # noqa: N806
    a = widened(a, x)
    p = np.linalg.pinv(a, _cutoff(rcond, a.shape))
    y = np.matmul(adjoint(p), G)
    error = b - np.matmul(a, x)
    rank, (rows, columns) = _rank(a, p), a.shape
    beyond_rows = np.where(rank == rows, 0, error)  # 0 without rounding
    beyond = np.where(rank == columns, 0, G - np.matmul(p, np.matmul(a, G)))
    slope = np.matmul(beyond_rows, adjoint(np.matmul(p, y))) - np.matmul(y, adjoint(x))
    slope = slope + np.matmul(np.matmul(adjoint(p), x), adjoint(beyond))
    if rcond is not None:
        slope = slope + cut_terms(np.matmul(G, adjoint(b)), p, a)
    if np.size(peek(residuals)):
        weighed = 2 * error * per_residual
        y, slope = y + weighed, slope - np.matmul(weighed, adjoint(x))
    return conjugated(slope), conjugated(y)


def _cutoff(rcond: Array | None, shape: tuple[int, ...]) -> Array:
    """Return the fraction of the largest singular value below which lstsq uses zero."""
    precision = float(np.finfo(np.float64).eps)
    if rcond is None:
        return precision * max(shape[-2:])
    rcond = np.reshape(rcond, ())[()]
    return precision if rcond < 0 else rcond


def _lstsq_slope_a(
    g: tuple[Array, ...], z: tuple[Array, ...], a: Array, b: Array, *, rcond: Array | None = None
) -> Array:
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    of_values = np.matmul(conjugated(u) * g[3], conjugated(vh))
    return lstsq_slopes(g, z, a, b, rcond)[0] + of_values


def _lstsq_slope_b(
    g: tuple[Array, ...], z: tuple[Array, ...], a: Array, b: Array, *, rcond: Array | None = None
) -> Array:
    slope = lstsq_slopes(g, z, a, b, rcond)[1]
    return slope[:, 0] if np.ndim(b) == 1 else slope


derivative(np.linalg.lstsq, a=_lstsq_slope_a, b=_lstsq_slope_b)
compare_with_recording(np.linalg.lstsq, parts=(1,))  # no residuals at a smaller rank
constant(np.linalg.matrix_rank)
rank_of_matrix = registry[np.linalg.matrix_rank]
_rank_of_vector = on_plain_values(np.linalg.matrix_rank, "plain")


def matrix_rank(A: Array, *args: Any, **options: Any) -> Any:  # noqa: N803 - NumPy's name
    """Return the rank of a matrix; of a vector, it is Python's 0 or 1."""
    return (rank_of_matrix if np.ndim(A) > 1 else _rank_of_vector)(A, *args, **options)


matrix_rank.is_constant = True  # type: ignore[attr-defined]
registry[np.linalg.matrix_rank] = matrix_rank


# Composites of the functions above.


@composite(np.linalg.tensorsolve)
def tensorsolve(a: Array, b: Array, axes: Any = None) -> Array:
    """Solve tensordot(a, x, x.ndim) = b."""
    if axes is not None:
        last = normalize_axis_tuple(axes, np.ndim(a))
        a = np.transpose(a, (*(i for i in range(np.ndim(a)) if i not in last), *last))
    shape = np.shape(a)[np.ndim(b) - np.ndim(a) :]  # all of it where these are equal
    n = int(np.prod(shape, dtype=int))
    if np.size(a) != n**2:
        raise np.linalg.LinAlgError(
            f"tensorsolve needs a with as many equations as unknowns, got shape {np.shape(a)}, b "
            f"of shape {np.shape(b)}. Change ind or axes."
        )
    return np.reshape(np.linalg.solve(np.reshape(a, (n, n)), np.reshape(b, -1)), shape)


@composite(np.linalg.tensorinv)
def tensorinv(a: Array, ind: int = 2) -> Array:
    """Return the inverse of x -> tensordot(a, x, ind)."""
    if ind <= 0:
        raise ValueError(
            f"tensorinv needs a positive number of axes ind, got {ind}. Pass how many of the first "
            f"axes are those of the result's columns, such as 2."
        )
    shape = a.shape[ind:] + a.shape[:ind]
    n = int(np.prod(a.shape[ind:], dtype=int))
    return np.reshape(np.linalg.inv(np.reshape(a, (n, -1))), shape)


@composite(np.linalg.matrix_power)
def matrix_power(a: Array, n: int) -> Array:
    """Return the n-th power of square matrices, by repeated squaring; of the inverse for n < 0."""
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError(
            f"matrix_power needs square matrices, got shape {a.shape}. Use np.power for powers of "
            f"entries."
        )
    n = operator.index(n)
    if n == 0:
        ones = np.where(np.ones(a.shape, bool), np.eye(a.shape[-1], dtype=a.dtype), a)
        return laid_out_like(ones.astype(a.dtype), peek(a))
    square, result = (np.linalg.inv(a) if n < 0 else a), None
    if abs(n) == 3:  # in NumPy's order, which decides what becomes NaN
        return np.matmul(np.matmul(square, square), square)
    for i, bit in enumerate(reversed(f"{abs(n):b}")):
        square = np.matmul(square, square) if i else square
        if bit == "1":
            result = square if result is None else np.matmul(result, square)
    return result


@composite(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Array], *, out: Array | None = None) -> Array:
    """Return the product of several matrices in the cheapest order; the ends may be vectors."""
    refuse_out(out)
    arrays = list(arrays)
    if len(arrays) < 2:
        raise ValueError(
            f"multi_dot needs at least two arrays, got {len(arrays)}. Pass all factors in one list."
        )
    if len(arrays) == 2:
        return np.dot(*arrays)
    if 0 in map(np.ndim, arrays):
        raise np.linalg.LinAlgError(
            f"multi_dot needs matrices, and vectors only at the ends; got single numbers at "
            f"{user_line()}. Multiply by them with *."
        )
    ends = np.shape(arrays[0])[:-1], np.shape(arrays[-1])[1:]
    first, last = np.shape(arrays[0])[-1], np.shape(arrays[-1])[0]
    arrays[0] = np.reshape(arrays[0], (1, first)) if not ends[0] else arrays[0]
    arrays[-1] = np.reshape(arrays[-1], (last, 1)) if not ends[1] else arrays[-1]
    if any(np.ndim(a) != 2 for a in arrays):
        raise np.linalg.LinAlgError(
            f"multi_dot needs matrices, and vectors only at the ends; got shapes "
            f"{[np.shape(a) for a in arrays]}. Reshape the others."
        )
    splits = _cheapest_splits([np.shape(a)[0] for a in arrays] + [np.shape(arrays[-1])[1]])
    product = _product(arrays, splits, 0, len(arrays) - 1)
    return unshared(np.reshape(product, ends[0] + ends[1]), "K")


def _product(arrays: list[Array], splits: dict[tuple[int, int], int], i: int, j: int) -> Array:
    """Multiply the matrices i to j."""
    if i == j:
        return arrays[i]
    k = splits[i, j]
    return np.matmul(_product(arrays, splits, i, k), _product(arrays, splits, k + 1, j))


def _cheapest_splits(sides: list[int]) -> dict[tuple[int, int], int]:
    """Return the index of the matrix after which to split each product (Cormen et al., 15.2)."""
    count = len(sides) - 1
    costs, splits = {(i, i): 0 for i in range(count)}, {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            costs[i, j], splits[i, j] = min(
                (costs[i, k] + costs[k + 1, j] + sides[i] * sides[k + 1] * sides[j + 1], k)
                for k in range(i, j)
            )
    return splits
