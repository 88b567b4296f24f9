"""Systems with matrices that are stored by their diagonals: ``ab[u + i - j, j] = A[i, j]``."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.scipy.linalg.structure import in_columns, unchecked

__all__ = ["band_of", "rows_of_band"]


def rows_of_band(count: int, above: int, n: int) -> tuple[Array, Array]:
    """Return the row of A for each entry of a band, and which of the entries are inside A.

    Args:
        count: how many diagonals are stored.
        above: how many of them lie above the main diagonal.
        n: the length of the sides of A.
    """
    rows = np.arange(n) + np.arange(count)[:, None] - above
    return np.clip(rows, 0, n - 1), (rows >= 0) & (rows < n)


def band_of(x: Array, y: Array, count: int, above: int) -> Array:
    """Return the band of the matrix x yᵀ."""
    rows, inside = rows_of_band(count, above, x.shape[-2])
    return np.where(inside, np.sum(x[..., rows, :] * y[..., None, :, :], axis=-1), 0)


def transposed_band(ab: Array, below: int, above: int) -> Array:
    """Return the transposed matrix, which has as many diagonals above as this one has below."""
    columns, inside = rows_of_band(below + above + 1, below, ab.shape[-1])
    reversed_rows = np.arange(below + above, -1, -1)[:, None]
    return np.where(inside, ab[..., reversed_rows, columns], 0)


def _solved_slope_b(
    g: Array, z: Array, ab: Array, b: Array, *, l_and_u: tuple[int, int],
    check_finite: bool = True,
) -> Array:  # fmt: skip
    del z, check_finite
    below, above = l_and_u
    turned, options = transposed_band(ab, below, above), unchecked()
    return in_columns(lambda g: solve_banded((above, below), turned, g, **options), g, b)


def _solved_slope_ab(
    g: Array, z: Array, ab: Array, b: Array, *, l_and_u: tuple[int, int],
    check_finite: bool = True,
) -> Array:  # fmt: skip
    w = _solved_slope_b(g, z, ab, b, l_and_u=l_and_u, check_finite=check_finite)
    if np.ndim(b) == 1:
        w, z = w[..., None], z[..., None]
    return -band_of(w, z, sum(l_and_u) + 1, l_and_u[1])


solve_banded = derivative(
    scipy.linalg.solve_banded,
    lambda ab, b, *, l_and_u, **options: scipy.linalg.solve_banded(l_and_u, ab, b, **options),
    ab=_solved_slope_ab,
    b=_solved_slope_b,
)


# Hermitian positive-definite matrices, of which one half is stored.


def _solved_hermitian(ab: Array, b: Array, **options: Any) -> Array:
    if np.ndim(ab) < 2:  # SciPy takes it as a matrix of one row
        raise ValueError(
            f"expected a matrix ab of diagonals, got shape {np.shape(ab)} at {user_line()}. Write "
            f"ab[np.newaxis] for the main diagonal alone."
        )
    return scipy.linalg.solveh_banded(ab, b, **options)


def _hermitian_slope_b(
    g: Array, z: Array, ab: Array, b: Array, *, lower: bool = False, check_finite: bool = True
) -> Array:
    del z, check_finite
    options = unchecked(lower=lower)
    return conjugated(in_columns(lambda g: solveh_banded(ab, g, **options), conjugated(g), b))


def _hermitian_slope_ab(
    g: Array, z: Array, ab: Array, b: Array, *, lower: bool = False, check_finite: bool = True
) -> Array:
    """Return the slope of both halves; the diagonal, which is real, has half of the sum."""
    w = _hermitian_slope_b(g, z, ab, b, lower=lower, check_finite=check_finite)
    if np.ndim(b) == 1:
        w, z = w[..., None], z[..., None]
    count = ab.shape[-2]
    main = 0 if lower else count - 1
    both = band_of(w, z, count, main) + conjugated(band_of(z, w, count, main))
    weights = np.where(np.arange(count) == main, 0.5, 1.0).astype(np.real(both).dtype)
    return -both * weights[:, None]


solveh_banded = derivative(
    scipy.linalg.solveh_banded,
    _solved_hermitian,
    ab=_hermitian_slope_ab,
    b=_hermitian_slope_b,
)
