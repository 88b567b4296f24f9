"""Eigenvalues, singular values, and the Cholesky decomposition.

The rules are written for the conjugated cotangent ``G``, which pairs with a change as
``Re(sum(conj(G) * dz))``, and return conjugated again; see S. Walter and L. Lehmann 2010,
"Algorithmic differentiation of linear algebra functions", and for complex matrices the notes of
PyTorch's ``linalg``.

Where a decomposition isn't unique, a slope exists only if the result doesn't depend on the choice.
A result that depends on the phase of a complex eigenvector, or on the vectors of a repeated
eigenvalue, is refused. NumPy reads one triangle of a Hermitian matrix, which gets the whole slope.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.cotangents import conjugated, is_absent
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import Tensor, peek, plain
from autodiff.core.typing import Array, Arrays
from autodiff.rules.composite import composite
from autodiff.rules.data_dependent import compare_with_recording
from autodiff.rules.solving import adjoint, folded

SVD: Any = type(np.linalg.svd(np.eye(1)))


def divided(
    x: Array, values: Array, of_vectors: Array, of_values: Array | None, what: str
) -> Array:
    """Divide the entry of each pair of vectors i, j by ``values[j] - values[i]``.

    Where that is zero, the slope is 0 if the result doesn't depend on those vectors.

    Args:
        x: the numerators.
        values: eigenvalues or singular values.
        of_vectors: the cotangent of the vectors.
        of_values: that of the values; None if no vectors are used, see :func:`beside_vectors`.
        what: the name of the values.

    Raises:
        LinAlgError: the result depends on them, or on their values beside other vectors: a value
            of 0 may hide the vectors that it is multiplied by.
    """
    gaps = values[..., None, :] - values[..., :, None]
    own = np.eye(values.shape[-1], dtype=bool)
    closed = own | (np.abs(plain(gaps)) <= _rounding(values)[..., None])
    used = np.any(plain(of_vectors) != 0, axis=-2)
    if of_values is not None:
        used = used | (plain(of_values) != 0)
    if np.any(closed & ~own & (used[..., None, :] | used[..., :, None])):
        raise np.linalg.LinAlgError(
            f"the slope needs distinct {what}: the vectors of a repeated one aren't unique, and "
            f"the values have no second slope there. Use first slopes of a function of the values "
            f"alone, or a function of the matrix itself (inv, solve)."
        )
    return np.where(closed, 0, x) / np.where(closed, 1, gaps)


def beside_vectors(of_values: Array, *of_vectors: Array) -> Array | None:
    """Return the cotangent of the values if vectors are used as well, or None."""
    return None if all(map(is_absent, of_vectors)) else of_values


def _rounding(values: Array) -> Array:
    """Return the size below which a value is zero, up to rounding, compared with the largest."""
    sizes = np.abs(plain(values))
    largest = np.max(sizes, axis=-1, keepdims=True, initial=0)
    return largest * (10 * sizes.shape[-1] * np.finfo(sizes.dtype).eps)


def _refuse_turning(turning: Array, x: Array, what: str) -> None:
    """Refuse a cotangent of vectors that aren't unique.

    Args:
        turning: how the result changes as they rotate.
        x: the numbers that this was computed from.
        what: the name of the vectors, and what to do instead.

    Raises:
        LinAlgError: the result depends on their rotation.
    """
    precise = np.finfo(x.dtype).eps ** 0.5
    if np.any(np.abs(turning) > 1e-3 * np.max(np.abs(plain(x)), initial=0) + precise):
        raise np.linalg.LinAlgError(f"the result has no slope, since it depends on {what}")


def refuse_phase(x: Array) -> None:
    """Refuse a cotangent that depends on the phase of complex vectors, which is arbitrary."""
    if x.dtype.kind == "c":
        turning = np.imag(np.diagonal(plain(x), axis1=-2, axis2=-1))
        _refuse_turning(
            turning, x, "the phase of complex vectors v, which is arbitrary. Use what doesn't "
            "change with it: abs(v), or products of v with conj(v).",
        )  # fmt: skip


def diagonal_of(values: Array) -> Array:
    """Return matrices with these diagonals."""
    return values[..., None] * np.eye(values.shape[-1], dtype=np.real(peek(values)).dtype)


# Hermitian matrices.


def _eigh_slope(g: Arrays, z: Arrays, a: Array, *, UPLO: Any = "L") -> Array:  # noqa: N803 - NumPy's name
    del a
    w, v = z
    G = conjugated(g[1])  # noqa: N806 - the notation above
    turned = np.matmul(adjoint(v), G)
    refuse_phase(turned)
    inner = divided(turned, w, G, beside_vectors(*g), "eigenvalues") + diagonal_of(g[0])
    return conjugated(folded(np.matmul(np.matmul(v, inner), adjoint(v)), UPLO))


def _eigvalsh_slope(g: Array, z: Array, a: Array, *, UPLO: Any = "L") -> Array:  # noqa: N803 - NumPy's name
    del z
    v = np.linalg.eigh(a, UPLO)[1]
    return conjugated(folded(np.matmul(v * g[..., None, :], adjoint(v)), UPLO))


derivative(np.linalg.eigh, a=_eigh_slope)
derivative(np.linalg.eigvalsh, a=_eigvalsh_slope)


def _cholesky_slope(g: Array, z: Array, a: Array, *, upper: bool = False) -> Array:
    """Return L^-H P(L^H G) L^-1, where P takes the lower triangle and half of the diagonal."""
    del a
    L, G = (adjoint(z), adjoint(conjugated(g))) if upper else (z, conjugated(g))  # noqa: N806 - as above
    half = 1 - 0.5 * np.eye(L.shape[-1], dtype=np.real(peek(L)).dtype)
    inner = np.tril(np.matmul(adjoint(L), np.tril(G))) * half
    left = np.linalg.solve(adjoint(L), inner)
    slope = np.linalg.solve(L.mT, left.mT).mT
    return conjugated(folded(slope, "U" if upper else "L"))


derivative(np.linalg.cholesky, a=_cholesky_slope)


# Any square matrix.


def eig_slope(g: Arrays, z: Arrays, a: Array) -> Array:
    """Return the slope for eigenvectors of length 1."""
    del a
    w, v = z
    _refuse_defective(plain(v))
    vh, G = adjoint(v), conjugated(g[1])  # noqa: N806 - the notation above
    turned = np.matmul(vh, G)
    refuse_phase(turned)
    along = np.real(np.diagonal(turned, axis1=-2, axis2=-1))
    across = turned - np.matmul(vh, v) * along[..., None, :]
    across = divided(across, conjugated(w), G, beside_vectors(*g), "eigenvalues")
    inner = across + diagonal_of(conjugated(g[0]))
    return conjugated(np.linalg.solve(vh, np.matmul(inner, vh)))


def eigvals_slope(g: Array, z: Array, a: Array) -> Array:
    """Return the slope of the eigenvalues, in whichever order they are."""
    values = plain(z)  # first: while jit records there are none, and no graph of eig may be left
    w, v = np.linalg.eig(a)
    _refuse_defective(plain(v))
    if isinstance(a, Tensor):
        _refuse_repeated(plain(w))
    g = np.take_along_axis(g, _places(values, plain(w)), axis=-1)
    return np.linalg.solve(v.mT, g[..., None] * v.mT)


def _refuse_defective(v: Array) -> None:
    """Refuse eigenvectors of length 1 that are dependent, up to rounding.

    Raises:
        LinAlgError: they are: the slopes of their eigenvalues are infinite.
    """
    least = np.min(np.linalg.svd(v, compute_uv=False), axis=-1, initial=1)
    if np.any(least <= 10 * v.shape[-1] * np.finfo(v.dtype).eps):
        raise np.linalg.LinAlgError(
            "the matrix is defective: it has fewer eigenvectors than rows, and its eigenvalues no "
            "slope. Use a function of the matrix itself (trace, det)."
        )


def _refuse_repeated(w: Array) -> None:
    """Refuse second derivatives of repeated eigenvalues, in which their vectors' slopes occur.

    Raises:
        LinAlgError: some are equal, up to rounding.
    """
    gaps = np.abs(w[..., None, :] - w[..., :, None]) + np.where(np.eye(w.shape[-1]), np.inf, 0)
    if np.any(gaps <= _rounding(w)[..., None]):
        raise np.linalg.LinAlgError(
            "the second derivative of eigvals needs distinct eigenvalues. Use a function of the "
            "matrix itself (trace, det)."
        )


def _places(values: Array, reordered: Array) -> Array:
    """Return the positions of the same values, up to rounding, in another order.

    Raises:
        LinAlgError: two are too close to be distinguished.
    """
    n = values.shape[-1]
    if not n:
        return np.zeros(values.shape, int)
    places = np.argmin(np.abs(values[..., None, :] - reordered[..., :, None]), axis=-1)
    same = np.broadcast_to(np.arange(n), places.shape)
    near = np.abs(values - reordered) <= 10 * _rounding(values)
    places = np.where(np.all(near, axis=-1, keepdims=True), same, places)
    if np.any(np.sort(places, axis=-1) != same):
        raise np.linalg.LinAlgError(
            "the slope of eigvals needs distinct eigenvalues. Use a function of the matrix itself "
            "(trace, det)."
        )
    return places


derivative(np.linalg.eig, a=eig_slope)
derivative(np.linalg.eigvals, a=eigvals_slope)
compare_with_recording(np.linalg.eig, np.linalg.eigvals)  # real or complex


# Singular values.


@primitive
def decomposed(a: Array, *, full_matrices: bool = True) -> Any:
    """Return the same as ``np.linalg.svd`` with its vectors."""
    return np.linalg.svd(a, full_matrices)


def inside(of_basis: Array, basis: Array, count: int) -> tuple[Array, Array]:
    """Return the cotangent of a basis's first vectors, from that of the whole basis.

    The others are orthogonal to these, and rotate with them.
    """
    first, rest = basis[..., :count], basis[..., count:]
    of_first, of_rest = of_basis[..., :count], of_basis[..., count:]
    if not rest.shape[-1]:
        return of_first, first
    x = plain(np.matmul(adjoint(rest), of_rest))
    _refuse_turning(
        x - adjoint(x), x, "the choice of vectors that complete the basis. Use "
        "the reduced form, or products of these vectors with their adjoint.",
    )  # fmt: skip
    return of_first - np.matmul(rest, np.matmul(adjoint(of_rest), first)), first


def _per_value(x: Array, s: Array) -> Array:
    """Divide each vector's entries by its singular value; 0 where both are 0."""
    s = s[..., None, :]
    closed = _refuse_zeros(x, s)
    return np.where(closed, 0, x) / np.where(closed, 1, s)


def _refuse_zeros(x: Array, s: Array) -> Array:
    """Return which singular values are 0, and refuse cotangents x of them."""
    closed: Array = plain(s) <= _rounding(s)[..., 0, None] if s.shape[-1] else plain(s) != 0
    if np.any(closed & (plain(x) != 0)):
        raise np.linalg.LinAlgError(
            "the slope of svd, or a second slope of singular values, needs values other than 0: "
            "the vectors of 0 aren't unique. Use first slopes of a function of the values alone, "
            "or a function of the matrix itself, such as np.sum(x * x) for the sum of their "
            "squares."
        )
    return closed


def svd_slope(g: Arrays, z: Arrays, a: Array, *, full_matrices: bool = True) -> Array:
    """Return the slope of a = U S V^H.

    That of a singular value at 0, where it has a kink, is 0, unless the vectors are used as well,
    whose products with it have none.
    """
    del full_matrices
    s, count = z[1], min(a.shape[-2:])
    of_values = beside_vectors(g[1], g[0], g[2])
    Gu, u = inside(conjugated(g[0]), z[0], count)  # noqa: N806 - the notation above
    Gv, v = inside(adjoint(conjugated(g[2])), adjoint(z[2]), count)  # noqa: N806
    of_u, of_v = np.matmul(adjoint(u), Gu), np.matmul(adjoint(v), Gv)
    refuse_phase(of_u + of_v)
    left, right = _turned(of_u, s, Gu, of_values), _turned(of_v, s, Gv, of_values)
    inner = left * s[..., None, :] + s[..., :, None] * right
    if of_values is None:
        inner = inner + diagonal_of(g[1] * (s != 0))
    else:
        if a.shape[-2] != a.shape[-1]:
            _refuse_zeros(of_values, s)
        inner = inner + diagonal_of(of_values)
    if a.dtype.kind == "c":
        phases = np.imag(np.diagonal(of_u, axis1=-2, axis2=-1))
        inner = inner + 1j * diagonal_of(_per_value(phases[..., None, :], s)[..., 0, :])
    slope = np.matmul(u, np.matmul(inner, adjoint(v)))
    if a.shape[-2] > count:
        slope = slope + np.matmul(_per_value(Gu - np.matmul(u, of_u), s), adjoint(v))
    if a.shape[-1] > count:
        slope = slope + np.matmul(u, adjoint(_per_value(Gv - np.matmul(v, of_v), s)))
    return conjugated(slope)


def _turned(x: Array, s: Array, of_vectors: Array, of_values: Array | None) -> Array:
    """Return (x - x^H) / (s[j]² - s[i]²) for each pair i, j."""
    sums = s[..., None, :] + s[..., :, None]
    each = divided(x, s, of_vectors, of_values, "singular values") / np.where(sums == 0, 1, sums)
    return each + adjoint(each)


def svdvals_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of the singular values; 0 at 0, where one has a kink, and NaN of NaN."""
    is_finite = np.all(np.isfinite(x), axis=(-2, -1), keepdims=True)
    # Of infinite entries, LAPACK may not return vectors, though it returns values.
    u, _, vh = np.linalg.svd(np.where(is_finite, x, 0), full_matrices=False)
    weights = g * np.where(is_finite[..., 0], z != 0, z.dtype.type(np.nan))
    return np.matmul(conjugated(u) * weights[..., None, :], conjugated(vh))


decomposed.name = "svd"
derivative(decomposed, a=svd_slope)
derivative(np.linalg.svdvals, x=svdvals_slope)


@composite(np.linalg.svd)
def svd(
    a: Array, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """Return the singular values of a matrix in descending order, with their vectors."""
    if hermitian:
        return _svd_of_hermitian(a, compute_uv)
    return decomposed(a, full_matrices=full_matrices) if compute_uv else np.linalg.svdvals(a)


def _svd_of_hermitian(a: Array, compute_uv: bool) -> Any:
    """Return the absolute eigenvalues in order; the right vectors are multiplied by the signs."""
    if not compute_uv:
        return np.sort(np.abs(np.linalg.eigvalsh(a)))[..., ::-1]
    w, v = np.linalg.eigh(a)
    order = np.argsort(np.abs(w), axis=-1)[..., ::-1]
    w = np.take_along_axis(w, order, axis=-1)
    v = np.take_along_axis(v, np.broadcast_to(order[..., None, :], v.shape), axis=-1)
    return SVD(v, np.abs(w), adjoint(v * np.copysign(1.0, w)[..., None, :]))
