"""Eigenvalues, singular values, and the decompositions cholesky and qr.

The rules are written for the conjugated cotangent ``G``, which pairs with a change as
``Re(sum(conj(G) * dz))``, and answer conjugated again; see S. Walter and L. Lehmann 2010,
"Algorithmic differentiation of linear algebra functions", and for complex matrices the notes of
PyTorch's ``linalg``.

Where a decomposition may choose, the slope is that of what any choice gives: a result that would
change with the phase of a complex eigenvector, or with the vectors of one eigenvalue that occurs
twice, has no slope, and is refused. Of a Hermitian matrix NumPy reads one triangle: that gets the
whole slope.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.primitive import composite, derivative, primitive
from autodiff.rules.solving import adjoint, conjugate, folded, mirrored
from autodiff.tensor import form, plain

SVD: Any = type(np.linalg.svd(np.eye(1)))


def _divided(x: Any, values: Any, of_vectors: Any, what: str) -> Any:
    """Divide what each pair of vectors i, j has by ``values[j] - values[i]``.

    Where that vanishes, the slope is 0 if nothing depends on those vectors, whose cotangent is
    ``of_vectors``.

    Raises:
        LinAlgError: something does.
    """
    gaps = values[..., None, :] - values[..., :, None]
    own = np.eye(values.shape[-1], dtype=bool)
    closed = own | (np.abs(plain(gaps)) <= _nothing(values)[..., None])
    used = np.any(plain(of_vectors) != 0, axis=-2)
    if np.any(closed & ~own & (used[..., None, :] | used[..., :, None])):
        raise np.linalg.LinAlgError(
            f"the slope needs {what} that differ: the vectors of one that occurs twice may turn "
            f"freely. Use a function of the values alone, or of the matrix itself (inv, solve)."
        )
    return np.where(closed, 0, x) / np.where(closed, 1, gaps)


def _nothing(values: Any) -> Any:
    """What is zero, but for rounding, beside the largest of these values."""
    sizes = np.abs(plain(values))
    largest = np.max(sizes, axis=-1, keepdims=True, initial=0)
    return largest * (10 * sizes.shape[-1] * np.finfo(sizes.dtype).eps)


def _refuse_turning(turning: Any, x: Any, what: str) -> None:
    """Refuse a cotangent that asks for vectors which may turn freely.

    Args:
        turning: how the result changes as they turn.
        x: the numbers that this was computed from.
        what: the name of the vectors, and what to do instead.

    Raises:
        LinAlgError: the result depends on how they turn.
    """
    precise = np.finfo(x.dtype).eps ** 0.5
    if np.any(np.abs(turning) > 1e-3 * np.max(np.abs(plain(x)), initial=0) + precise):
        raise np.linalg.LinAlgError(f"the result has no slope, since it depends on {what}")


def _refuse_phase(x: Any) -> None:
    """Refuse a cotangent that asks for the phase of complex vectors, which is arbitrary."""
    if x.dtype.kind == "c":
        turning = np.imag(np.diagonal(plain(x), axis1=-2, axis2=-1))
        _refuse_turning(
            turning, x, "the phase of complex vectors v, which is arbitrary. Use what doesn't "
            "change with it: abs(v), or products of v with conj(v).",
        )  # fmt: skip


def _diagonal(values: Any) -> Any:
    """Matrices with these diagonals."""
    return values[..., None] * np.eye(values.shape[-1], dtype=np.real(form(values)).dtype)


# Hermitian matrices.


def _eigh_slope(g: Any, z: Any, a: Any, *, UPLO: Any = "L") -> Any:  # noqa: N803 - NumPy's name
    del a
    w, v = z
    G = conjugate(g[1])  # noqa: N806 - the notation above
    turned = np.matmul(adjoint(v), G)
    _refuse_phase(turned)
    inner = _divided(turned, w, G, "eigenvalues") + _diagonal(g[0])
    return conjugate(folded(np.matmul(np.matmul(v, inner), adjoint(v)), UPLO))


def _eigvalsh_slope(g: Any, z: Any, a: Any, *, UPLO: Any = "L") -> Any:  # noqa: N803 - NumPy's name
    del z
    v = np.linalg.eigh(a, UPLO)[1]
    return conjugate(folded(np.matmul(v * g[..., None, :], adjoint(v)), UPLO))


derivative(np.linalg.eigh, a=_eigh_slope)
derivative(np.linalg.eigvalsh, a=_eigvalsh_slope)


def _cholesky_slope(g: Any, z: Any, a: Any, *, upper: bool = False) -> Any:
    """L^-H P(L^H G) L^-1, where P takes the lower triangle and half of the diagonal."""
    del a
    L, G = (adjoint(z), adjoint(conjugate(g))) if upper else (z, conjugate(g))  # noqa: N806 - as above
    half = 1 - 0.5 * np.eye(L.shape[-1], dtype=np.real(form(L)).dtype)
    inner = np.tril(np.matmul(adjoint(L), G)) * half
    left = np.linalg.solve(adjoint(L), inner)
    slope = np.linalg.solve(L.mT, left.mT).mT
    return conjugate(folded(slope, "U" if upper else "L"))


derivative(np.linalg.cholesky, a=_cholesky_slope)


# Any square matrix.


def _eig_slope(g: Any, z: Any, a: Any) -> Any:
    """The slope for eigenvectors of length 1."""
    del a
    w, v = z
    vh, G = adjoint(v), conjugate(g[1])  # noqa: N806 - the notation above
    turned = np.matmul(vh, G)
    _refuse_phase(turned)
    along = np.real(np.diagonal(turned, axis1=-2, axis2=-1))
    across = turned - np.matmul(vh, v) * along[..., None, :]
    inner = _divided(across, conjugate(w), G, "eigenvalues") + _diagonal(conjugate(g[0]))
    return conjugate(np.linalg.solve(vh, np.matmul(inner, vh)))


def _eigvals_slope(g: Any, z: Any, a: Any) -> Any:
    w, v = np.linalg.eig(a)
    g = np.take_along_axis(g, _places(plain(z), plain(w)), axis=-1)
    return np.linalg.solve(v.mT, g[..., None] * v.mT)


def _places(values: Any, reordered: Any) -> Any:
    """Where the same values stand in another order; nearly the same, by rounding.

    Raises:
        LinAlgError: two are so close that they can't be told apart.
    """
    n = values.shape[-1]
    places = np.argmin(np.abs(values[..., None, :] - reordered[..., :, None]), axis=-1)
    same = np.broadcast_to(np.arange(n), places.shape)
    near = np.abs(values - reordered) <= 10 * _nothing(values)
    places = np.where(np.all(near, axis=-1, keepdims=True), same, places)
    if np.any(np.sort(places, axis=-1) != same):
        raise np.linalg.LinAlgError("the slope of eigvals needs eigenvalues that differ")
    return places


derivative(np.linalg.eig, a=_eig_slope)
derivative(np.linalg.eigvals, a=_eigvals_slope)


# Singular values.


@primitive
def decomposed(a: Any, *, full_matrices: bool = True) -> Any:
    """``np.linalg.svd`` with its vectors."""
    return np.linalg.svd(a, full_matrices)


def _inside(of_basis: Any, basis: Any, count: int) -> tuple[Any, Any]:
    """Fold the cotangent of a whole basis into that of its first vectors.

    The others are at right angles to these, and turn as they do.
    """
    first, rest = basis[..., :count], basis[..., count:]
    of_first, of_rest = of_basis[..., :count], of_basis[..., count:]
    if not rest.shape[-1]:
        return of_first, first
    x = plain(np.matmul(adjoint(rest), of_rest))
    _refuse_turning(
        x - adjoint(x), x, "which vectors were added to fill the space, where any would do. Use "
        "the reduced form, or products of these vectors with their adjoint.",
    )  # fmt: skip
    return of_first - np.matmul(rest, np.matmul(adjoint(of_rest), first)), first


def _per_value(x: Any, s: Any) -> Any:
    """Divide what each vector has by its singular value; 0 where that is 0 and nothing is used."""
    closed = plain(s) <= _nothing(s)[..., 0, None] if s.shape[-1] else plain(s) != 0
    closed = closed[..., None, :]
    if np.any(closed & (plain(x) != 0)):
        raise np.linalg.LinAlgError(
            "the slope of svd needs singular values other than 0: the vectors of 0 may turn "
            "freely. Use a function of the values alone, or of the matrix itself."
        )
    return np.where(closed, 0, x) / np.where(closed, 1, s[..., None, :])


def _decomposed_slope(g: Any, z: Any, a: Any, *, full_matrices: bool = True) -> Any:
    """The slope of a = U S V^H; that of a singular value at 0, where it has a kink, is 0."""
    del full_matrices
    s, count = z[1], min(a.shape[-2:])
    Gu, u = _inside(conjugate(g[0]), z[0], count)  # noqa: N806 - the notation above
    Gv, v = _inside(adjoint(conjugate(g[2])), adjoint(z[2]), count)  # noqa: N806
    of_u, of_v = np.matmul(adjoint(u), Gu), np.matmul(adjoint(v), Gv)
    _refuse_phase(of_u + of_v)
    inner = _turned(of_u, s, Gu) * s[..., None, :] + s[..., :, None] * _turned(of_v, s, Gv)
    inner = inner + _diagonal(g[1] * (s != 0))
    if a.dtype.kind == "c":
        phases = np.imag(np.diagonal(of_u, axis1=-2, axis2=-1))
        inner = inner + 1j * _diagonal(_per_value(phases[..., None, :], s)[..., 0, :])
    slope = np.matmul(u, np.matmul(inner, adjoint(v)))
    if a.shape[-2] > count:
        slope = slope + np.matmul(_per_value(Gu - np.matmul(u, of_u), s), adjoint(v))
    if a.shape[-1] > count:
        slope = slope + np.matmul(u, adjoint(_per_value(Gv - np.matmul(v, of_v), s)))
    return conjugate(slope)


def _turned(x: Any, s: Any, of_vectors: Any) -> Any:
    """(x - x^H) / (s[j]² - s[i]²) for each pair i, j."""
    sums = s[..., None, :] + s[..., :, None]
    each = _divided(x, s, of_vectors, "singular values") / np.where(sums == 0, 1, sums)
    return each + adjoint(each)


def _svdvals_slope(g: Any, z: Any, x: Any) -> Any:
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    return np.matmul(conjugate(u) * (g * (z != 0))[..., None, :], conjugate(vh))


derivative(decomposed, a=_decomposed_slope)
derivative(np.linalg.svdvals, x=_svdvals_slope)


@composite(np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """The singular values of a matrix, from the greatest on, with their vectors."""
    if hermitian:
        return _svd_of_hermitian(a, compute_uv)
    return decomposed(a, full_matrices=full_matrices) if compute_uv else np.linalg.svdvals(a)


def _svd_of_hermitian(a: Any, compute_uv: bool) -> Any:
    """The sizes of the eigenvalues in order; their signs go to the right vectors."""
    if not compute_uv:
        return np.sort(np.abs(np.linalg.eigvalsh(a)))[..., ::-1]
    w, v = np.linalg.eigh(a)
    order = np.argsort(np.abs(w), axis=-1)[..., ::-1]
    w = np.take_along_axis(w, order, axis=-1)
    v = np.take_along_axis(v, np.broadcast_to(order[..., None, :], v.shape), axis=-1)
    return SVD(v, np.abs(w), adjoint(v * np.copysign(1.0, w)[..., None, :]))


# Orthogonal and triangular factors.


@primitive
def factored(a: Any, *, mode: str = "reduced") -> Any:
    """``np.linalg.qr`` with both factors."""
    factors: Any = np.linalg.qr
    return factors(a, mode)


@composite(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """A matrix as a product of one with orthonormal columns and an upper triangle."""
    if mode not in ("reduced", "complete", "r"):
        raise NotImplementedError(
            f"qr of a traced value has the modes 'reduced', 'complete' and 'r', got {mode!r}"
        )
    return factored(a).R if mode == "r" else factored(a, mode=mode)


def _factored_slope(g: Any, z: Any, a: Any, *, mode: str = "reduced") -> Any:
    """The slope of a = Q R.

    Roberts and Roberts 2020, "QR and LQ decomposition matrix backpropagation algorithms for
    square, wide, and deep matrices"; what stands right of a wide matrix's square part is Q^H a.
    """
    del mode
    rows, columns = a.shape[-2:]
    count = min(rows, columns)
    Gq, q = _inside(conjugate(g[0]), z[0], count)  # noqa: N806 - the notation above
    Gr, r = conjugate(g[1])[..., :count, :], z[1][..., :count, :]  # noqa: N806
    beyond = Gr[..., count:]
    if columns > rows:
        Gq = Gq + np.matmul(a[..., count:], adjoint(beyond))  # noqa: N806
    Gr, r = Gr[..., :count], r[..., :count]  # noqa: N806
    both = mirrored(np.matmul(r, adjoint(Gr)) - np.matmul(adjoint(Gq), q))
    slope = adjoint(np.linalg.solve(r, adjoint(Gq + np.matmul(q, both))))
    if columns > rows:
        slope = np.concatenate([slope, np.matmul(q, beyond)], axis=-1)
    return conjugate(slope)


derivative(factored, a=_factored_slope)
