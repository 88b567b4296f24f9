"""Associated Legendre functions and spherical harmonics (DLMF chapter 14)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autodiff.core.primitive import Primitive, derivative
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.orthogonal import legendre_slope


def _associated_slope(z: Array, m: Array, v: Array, x: Array) -> Array:
    """Return the slope of lpmv(m, v, x) (DLMF 14.10.5)."""
    at_end = (m == 0) & (np.abs(x) == 1)
    inside = np.where(at_end, 0.0, x)
    lower = special.lpmv(m, np.where(v + m == 0, v, v - 1.0), inside)  # NaN below -m
    slope = (v + m) * lower - v * inside * z
    end = legendre_slope(np.maximum(v, -1.0 - v), np.where(at_end, x, 0.0))
    return np.where(at_end, end, slope / (1 - inside * inside))


def _by_angle(f: Callable[[Array], Array], n: Array, m: Array, theta: Array, turn: Array) -> Array:
    """Return the slope in the polar angle of a spherical harmonic, which has no poles.

    The ladder operators give it from the neighbors in order m (Edmonds 1957, equation 2.5.24).
    Beyond 0 to π, SciPy takes the size of the sine.
    """
    up, down = (
        np.sqrt(np.maximum(k, 0)) for k in ((n - m) * (n + m + 1.0), (n + m) * (n - m + 1.0))
    )
    side = np.where(np.sin(theta) < 0, -0.5, 0.5)
    above, below = f(np.minimum(m + 1, n)), f(np.maximum(m - 1, -n))  # unused at the ends
    return side * (up * np.conjugate(turn) * above - down * turn * below)


derivative(special.lpmv, x=lambda g, z, m, v, x: g * _associated_slope(z, m, v, x))


def _degree_slope(z: Array, n: Array, m: Array, x: Array, branch_cut: int, norm: bool) -> Array:
    """Return the slope of an associated Legendre function, by its neighbor in degree."""
    gap = np.maximum(n * n - m * m, 0)
    scale = np.sqrt((2 * n + 1) / np.abs(2 * n - 1) * gap) if norm else n + m
    lower = associated(np.maximum(n - 1, 0), m, x, branch_cut=branch_cut, norm=norm)
    return (scale * lower - n * x * z) / (1 - x * x)


# fmt: off
harmonic: Primitive = derivative(
    special.sph_harm_y, n=None, m=None,
    theta=lambda g, z, n, m, theta, phi: g * _by_angle(
        lambda m: harmonic(n, m, theta, phi), n, m, theta, np.exp(1j * phi)),
    phi=lambda g, z, n, m, theta, phi: g * 1j * m * z,
)
polar: Primitive = derivative(
    special.sph_legendre_p, n=None, m=None,
    theta=lambda g, z, n, m, theta: g * _by_angle(
        lambda m: polar(n, m, theta), n, m, theta, 1.0),
)
associated: Primitive = derivative(
    special.assoc_legendre_p, n=None, m=None,
    z_=lambda g, z, n, m, z_, *, branch_cut=2, norm=False: g * _degree_slope(
        z, n, m, z_, branch_cut, norm),
)
derivative(special.legendre_p, n=None, z_=lambda g, z, n, z_: g * legendre_slope(n, z_))
# fmt: on
