"""Least squares, pseudoinverses and norms."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Arrays
from autodiff.rules.composite import composite
from autodiff.rules.data_dependent import compare_with_recording
from autodiff.rules.operands import as_array
from autodiff.rules.solving import adjoint, lstsq_slopes, pinv_slope
from autodiff.rules.spectral import svdvals_slope
from autodiff.scipy.checked import finite

__all__: list[str] = []


def _pinv_slope(
    g: Array, z: Array, a: Array, *, atol: Any = None, rtol: Any = None, check_finite: bool = True
) -> Array:
    del check_finite
    return pinv_slope(g, z, a, rtol=rtol if atol is None else atol)


def _pinvh_slope(
    g: Array, z: Array, a: Array, *, atol: Any = None, rtol: Any = None, lower: bool = True,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    """Return the slope in the triangle of a Hermitian matrix that is read."""
    del check_finite
    cut = rtol if atol is None else atol
    if lower:
        return pinv_slope(g, z, a, rtol=cut, hermitian=True)
    return adjoint(pinv_slope(g, z, adjoint(a), rtol=cut, hermitian=True))


derivative(scipy.linalg.pinv, a=_pinv_slope)
derivative(scipy.linalg.pinvh, a=_pinvh_slope)


def _lstsq(a: Array, b: Array, **options: Any) -> tuple[Array, ...]:
    x, residuals, rank, values = scipy.linalg.lstsq(a, b, **options)
    return x, residuals, np.asarray(rank)[()], values


def _lstsq_slopes(
    g: Arrays, z: Arrays, a: Array, b: Array, cond: float | None
) -> tuple[Array, Array]:
    """Return the slopes in a and b of all but the singular values."""
    if np.ndim(a) > 2:
        raise NotImplementedError(
            f"lstsq has slopes for one matrix, got a stack of shape {np.shape(a)} at "
            f"{user_line()}. Call it for each, as in np.stack([lstsq(m, b)[0] for m in a])."
        )
    cutoff = float(np.finfo(peek(z[0]).dtype).eps) if cond is None else cond
    if np.ndim(b) == 1:  # one residual for each matrix
        g = (g[0], g[1][..., None], *g[2:])
    return lstsq_slopes(g, z, a, b, cutoff)


def _lstsq_slope_a(
    g: Arrays,
    z: Arrays,
    a: Array,
    b: Array,
    *,
    cond: float | None = None,
    check_finite: bool = True,
) -> Array:
    del check_finite
    return _lstsq_slopes(g, z, a, b, cond)[0] + svdvals_slope(g[3], z[3], a)


def _lstsq_slope_b(
    g: Arrays,
    z: Arrays,
    a: Array,
    b: Array,
    *,
    cond: float | None = None,
    check_finite: bool = True,
) -> Array:
    del check_finite
    slope = _lstsq_slopes(g, z, a, b, cond)[1]
    return slope[..., 0] if np.ndim(b) == 1 else slope


derivative(scipy.linalg.lstsq, _lstsq, a=_lstsq_slope_a, b=_lstsq_slope_b)
compare_with_recording(scipy.linalg.lstsq, parts=(1,))  # no residuals at a smaller rank


@composite(scipy.linalg.norm)
def norm(
    a: Array, ord: Any = None, axis: Any = None, keepdims: bool = False,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    """Return the length of vectors, or the size of matrices."""
    a = finite(as_array(a)) if check_finite else a
    return np.linalg.norm(a, ord, axis, keepdims)
