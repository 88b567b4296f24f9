"""Binomial coefficients, factorials and the like, continued by the gamma function (DLMF 26.3)."""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special


def _gap(a: Array, b: Array) -> Array:
    return special.psi(a) - special.psi(b)


def _possible(z: Array, slope: Array) -> Array:
    """Return the slope, and 0 where there are no ways, z = 0, beyond the borders."""
    return z * np.where(z == 0, 0.0, slope)


def _choices(z: Array, N: Array, k: Array, repetition: bool) -> Array:
    """Return the slope of comb in N."""
    return _possible(z, _gap(N + k, N) if repetition else _gap(N + 1.0, N - k + 1.0))


def _choices_of(z: Array, N: Array, k: Array, repetition: bool) -> Array:
    """Return the slope of comb in k."""
    return _possible(z, _gap(N + k, k + 1.0) if repetition else _gap(N - k + 1.0, k + 1.0))


# fmt: off
# Γ(z + m) / Γ(z)
derivative(special.poch,  z_=lambda g, z, z_, m: g * z * _gap(z_ + m, z_),
                          m=lambda g, z, z_, m: g * z * special.psi(z_ + m))
derivative(special.binom, n=lambda g, z, n, k: g * z * _gap(n + 1.0, n - k + 1.0),
                          k=lambda g, z, n, k: g * z * _gap(n - k + 1.0, k + 1.0))
derivative(special.comb,  N=lambda g, z, N, k, *, repetition=False: (
                              g * _choices(z, N, k, repetition)),
                          k=lambda g, z, N, k, *, repetition=False: (
                              g * _choices_of(z, N, k, repetition)))
derivative(special.perm,  N=lambda g, z, N, k: g * _possible(z, _gap(N + 1.0, N - k + 1.0)),
                          k=lambda g, z, N, k: g * _possible(z, special.psi(N - k + 1.0)))
derivative(special.factorial, n=lambda g, z, n: g * _possible(z, special.psi(n + 1.0)))
# fmt: on
