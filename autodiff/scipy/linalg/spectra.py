"""Eigenvalues and eigenvectors, also of a pencil: A v = λ B v.

For Hermitian A and B, with ``Vᴴ B V = 1``, the changes are ``dλᵢ = vᵢᴴ (dA - λᵢ dB) vᵢ`` and
``dvᵢ = Σⱼ vⱼ vⱼᴴ (dA - λᵢ dB) vᵢ / (λᵢ - λⱼ) - vᵢ vᵢᴴ dB vᵢ / 2`` (Fox and Kapoor 1968, "Rates of
change of eigenvalues and eigenvectors"). For others, they are those of the matrix B⁻¹ A.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Arrays
from autodiff.rules.composite import composite
from autodiff.rules.solving import adjoint, folded
from autodiff.rules.spectral import (
    beside_vectors,
    diagonal_of,
    divided,
    eig_slope,
    eigvals_slope,
    refuse_phase,
)

__all__ = ["slopes_of_values", "slopes_of_vectors"]

Subset = tuple[int, int] | None


@primitive
def pairs(
    a: Array, b: Array, *, lower: bool, subset: Subset, check_finite: bool, driver: Any
) -> tuple[Array, Array]:
    """Return the eigenvalues and eigenvectors of a Hermitian matrix or pencil."""
    w, v = scipy.linalg.eigh(
        a, b, lower=lower, check_finite=check_finite, subset_by_index=subset, driver=driver
    )
    return w, v


def slopes_of_values(w: Array, v: Array, g: Array) -> tuple[Array, Array]:
    """Return the slopes of eigenvalues in all entries of A and B, conjugated as G is."""
    in_a = np.matmul(v * g[..., None, :], adjoint(v))
    return in_a, -np.matmul(v * (g * w)[..., None, :], adjoint(v))


def slopes_of_vectors(w: Array, v: Array, g: Array, of_values: Array | None) -> tuple[Array, Array]:
    """Return the slopes of eigenvectors in all entries of A and B, conjugated as G is."""
    G = conjugated(g)
    turned = np.matmul(adjoint(v), G)
    refuse_phase(turned)
    across = divided(turned, w, G, of_values, "eigenvalues")
    own = diagonal_of(0.5 * np.real(np.diagonal(turned, axis1=-2, axis2=-1)))
    in_b = -across * w[..., None, :] - own
    return np.matmul(np.matmul(v, across), adjoint(v)), np.matmul(np.matmul(v, in_b), adjoint(v))


def _pairs_slopes(g: Arrays, z: Arrays, a: Array, b: Array, lower: bool, **options: Any) -> Any:
    """Return the slopes in a and b, in the triangle that is read."""
    (w, v), (g_w, g_v) = z, g
    of_values, beside = slopes_of_values(w, v, g_w), beside_vectors(g_w, g_v)
    if options["subset"] is not None:  # other vectors change these, and have no cotangent
        others = pairs(a, b, **{**options, "lower": lower, "subset": None})
        w, v = (_inserted(x, y, options["subset"]) for x, y in zip((w, v), others, strict=True))
        g_v, g_w = (
            _inserted(x, np.zeros_like(peek(y)), options["subset"])
            for x, y in zip((g_v, g_w), others[::-1], strict=True)
        )
        beside = None if beside is None else g_w
    return [
        conjugated(folded(x + y, "L" if lower else "U"))
        for x, y in zip(of_values, slopes_of_vectors(w, v, g_v, beside), strict=True)
    ]


def _inserted(part: Array, whole: Array, subset: tuple[int, int]) -> Array:
    """Return whole, with these entries along the last axis from part."""
    first, last = subset
    return np.concatenate([whole[..., :first], part, whole[..., last + 1 :]], axis=-1)


def _pairs_slope_a(
    g: Arrays, z: Arrays, a: Array, b: Array, *, lower: bool, subset: Subset, check_finite: bool,
    driver: Any,
) -> Array:  # fmt: skip
    options = {"subset": subset, "check_finite": check_finite, "driver": driver}
    return _pairs_slopes(g, z, a, b, lower, **options)[0]


def _pairs_slope_b(
    g: Arrays, z: Arrays, a: Array, b: Array, *, lower: bool, subset: Subset, check_finite: bool,
    driver: Any,
) -> Array:  # fmt: skip
    options = {"subset": subset, "check_finite": check_finite, "driver": driver}
    return _pairs_slopes(g, z, a, b, lower, **options)[1]


pairs.name = "eigh"
derivative(pairs, a=_pairs_slope_a, b=_pairs_slope_b)


@composite(scipy.linalg.eigh)
def eigh(
    a: Array, b: Array = None, *, lower: bool = True, eigvals_only: bool = False,
    overwrite_a: bool = False, overwrite_b: bool = False, type: int = 1,
    check_finite: bool = True, subset_by_index: Any = None, subset_by_value: Any = None,
    driver: str | None = None,
) -> Array:  # fmt: skip
    """Return the eigenvalues of a Hermitian matrix or pencil, and its eigenvectors."""
    del overwrite_a, overwrite_b
    if (type != 1 and b is not None) or subset_by_value is not None:
        raise NotImplementedError(
            f"eigh of a traced value at {user_line()} solves A v = λ B v, and returns all "
            f"eigenvalues or those of given indices; got type={type}, "
            f"subset_by_value={subset_by_value}. Use type=1, subset_by_index=."
        )
    subset = None if subset_by_index is None else tuple(map(int, subset_by_index))
    w, v = pairs(a, b, lower=lower, subset=subset, check_finite=check_finite, driver=driver)
    return w if eigvals_only else (w, v)


@composite(scipy.linalg.eigvalsh)
def eigvalsh(a: Array, b: Array = None, **options: Any) -> Array:
    """Return the eigenvalues of a Hermitian matrix or pencil."""
    return eigh(a, b, eigvals_only=True, **options)


# Any matrix or pencil.


def _of_pencil(a: Array, b: Array) -> Array:
    return a if b is None else np.linalg.solve(b, a)


def _eig_slope_a(g: Arrays, z: Arrays, a: Array, b: Array, *, check_finite: bool = True) -> Array:
    del check_finite
    slope = eig_slope(g, z, _of_pencil(a, b))
    return slope if b is None else np.linalg.solve(b.mT, slope)


def _eig_slope_b(g: Arrays, z: Arrays, a: Array, b: Array, *, check_finite: bool = True) -> Array:
    return -np.matmul(_eig_slope_a(g, z, a, b, check_finite=check_finite), _of_pencil(a, b).mT)


def _eigvals_slope_a(g: Array, z: Array, a: Array, b: Array, *, check_finite: bool = True) -> Array:
    del check_finite
    slope = eigvals_slope(g, z, _of_pencil(a, b))
    return slope if b is None else np.linalg.solve(b.mT, slope)


def _eigvals_slope_b(g: Array, z: Array, a: Array, b: Array, *, check_finite: bool = True) -> Array:
    return -np.matmul(_eigvals_slope_a(g, z, a, b, check_finite=check_finite), _of_pencil(a, b).mT)


def _eig(a: Array, b: Array = None, **options: Any) -> tuple[Array, Array]:
    w, v = scipy.linalg.eig(a, b, **options)
    return w, v


derivative(scipy.linalg.eig, _eig, a=_eig_slope_a, b=_eig_slope_b)
derivative(scipy.linalg.eigvals, a=_eigvals_slope_a, b=_eigvals_slope_b)
