"""Eigenvalues and eigenvectors of banded and tridiagonal Hermitian matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array, Arrays
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.rules.solving import folded
from autodiff.rules.spectral import beside_vectors
from autodiff.scipy.linalg.banded import rows_of_band
from autodiff.scipy.linalg.spectra import slopes_of_values, slopes_of_vectors

__all__: list[str] = []


def _need_all(name: str, select: Any) -> None:
    if select not in ("a", "all", 0):
        raise NotImplementedError(
            f"{name} of a traced value at {user_line()} returns all eigenvalues, got "
            f"select={select!r}. Leave it out, and index the result."
        )


# Tridiagonal matrices: their diagonal d, and e beside it.


@primitive
def pairs_of_tridiagonal(
    d: Array, e: Array, *, check_finite: bool, lapack_driver: str
) -> tuple[Array, Array]:
    """Return the same as ``scipy.linalg.eigh_tridiagonal`` with eigenvectors."""
    w, v = scipy.linalg.eigh_tridiagonal(
        d, e, check_finite=check_finite, lapack_driver=lapack_driver
    )
    return w, v


def _whole(g: Arrays, z: Arrays) -> Array:
    w, v = z
    of_vectors = slopes_of_vectors(w, v, g[1], beside_vectors(*g))[0]
    return slopes_of_values(w, v, g[0])[0] + of_vectors


def _beside_diagonal(x: Array) -> Array:
    """Return the sums of the entries above the diagonal and below it."""
    above = np.diagonal(x, 1, axis1=-2, axis2=-1)
    return above + np.diagonal(x, -1, axis1=-2, axis2=-1)


pairs_of_tridiagonal.name = "eigh_tridiagonal"
derivative(
    pairs_of_tridiagonal,
    d=lambda g, z, d, e, *, check_finite, lapack_driver: np.diagonal(
        _whole(g, z), axis1=-2, axis2=-1
    ),
    e=lambda g, z, d, e, *, check_finite, lapack_driver: _beside_diagonal(_whole(g, z)),
)


@composite(scipy.linalg.eigh_tridiagonal)
def eigh_tridiagonal(
    d: Array, e: Array, eigvals_only: bool = False, select: Any = "a", select_range: Any = None,
    check_finite: bool = True, tol: float = 0.0, lapack_driver: str = "auto",
) -> Array:  # fmt: skip
    """Return the eigenvalues of a real symmetric tridiagonal matrix, and its eigenvectors."""
    del select_range, tol  # of a driver that finds some of the values
    _need_all("eigh_tridiagonal", select)
    driver = "auto" if lapack_driver == "sterf" else lapack_driver  # which has no vectors
    w, v = pairs_of_tridiagonal(d, e, check_finite=check_finite, lapack_driver=driver)
    return w if eigvals_only else (w, v)


@composite(scipy.linalg.eigvalsh_tridiagonal)
def eigvalsh_tridiagonal(
    d: Array, e: Array, select: Any = "a", select_range: Any = None, check_finite: bool = True,
    tol: float = 0.0, lapack_driver: str = "auto",
) -> Array:  # fmt: skip
    """Return the eigenvalues of a real symmetric tridiagonal matrix."""
    del select_range, tol
    return eigh_tridiagonal(
        d, e, eigvals_only=True, select=select, check_finite=check_finite,
        lapack_driver=lapack_driver,
    )  # fmt: skip


# Banded matrices.


@primitive
def pairs_of_banded(a_band: Array, *, lower: bool, check_finite: bool) -> tuple[Array, Array]:
    """Return the same as ``scipy.linalg.eig_banded`` with eigenvectors."""
    w, v = scipy.linalg.eig_banded(a_band, lower, check_finite=check_finite)
    return w, v


def _banded_slope(g: Arrays, z: Arrays, a_band: Array, *, lower: bool, check_finite: bool) -> Array:
    del check_finite
    count, n = a_band.shape[-2:]
    slope = conjugated(folded(_whole(g, z), "L" if lower else "U"))
    rows, inside = rows_of_band(count, 0 if lower else count - 1, n)
    return np.where(inside, slope[..., rows, np.arange(n)], 0)


pairs_of_banded.name = "eig_banded"
derivative(pairs_of_banded, a_band=_banded_slope)


@composite(scipy.linalg.eig_banded)
def eig_banded(
    a_band: Array, lower: bool = False, eigvals_only: bool = False, overwrite_a_band: bool = False,
    select: Any = "a", select_range: Any = None, max_ev: int = 0, check_finite: bool = True,
) -> Array:  # fmt: skip
    """Return the eigenvalues of a Hermitian banded matrix, and its eigenvectors."""
    del overwrite_a_band, select_range, max_ev
    _need_all("eig_banded", select)
    a_band = as_array(a_band)
    if a_band.shape[-1] == 1:
        a_band = a_band[..., :1, :]  # which LAPACK takes as the matrix, whatever the bands
    w, v = pairs_of_banded(a_band, lower=lower, check_finite=check_finite)
    return w if eigvals_only else (w, v)


@composite(scipy.linalg.eigvals_banded)
def eigvals_banded(
    a_band: Array, lower: bool = False, overwrite_a_band: bool = False, select: Any = "a",
    select_range: Any = None, check_finite: bool = True,
) -> Array:  # fmt: skip
    """Return the eigenvalues of a Hermitian banded matrix."""
    del overwrite_a_band, select_range
    return eig_banded(a_band, lower, eigvals_only=True, select=select, check_finite=check_finite)
