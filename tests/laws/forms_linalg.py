"""Calls of np.linalg and np.fft: matrices for each function, and invariants of its results.

A decomposition may choose phases of complex vectors, and vectors that fill the space; functions
around it then look at what doesn't depend on that choice.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from autodiff.rules.cut_values import cut_terms
from autodiff.rules.norms import inverse_or_nan
from autodiff.rules.orthogonal import factored
from autodiff.rules.solving import cofactors, cofactors_slope, rank_of_matrix
from autodiff.rules.spectral import decomposed
from tests.laws.drawing import (
    CONJUGATING,
    REAL,
    Call,
    Domain,
    Draw,
    call,
    distinct,
)
from tests.laws.forms import cross, matmul, norm, tensordot


def stack(d: Draw) -> tuple[int, ...]:
    return d.choice((), (2,), (1, 2))


def regular(d: Draw, n: int, *more: int) -> Any:
    """Draw square matrices whose eigenvalues and singular values are far from each other and 0."""
    spread = np.arange(1, n + 1) * d.random.choice((-1, 1), n)
    return np.diag(spread) + d.random.uniform(-0.3, 0.3, (*more, n, n))


def rectangular(d: Draw, high: int = 3) -> Any:
    rows, columns = d.integer(1, high), d.integer(1, high)
    count = min(rows, columns)
    matrices = d.random.uniform(-0.2, 0.2, (*stack(d), rows, columns))
    matrices[..., np.arange(count), np.arange(count)] += np.arange(1, count + 1)
    return matrices


def square(d: Draw) -> Call:
    return call(regular(d, d.integer(1, 3), *stack(d)))


def triangle(d: Draw) -> Call:
    """Draw a matrix of which one triangle is read."""
    return call(regular(d, d.integer(1, 3), *stack(d)), **d.options(UPLO=["L", "U", "l"]))


def det(d: Draw) -> Call:
    """Draw matrices some of which are singular."""
    n = d.integer(1, 3)
    a = regular(d, n, *stack(d))
    if d.coin():
        a[..., -1, :] = a[..., 0, :] * (n > 1)
    return call(a)


def cofactors_of(d: Draw) -> Call:
    return Call(det(d).args, {}, cofactors)


def cofactors_slope_of(d: Draw) -> Call:
    (a,) = det(d).args
    return Call((d.reals(a.shape), a), {}, cofactors_slope)


def solve(d: Draw) -> Call:
    n = d.integer(1, 3)
    a = regular(d, n, *stack(d))
    return call(a, d.choice(d.reals((n,)), d.reals((n, 2)), d.reals((2, n, 1))))


def pinv(d: Draw) -> Call:
    a = rectangular(d)
    if a.shape[-1] == a.shape[-2] and d.coin():
        return call(a, hermitian=True)
    return call(a, **d.options(rcond=[1e-12]))


def cut(d: Draw) -> Call:
    u, vh = (np.linalg.qr(d.random.normal(size=(3, 3)))[0] for _ in range(2))
    a = (u * [3.0, 2.0, d.choice(0.5, 0.0)]) @ vh
    p = np.linalg.pinv(a, rcond=0.3)
    return Call((d.reals((3, 3)),), {}, lambda G: cut_terms(G, p, a))


def lstsq(d: Draw) -> Call:
    rows, columns = d.integer(1, 4), d.integer(1, 3)
    a = d.random.uniform(-0.2, 0.2, (rows, columns)) + np.eye(rows, columns) * [1, 2, 3][:columns]
    b = d.choice(d.reals((rows,)), d.reals((rows, 2)))
    drawn = call(a, b, **d.options(rcond=[None, 1e-12, -1]))
    return Call(drawn.args, drawn.options, lambda *args, **options: _numbers(*args, **options))


def _numbers(*args: Any, **options: Any) -> Any:
    """Omit the rank, which is an integer."""
    x, residuals, _, values = np.linalg.lstsq(*args, **options)
    return x, residuals, values


def matrix_power(d: Draw) -> Call:
    return call(regular(d, d.integer(1, 3), *stack(d)), d.integer(-2, 5))


def multi_dot(d: Draw) -> Call:
    sides = [d.integer(1, 3) for _ in range(d.integer(3, 5))]
    arrays = [d.reals((i, j)) for i, j in pairwise(sides)]
    arrays[0] = d.choice(arrays[0], arrays[0][0])
    arrays[-1] = d.choice(arrays[-1], arrays[-1][:, 0])
    return call(arrays)


def tensorsolve(d: Draw) -> Call:
    a = regular(d, 4).reshape(2, 2, 4)
    return d.choice(
        call(a, d.reals((2, 2))), call(np.moveaxis(a, 2, 0), d.reals((2, 2)), axes=(0,))
    )


def tensorinv(d: Draw) -> Call:
    a = regular(d, 4)
    return d.choice(call(a.reshape(2, 2, 4)), call(a.reshape(4, 2, 2), 1))


def any_norm(d: Draw) -> Call:
    """Draw norms by singular values as well, and counts."""
    matrix = regular(d, 3)[: d.integer(1, 3)]
    spectral = call(matrix, d.choice(2, -2, "nuc"), **d.options(keepdims=[True]))
    turned = call(np.stack([matrix, matrix + 0.1], -1), "nuc", axis=(1, 0))
    count = call(distinct(d, (3,)), d.choice(0, -1))
    return d.choice(norm(d), norm(d), spectral, turned, count)


def vector_norm(d: Draw) -> Call:
    x = distinct(d, d.shape())
    return call(x, **d.options(ord=[1, 2, 3, np.inf, -np.inf], axis=[d.axes(x)], keepdims=[True]))


def matrix_norm(d: Draw) -> Call:
    orders = ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]
    return call(regular(d, d.integer(1, 3), *stack(d)), **d.options(ord=orders, keepdims=[True]))


# Before NumPy 2.3, the condition number of a complex matrix came out complex in some norms.
COND_IS_REAL = np.linalg.cond(np.eye(1, dtype=complex), 1).dtype.kind == "f"


def cond(d: Draw) -> Call:
    orders = [None, 2, -2, 1, -1, np.inf, -np.inf, "fro"]
    return call(regular(d, d.integer(2, 3), *stack(d)), d.choice(*orders))


# What doesn't depend on choices.


def products(vectors: Any) -> Any:
    """Return vectors up to their signs or phases: each times all of its conjugated entries."""
    return vectors[..., :, None, :] * np.conjugate(vectors)[..., None, :, :]


def eigenvectors(function: Any) -> Any:
    def look(*args: Any, **options: Any) -> Any:
        w, v = function(*args, **options)
        return w, products(v)

    return look


def eig(d: Draw) -> Call:
    a = regular(d, d.integer(1, 3), *stack(d))
    if a.shape[-1] > 1 and d.coin():
        a[..., 0, 1], a[..., 1, 0] = 4, -4  # complex eigenvalues
    return call(a)


def singular_vectors(function: Any) -> Any:
    """Return u and vh together, whose phases cancel, and the other vectors by their span."""

    def look(a: Any, *args: Any, **options: Any) -> Any:
        u, s, vh = function(a, *args, **options)
        count = s.shape[-1]
        v = np.conjugate(vh.mT)
        both = np.concatenate([u[..., :count], v[..., :count]], axis=-2)
        return s, products(both), span(u[..., count:]), span(v[..., count:])

    return look


def span(vectors: Any) -> Any:
    return np.matmul(vectors, np.conjugate(vectors.mT))


def svd(d: Draw) -> Call:
    a = rectangular(d)
    if a.shape[-1] == a.shape[-2] and d.coin():
        return call(a, hermitian=True)
    return call(a, **d.options(full_matrices=[True, False]))


def values_only(d: Draw) -> Call:
    a = rectangular(d)
    hermitian = d.options(hermitian=[True]) if a.shape[-1] == a.shape[-2] else {}
    return Call((a,), {"compute_uv": False, **hermitian}, np.linalg.svd)


def svd_of(function: Any) -> Domain:
    looked = singular_vectors(function)

    def draw(d: Draw) -> Call:
        drawn = svd(d)
        return d.choice(values_only(d), Call(drawn.args, drawn.options, looked))

    return Domain(draw, **CONJUGATING)


def decomposed_only(d: Draw) -> Call:
    return Call((rectangular(d),), d.options(full_matrices=[False]), singular_vectors(decomposed))


def columns(function: Any) -> Any:
    """Return the added columns by their span."""

    def look(a: Any, **options: Any) -> Any:
        q, r = function(a, **options)
        count = min(a.shape[-2:])
        return q[..., :count], span(q[..., count:]), r

    return look


def qr(d: Draw) -> Call:
    a = rectangular(d)
    drawn = call(a, **d.options(mode=["complete", "reduced"]))
    only_r = Call((a,), {"mode": "r"}, np.linalg.qr)
    return d.choice(Call(drawn.args, drawn.options, columns(np.linalg.qr)), only_r)


def factored_only(d: Draw) -> Call:
    return Call((rectangular(d),), d.options(mode=["complete"]), columns(factored))


def positive(d: Draw) -> Call:
    """Draw matrices that are positive, with something else in the triangle that isn't read."""
    n = d.integer(1, 3)
    upper = d.coin()
    root = np.eye(n) + d.random.uniform(-0.4, 0.4, (*stack(d), n, n))
    whole = np.matmul(root, root.mT) + 0.5 * np.eye(n)
    kept = np.triu(whole) if upper else np.tril(whole)
    other = np.tril(d.random.uniform(-1, 1, (n, n)), -1)
    return call(kept + (other if upper else other.T), **({"upper": True} if upper else {}))


# Fourier transforms.


def _transform_options(d: Draw) -> dict[str, Any]:
    return d.options(norm=[None, "ortho", "forward", "backward"])


def transform(shortest: int = 1) -> Any:
    def draw(d: Draw) -> Call:
        a = d.reals(d.shape(1, 3, shortest=shortest))
        return call(a, **d.options(n=[1, 2, 4, 5], axis=[d.axis(a)]), **_transform_options(d))

    return draw


def transforms(ndim: int = 1, shortest: int = 1) -> Any:
    def draw(d: Draw) -> Call:
        a = d.reals(d.shape(ndim, 3, shortest=shortest))
        axes = d.random.permutation(a.ndim)[: d.integer(ndim, a.ndim)].tolist()
        s = [d.choice(2, 3, 4, -1) for _ in axes]
        where = d.choice({}, {"axes": axes}, {"axes": axes, "s": s})
        return call(a, **where, **_transform_options(d))

    return draw


def shifted(d: Draw) -> Call:
    a = d.reals(d.shape(1, shortest=0))
    return call(a, **d.options(axes=[None, d.axis(a), tuple(range(a.ndim))]))


FFT: dict[Any, Domain] = {
    **{f: Domain(transform(), **CONJUGATING) for f in (np.fft.fft, np.fft.ifft)},
    **{f: Domain(transform(), **REAL) for f in (np.fft.rfft, np.fft.ihfft)},
    **{f: Domain(transform(2), **CONJUGATING) for f in (np.fft.irfft, np.fft.hfft)},
    **{f: Domain(transforms(), **CONJUGATING) for f in (np.fft.fftn, np.fft.ifftn)},
    **{f: Domain(transforms(2), **CONJUGATING) for f in (np.fft.fft2, np.fft.ifft2)},
    **{f: Domain(transforms(n), **REAL) for f, n in ((np.fft.rfftn, 1), (np.fft.rfft2, 2))},
    **{f: Domain(transforms(n, 2), **CONJUGATING)
       for f, n in ((np.fft.irfftn, 1), (np.fft.irfft2, 2))},
    np.fft.fftshift: Domain(shifted),
    np.fft.ifftshift: Domain(shifted),
}  # fmt: skip


# Products.


def matvec(d: Draw) -> Call:
    m, n, more = d.integer(1, 3), d.integer(1, 3), d.shape(0, 1)
    return call(d.reals((*d.part_of(more), m, n)), d.reals((*d.part_of(more), n)))


def vecmat(d: Draw) -> Call:
    m, n, more = d.integer(1, 3), d.integer(1, 3), d.shape(0, 1)
    return call(d.reals((*d.part_of(more), n)), d.reals((*d.part_of(more), n, m)))


def vecdot(d: Draw) -> Call:
    x1 = d.reals(d.shape(1))
    return call(x1, d.reals(x1.shape), **d.options(axis=[d.axis(x1)]))


def over_axes(d: Draw) -> Call:
    a = d.reals(d.shape(2))
    return call(a, **d.options(offset=[-1, 1]))


def _linalg_tensordot(d: Draw) -> Call:
    a, b, *axes = tensordot(d).args
    return call(a, b, **({"axes": axes[0]} if axes else {}))


def _linalg_cross(d: Draw) -> Call:
    a, b = cross(d).args
    return call(a, b, **d.options(axis=[-1]))


PRODUCTS: dict[Any, Domain] = {
    np.vecdot: Domain(vecdot, **CONJUGATING),
    np.linalg.vecdot: Domain(vecdot, **CONJUGATING),
    np.linalg.matmul: Domain(matmul),
    np.linalg.tensordot: Domain(_linalg_tensordot),
    np.linalg.outer: Domain(lambda d: call(d.reals(d.shape(1, 1)), d.reals(d.shape(1, 1)))),
    np.linalg.cross: Domain(_linalg_cross),
    np.linalg.trace: Domain(over_axes),
    np.linalg.diagonal: Domain(over_axes),
    np.linalg.matrix_transpose: Domain(lambda d: call(d.reals(d.shape(2)))),
}
if hasattr(np, "matvec"):
    PRODUCTS[np.matvec] = Domain(matvec)
    PRODUCTS[np.vecmat] = Domain(vecmat, **CONJUGATING)


def on_eigenvectors(function: Any, draw: Any) -> Domain:
    def drawn(d: Draw) -> Call:
        made = draw(d)
        return Call(made.args, made.options, eigenvectors(function))

    return Domain(drawn, **CONJUGATING)


LINALG: dict[Any, Domain] = {
    np.linalg.solve: Domain(solve),
    np.linalg.inv: Domain(square),
    inverse_or_nan: Domain(square),
    np.linalg.det: Domain(det),
    cofactors: Domain(cofactors_of, **CONJUGATING),  # holomorphic, but no complex step through svd
    cofactors_slope: Domain(cofactors_slope_of, **CONJUGATING),
    np.linalg.slogdet: Domain(square, **CONJUGATING),
    np.linalg.pinv: Domain(pinv, **CONJUGATING),
    cut_terms: Domain(cut, **CONJUGATING),
    np.linalg.lstsq: Domain(lstsq, **CONJUGATING),
    np.linalg.matrix_rank: Domain(
        lambda d: call(rectangular(d)), **REAL, through=(rank_of_matrix,)
    ),
    np.linalg.tensorsolve: Domain(tensorsolve),
    np.linalg.tensorinv: Domain(tensorinv),
    np.linalg.matrix_power: Domain(matrix_power),
    np.linalg.multi_dot: Domain(multi_dot),
    np.linalg.norm: Domain(any_norm, **CONJUGATING),
    np.linalg.vector_norm: Domain(vector_norm, **CONJUGATING),
    np.linalg.matrix_norm: Domain(matrix_norm, **CONJUGATING),
    np.linalg.cond: Domain(cond, **(CONJUGATING if COND_IS_REAL else REAL)),
    np.linalg.eigh: on_eigenvectors(np.linalg.eigh, triangle),
    np.linalg.eigvalsh: Domain(triangle, **CONJUGATING),
    np.linalg.eig: on_eigenvectors(np.linalg.eig, eig),
    np.linalg.eigvals: Domain(eig, **CONJUGATING),
    np.linalg.svd: svd_of(np.linalg.svd),
    decomposed: Domain(decomposed_only, **CONJUGATING),
    np.linalg.svdvals: Domain(lambda d: call(rectangular(d)), **CONJUGATING),
    np.linalg.qr: Domain(qr, **CONJUGATING),
    factored: Domain(factored_only, **CONJUGATING),
    np.linalg.cholesky: Domain(positive, **CONJUGATING),
    **PRODUCTS,
    **FFT,
}
"""One line per function, as in the table of domains."""
