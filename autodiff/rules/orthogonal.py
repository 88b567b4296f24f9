"""The decomposition of a matrix into one with orthonormal columns and a triangular one.

The rule is written for the conjugated cotangent, as in ``spectral.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import plain
from autodiff.core.typing import Array, Arrays
from autodiff.rules.composite import composite
from autodiff.rules.solving import adjoint, mirrored
from autodiff.rules.spectral import inside


@primitive
def factored(a: Array, *, mode: str = "reduced") -> Any:
    """Return the same as ``np.linalg.qr`` with both factors."""
    factors: Any = np.linalg.qr
    return factors(a, mode)


@composite(np.linalg.qr)
def qr(a: Array, mode: str = "reduced") -> Any:
    """Factor a matrix into one with orthonormal columns and an upper triangular one."""
    if mode not in ("reduced", "complete", "r"):
        raise NotImplementedError(
            f"qr of a traced value has the modes 'reduced', 'complete' and 'r', got {mode!r} at "
            f"{user_line()}. Pass one of these."
        )
    return factored(a).R if mode == "r" else factored(a, mode=mode)


def _refuse_deficient(r: Array) -> None:
    """Refuse a triangular factor of dependent columns, up to rounding.

    Raises:
        LinAlgError: they are: the factors of matrices nearby aren't near.
    """
    sizes, pivots = np.linalg.norm(r, axis=-2), np.abs(np.diagonal(r, axis1=-2, axis2=-1))
    if np.any(pivots <= 10 * r.shape[-1] * np.finfo(r.dtype).eps * sizes):
        raise np.linalg.LinAlgError(
            "the slope of qr needs independent columns. Use a function of the matrix itself "
            "(pinv, svd)."
        )


def qr_slope(g: Arrays, z: Arrays, a: Array, *, mode: str = "reduced") -> Array:
    """Return the slope of a = Q R.

    Roberts and Roberts 2020, "QR and LQ decomposition matrix backpropagation algorithms for
    square, wide, and deep matrices"; R right of a wide matrix's square part is Q^H a.
    """
    del mode
    rows, columns = a.shape[-2:]
    count = min(rows, columns)
    Gq, q = inside(conjugated(g[0]), z[0], count)  # noqa: N806 - the notation above
    Gr, r = np.triu(conjugated(g[1])[..., :count, :]), z[1][..., :count, :]  # noqa: N806
    beyond = Gr[..., count:]
    if columns > rows:
        Gq = Gq + np.matmul(a[..., count:], adjoint(beyond))  # noqa: N806
    Gr, r = Gr[..., :count], r[..., :count]  # noqa: N806
    _refuse_deficient(plain(r))
    both = mirrored(np.matmul(r, adjoint(Gr)) - np.matmul(adjoint(Gq), q))
    slope = adjoint(np.linalg.solve(r, adjoint(Gq + np.matmul(q, both))))
    if columns > rows:
        slope = np.concatenate([slope, np.matmul(q, beyond)], axis=-1)
    return conjugated(slope)


factored.name = "qr"
derivative(factored, a=qr_slope)
