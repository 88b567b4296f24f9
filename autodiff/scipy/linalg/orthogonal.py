"""Factors with orthonormal columns: singular values, QR, RQ."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Arrays
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.rules.orthogonal import qr_slope
from autodiff.rules.solving import adjoint
from autodiff.rules.spectral import svd_slope, svdvals_slope
from autodiff.scipy.checked import finite

__all__: list[str] = []


@primitive
def decomposed(
    a: Array, *, full_matrices: bool, check_finite: bool, lapack_driver: str
) -> tuple[Array, Array, Array]:
    """Return the same as ``scipy.linalg.svd`` with its vectors."""
    u, s, vh = scipy.linalg.svd(
        a, full_matrices, check_finite=check_finite, lapack_driver=lapack_driver
    )
    return u, s, vh


decomposed.name = "svd"
derivative(
    decomposed,
    a=lambda g, z, a, *, full_matrices, check_finite, lapack_driver: svd_slope(g, z, a),
)
derivative(scipy.linalg.svdvals, a=lambda g, z, a, *, check_finite=True: svdvals_slope(g, z, a))


@composite(scipy.linalg.svd)
def svd(
    a: Array, full_matrices: bool = True, compute_uv: bool = True, overwrite_a: bool = False,
    check_finite: bool = True, lapack_driver: str = "gesdd",
) -> Any:  # fmt: skip
    """Return the singular values of matrices in descending order, with their vectors."""
    del overwrite_a
    u, s, vh = decomposed(
        a, full_matrices=full_matrices and compute_uv, check_finite=check_finite,
        lapack_driver=lapack_driver,
    )  # fmt: skip
    return (u, s, vh) if compute_uv else s


# Orthogonal and triangular factors.


@primitive
def factored(a: Array, *, mode: str, pivoting: bool, check_finite: bool) -> Any:
    """Return the same as ``scipy.linalg.qr`` with both factors."""
    q, r, *order = scipy.linalg.qr(a, mode=mode, pivoting=pivoting, check_finite=check_finite)
    return q, r, *order


def _factored_slope(
    g: Arrays, z: Arrays, a: Array, *, mode: str, pivoting: bool, check_finite: bool
) -> Array:
    """Return the slope in a, of which the columns may be in another order in Q R."""
    del mode, check_finite
    if not pivoting:
        return qr_slope(g, z, a)
    slope = qr_slope(g, z, _columns(a, z[2]))
    return _columns(slope, np.argsort(z[2], axis=-1))


def _columns(x: Array, order: Array) -> Array:
    return np.take_along_axis(x, order[..., None, :], -1)


factored.name = "qr"
derivative(factored, a=_factored_slope)


@composite(scipy.linalg.qr)
def qr(
    a: Array, overwrite_a: bool = False, lwork: Any = None, mode: str = "full",
    pivoting: bool = False, check_finite: bool = True,
) -> tuple[Array, ...]:  # fmt: skip
    """Factor matrices into one with orthonormal columns and an upper triangular one."""
    del overwrite_a, lwork
    _need_mode("qr", mode)
    options = {"pivoting": pivoting, "check_finite": check_finite}
    if mode != "r":
        found: tuple[Array, ...] = factored(a, mode=mode, **options)
        return found
    _, r, *order = factored(a, mode="economic", **options)
    whole = _with_zeros_below(r, a.shape[-2])
    return whole if a.ndim > 2 and not order else (whole, *order)  # as SciPy has it for a batch


@composite(scipy.linalg.qr_multiply)
def qr_multiply(
    a: Array, c: Array, mode: str = "right", pivoting: bool = False, conjugate: bool = False,
    overwrite_a: bool = False, overwrite_c: bool = False,
) -> tuple[Array, ...]:  # fmt: skip
    """Return products with the orthonormal columns of a matrix, and its triangular factor."""
    del overwrite_a
    if mode not in ("left", "right"):
        raise ValueError(
            f"expected mode='left' or mode='right', got {mode!r} at {user_line()}. Pass one of "
            f"these."
        )
    a, c = np.atleast_2d(as_array(a)), finite(as_array(c))
    if overwrite_c and mode == "left" and a.shape[-2] > a.shape[-1]:
        raise NotImplementedError(
            f"qr_multiply of a tall matrix has no overwrite_c=True for mode='left' (called at "
            f"{user_line()}). Omit it."
        )
    if c.ndim > 2:  # then SciPy factors a for each
        a = np.broadcast_to(a, np.broadcast_shapes(a.shape[:-2], c.shape[:-2]) + a.shape[-2:])
    q, *more = qr(a, mode="economic", pivoting=pivoting)
    q = np.conj(q) if conjugate else q
    near, far = (-2 if c.ndim > 1 else -1, -1) if mode == "left" else (-1, -2)
    if not c.ndim or c.shape[near] != q.shape[far]:
        raise ValueError(
            f"expected matrices that fit for {'Q @ c' if mode == 'left' else 'c @ Q'}, got c of "
            f"shape {c.shape} and a of shape {a.shape} at {user_line()}."
        )
    if not c.size:
        empty = np.atleast_2d(peek(c))
        return empty.T if mode == "left" and c.ndim == 1 else empty, *more
    is_complex = c.dtype.kind == "c" != q.dtype.kind  # of which SciPy drops the imaginary part
    c = c.astype(np.result_type(q.dtype, np.complex64) if is_complex else q.dtype)
    product = np.matmul(q, c) if mode == "left" else np.matmul(c, q)
    return product, *more


def _need_mode(name: str, mode: str) -> None:
    if mode not in ("full", "economic", "r"):
        raise NotImplementedError(
            f"{name} of a traced value at {user_line()} has the modes 'full', 'economic' and 'r', "
            f"got {mode!r}. Pass one of these."
        )


def _with_zeros_below(r: Array, rows: int) -> Array:
    missing = (*r.shape[:-2], rows - r.shape[-2], r.shape[-1])
    return np.concatenate([r, np.zeros(missing, r.dtype)], axis=-2) if missing[-2] else r


@primitive
def factored_backwards(a: Array, *, mode: str, check_finite: bool) -> tuple[Array, Array]:
    """Return the same as ``scipy.linalg.rq`` with both factors."""
    r, q = scipy.linalg.rq(a, mode=mode, check_finite=check_finite)
    return r, q


def _factored_backwards_slope(
    g: Arrays, z: Arrays, a: Array, *, mode: str, check_finite: bool
) -> Array:
    """Return the slope of a = R Q by that of QR: with J, which reverses, aᴴ J = (Qᴴ J)(J Rᴴ J)."""
    del mode, check_finite
    g_turned, turned = ((adjoint(q)[..., ::-1], adjoint(r)[..., ::-1, ::-1]) for r, q in (g, z))
    return adjoint(qr_slope(g_turned, turned, adjoint(a)[..., ::-1])[..., ::-1])


factored_backwards.name = "rq"
derivative(factored_backwards, a=_factored_backwards_slope)


@composite(scipy.linalg.rq)
def rq(
    a: Array, overwrite_a: bool = False, lwork: Any = None, mode: str = "full",
    check_finite: bool = True,
) -> Any:  # fmt: skip
    """Factor matrices into an upper triangular one and one with orthonormal rows."""
    del overwrite_a, lwork
    _need_mode("rq", mode)
    if mode != "r":
        return factored_backwards(a, mode=mode, check_finite=check_finite)
    r, _ = factored_backwards(a, mode="economic", check_finite=check_finite)
    missing = (*r.shape[:-1], a.shape[-1] - r.shape[-1])
    return np.concatenate([np.zeros(missing, r.dtype), r], axis=-1) if missing[-1] else r
