"""Products and systems with matrices that are constant along their diagonals.

The slope of ``T x`` or ``T⁻¹ b`` in the diagonal k of T is a sum of ``w[i] x[j]`` over
``i - j = k``, a convolution of w with the reversed x.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.lift import as_operand
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import peek, plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.scipy.linalg.structure import given, in_columns, unchecked

__all__: list[str] = []


def _sums_along_diagonals(w: Array, x: Array, b: Array) -> tuple[Array, Array]:
    """Return the sums of w xᵀ on and below the main diagonal, and on and above it."""
    if np.ndim(b) == 1:
        w, x = w[..., None], x[..., None]
    n, count = x.shape[-2], x.shape[-2] + w.shape[-2] - 1
    spectrum = np.fft.fft(w, count, axis=-2) * np.fft.fft(x[..., ::-1, :], count, axis=-2)
    sums = np.fft.ifft(np.sum(spectrum, axis=-1), axis=-1)
    return sums[..., n - 1 :], sums[..., n - 1 :: -1]


def _without_first(x: Array) -> Array:
    """Return x with 0 in front: the first entry of a row, which isn't read."""
    return np.concatenate([np.zeros_like(x[..., :1]), x[..., 1:]], axis=-1)


def _row(c: Array, r: Array) -> Array:
    """Return the first row of a Toeplitz matrix: r, but for its first entry."""
    return np.concatenate([c[..., :1], r[..., 1:]], axis=-1)


def _column_and_row(c_or_cr: Any) -> tuple[Array, Array]:
    if isinstance(c_or_cr, tuple):
        c, r = c_or_cr
        return c, r
    return c_or_cr, np.conjugate(c_or_cr)


# Products.


def _given(check_finite: bool, workers: int | None) -> dict[str, Any]:
    """Return the options that differ from the defaults."""
    chosen = given(workers=workers)
    return {**chosen, "check_finite": True} if check_finite else chosen


@primitive
def product(
    c: Array, r: Array, x: Array, *, check_finite: bool = False, workers: int | None = None
) -> Array:
    """Return the product of the Toeplitz matrix of c and r with x."""
    return scipy.linalg.matmul_toeplitz((c, r), x, check_finite, workers)


def _product_slope_x(
    g: Array,
    z: Array,
    c: Array,
    r: Array,
    x: Array,
    *,
    check_finite: bool = False,
    workers: int | None = None,
) -> Array:
    del z
    row = _row(c, r)
    options = _given(check_finite, workers)
    return in_columns(lambda g: product(row, c, g, **options), g, x)


derivative(
    product,
    c=lambda g, z, c, r, x, *, check_finite=False, workers=None: _sums_along_diagonals(g, x, x)[0],
    r=lambda g, z, c, r, x, *, check_finite=False, workers=None: _without_first(
        _sums_along_diagonals(g, x, x)[1]
    ),
    x=_product_slope_x,
)


@composite(scipy.linalg.matmul_toeplitz)
def matmul_toeplitz(
    c_or_cr: Any, x: Array, check_finite: bool = False, workers: int | None = None
) -> Array:
    """Return the product of a Toeplitz matrix with x."""
    c, r = _column_and_row(c_or_cr)
    return product(c, r, x, **_given(check_finite, workers))


# Systems.


@primitive
def solved(c: Array, r: Array, b: Array, *, check_finite: bool = True) -> Array:
    """Solve T x = b for the Toeplitz matrix of c and r."""
    parts = (np.array(c), np.array(r))  # SciPy before 1.14 needs to be able to write to them
    return scipy.linalg.solve_toeplitz(parts, np.array(b), check_finite)


def _solved_slope_b(
    g: Array, z: Array, c: Array, r: Array, b: Array, *, check_finite: bool = True
) -> Array:
    del z, check_finite
    row = _row(c, r)
    return in_columns(lambda g: solved(row, c, g, **unchecked()), g, b)


def _solved_sums(
    g: Array, z: Array, c: Array, r: Array, b: Array, check_finite: bool
) -> tuple[Array, Array]:
    w = _solved_slope_b(g, z, c, r, b, check_finite=check_finite)
    return _sums_along_diagonals(-w, z, b)


derivative(
    solved,
    c=lambda g, z, c, r, b, *, check_finite=True: _solved_sums(g, z, c, r, b, check_finite)[0],
    r=lambda g, z, c, r, b, *, check_finite=True: _without_first(
        _solved_sums(g, z, c, r, b, check_finite)[1]
    ),
    b=_solved_slope_b,
)


@composite(scipy.linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr: Any, b: Array, check_finite: bool = True) -> Array:
    """Solve T x = b for a Toeplitz matrix."""
    c, r = _column_and_row(c_or_cr)
    return solved(c, r, b, **given(check_finite))


@composite(scipy.linalg.solve_circulant)
def solve_circulant(
    c: Array, b: Array, singular: str = "raise", tol: float | None = None, caxis: int = -1,
    baxis: int = 0, outaxis: int = 0,
) -> Array:  # fmt: skip
    """Solve C x = b for a circulant matrix, which Fourier's transform makes diagonal."""
    c, b = np.atleast_1d(as_operand(c)), np.atleast_1d(as_operand(b))
    if not b.size:
        return scipy.linalg.solve_circulant(peek(c), peek(b), "lstsq", tol, caxis, baxis, outaxis)
    c, b = np.moveaxis(c, caxis, -1), np.moveaxis(b, baxis, -1)
    if c.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"solve_circulant needs c and b of equal length, got {c.shape[-1]} and {b.shape[-1]}. "
            f"Pass as many entries in both."
        )
    spectrum = np.fft.fft(c)
    sizes = np.abs(plain(spectrum))
    if tol is None:
        precision = float(np.finfo(np.float64).eps)
        tol = np.max(sizes, axis=-1, keepdims=True) * c.shape[-1] * precision
    closed = sizes <= tol
    if np.any(closed) and singular != "lstsq":
        raise np.linalg.LinAlgError("near singular circulant matrix. Use singular='lstsq'.")
    quotient = np.where(closed, 0, np.fft.fft(b) / np.where(closed, 1, spectrum))
    x = np.fft.ifft(quotient)
    is_real = not (np.iscomplexobj(c) or np.iscomplexobj(b))
    return np.moveaxis(np.real(x) if is_real else x, -1, outaxis)
