"""Binomial coefficients, factorials and the like, continued by the gamma function (DLMF 26.3)."""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.scipy.special.gammas import digamma_gap, is_pole, reciprocal_slope
from autodiff.scipy.special.namespace import special


def _possible(z: Array, slope: Array) -> Array:
    """Return the slope, and 0 where there are no ways, z = 0, beyond the borders."""
    return z * np.where(z == 0, 0.0, slope)


def _binomial_slopes(z: Array, n: Array, k: Array) -> tuple[Array, Array]:
    """Return the slopes of binom in n and k, also at its zeros, the whole k - n > 0.

    There the last factor of ``Γ(n+1) / Γ(k+1) · 1/Γ(n-k+1)`` is 0, and its slope isn't.
    """
    is_zero = (z == 0) & (k > n)
    of_last = special.psi(np.where(is_zero, 1.0, n - k + 1.0))
    n_, k_ = np.where(is_zero, n, 1.0), np.where(is_zero, k, 1.0)
    gap = n_ - k_
    of_zero = special.poch(k_ + 1.0, gap) * reciprocal_slope(1.0, special.rgamma(gap + 1), gap + 1)
    last = np.where(is_zero, of_zero, -z * of_last)
    return z * special.psi(n + 1.0) + last, -z * special.psi(k + 1.0) - last


def _choices(z: Array, N: Array, k: Array, repetition: bool) -> Array:
    """Return the slope of comb in N."""
    return _possible(z, digamma_gap(N + k, N) if repetition else digamma_gap(N + 1.0, N - k + 1.0))


def _choices_of(z: Array, N: Array, k: Array, repetition: bool) -> Array:
    """Return the slope of comb in k."""
    return _possible(
        z, digamma_gap(N + k, k + 1.0) if repetition else digamma_gap(N - k + 1.0, k + 1.0)
    )


def _rising_slope(g: Array, z: Array, x: Array, m: Array) -> Array:
    """Return the slope of Γ(x + m) / Γ(x) in x, also where Γ(x) alone has a pole."""
    alone = is_pole(x) & ~is_pole(x + m)
    at, end = np.where(alone, x, 0.5), np.where(alone, x + m, 0.5)
    reciprocal = special.rgamma(at)
    slope = special.psi(end) * reciprocal + reciprocal_slope(1.0, reciprocal, at)
    elsewhere = np.where(alone, 0.5, x)
    return g * np.where(alone, special.gamma(end) * slope,
                        z * digamma_gap(elsewhere + m, elsewhere))  # fmt: skip


# fmt: off
# Γ(z + m) / Γ(z)
derivative(special.poch,  z_=lambda g, z, z_, m: _rising_slope(g, z, z_, m),
                          m=lambda g, z, z_, m: g * z * special.psi(z_ + m))
derivative(special.binom, n=lambda g, z, n, k: g * _binomial_slopes(z, n, k)[0],
                          k=lambda g, z, n, k: g * _binomial_slopes(z, n, k)[1])
derivative(special.comb,  N=lambda g, z, N, k, *, repetition=False: (
                              g * _choices(z, N, k, repetition)),
                          k=lambda g, z, N, k, *, repetition=False: (
                              g * _choices_of(z, N, k, repetition)))
derivative(special.perm,  N=lambda g, z, N, k: g * _possible(z, digamma_gap(N + 1.0, N - k + 1.0)),
                          k=lambda g, z, N, k: g * _possible(z, special.psi(N - k + 1.0)))
derivative(special.factorial, n=lambda g, z, n: g * _possible(z, special.psi(n + 1.0)))
# fmt: on
