"""The error function and its relatives, and the normal distribution (DLMF chapter 7)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special

PER_ROOT = 2 / math.sqrt(math.pi)  # the slope of erf at 0
ROOT_TAU = math.sqrt(2 * math.pi)

_FAR = 36.0  # the square from which the series is exact to rounding
_TERMS = 26
_NARROW = 1e9  # how many times its deviation from where a normal distribution is a point


def normal_pdf(x: Array) -> Array:
    """Return the density of the standard normal distribution."""
    return np.exp(-0.5 * x * x) / ROOT_TAU


def normal_hazard(x: Array, log_cdf: Array) -> Array:
    """Return the slope of log Φ(x), φ(x)/Φ(x); on the left, where both vanish, by erfcx."""
    is_left = np.real(x) < -1
    left, right = np.where(is_left, x, -1.0), np.where(is_left, 0.0, x)
    scaled = special.erfcx(-left / math.sqrt(2))
    log_cdf = np.where(is_left, 0.0, log_cdf)
    return np.where(
        is_left, math.sqrt(2 / math.pi) / scaled, np.exp(-0.5 * right * right - log_cdf) / ROOT_TAU
    )


def _series(y: Array) -> Array:
    """Return Σ (2m - 1)!!/(2y)ᵐ over m ≥ 1, the asymptotic series of DLMF 7.12.1."""
    total: Array = 0.0
    for m in range(_TERMS, 0, -1):
        total = (2 * m - 1) / (2 * y) * (1 + total)
    return total


def _without_cancellation(
    is_far: Array, x: Array, far: Callable[[Array], Array], near: Array
) -> Array:
    """Return a slope far from 0, where the terms of its usual formula cancel, by the series.

    Args:
        is_far: where to use the series.
        x: the argument.
        far: the slope from the square of x.
        near: the usual formula, from x.
    """
    inside, outside = np.where(is_far, 0.0, x), np.where(is_far, x, math.sqrt(_FAR))
    return np.where(is_far, far(outside * outside), near(inside))


def _scaled_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of erfcx, 2xz - 2/√π."""
    is_far = (np.real(x) > 0) & (np.abs(x) ** 2 > _FAR)
    return g * _without_cancellation(
        is_far, x, lambda xx: PER_ROOT * _series(-xx), lambda x: 2 * x * z - PER_ROOT
    )


def _dawson_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of Dawson's integral, 1 - 2xz."""
    is_far = np.real(x * x) > _FAR
    return g * _without_cancellation(is_far, x, lambda xx: -_series(xx), lambda x: 1 - 2 * x * z)


@primitive
def faddeeva_slope(x: Array, *, order: int) -> Array:
    """Return a derivative of w (DLMF 7.10); far from 0, where that cancels, by its series."""
    z = np.asarray(x, complex)
    is_far = (z.imag >= 0) & (np.abs(z) ** 2 > _FAR)
    before, near = np.zeros_like(z), special.wofz(z)
    near, before = 1j * PER_ROOT - 2 * z * near, near
    for n in range(1, order):
        near, before = -2 * (z * near + n * before), near
    inverse, far = 1 / np.where(is_far, z, 1.0), np.zeros_like(z)
    for m in range(_TERMS, -1, -1):
        rising = math.prod(range(2 * m + 1, 2 * m + 1 + order))
        odd = math.prod(range(1, 2 * m, 2))
        far = far * inverse * inverse + rising * odd / 2**m
    for _ in range(order + 1):
        far = far * inverse
    dtype = np.result_type(np.asarray(x).dtype, np.complex64)  # also of a number of Python
    return np.where(is_far, (-1) ** order * 0.5j * PER_ROOT * far, near).astype(dtype)[()]


def _voigt_slope(x: Array, sigma: Array, gamma: Array, order: int) -> Array:
    """Return a derivative in x of the complex function whose real part is Voigt's profile.

    Its real part obeys the heat equation: ∂V/∂σ = σ ∂²V/∂x². For σ = 0, and to rounding where σ is
    tiny, it is i/π / (x + iγ).
    """
    z = x + 1j * gamma
    is_zero = np.abs(z) > _NARROW * np.abs(sigma)
    scale = np.where(is_zero, 1.0, sigma) * math.sqrt(2)
    smooth = faddeeva_slope(z / scale, order=order) / scale ** (order + 1) / math.sqrt(math.pi)
    narrow = np.where(is_zero, z, 1.0)
    lorentz = (-1) ** order * math.factorial(order) * 1j / math.pi / narrow ** (order + 1)
    return np.where(is_zero, lorentz, smooth)


# fmt: off
derivative(special.erf,      x=lambda g, z, x: g * PER_ROOT * np.exp(-x * x))
derivative(special.erfc,     x=lambda g, z, x: -g * PER_ROOT * np.exp(-x * x))
derivative(special.erfi,     x=lambda g, z, x: g * PER_ROOT * np.exp(x * x))
derivative(faddeeva_slope,   x=lambda g, z, x, *, order: g * faddeeva_slope(x, order=order + 1))
derivative(special.erfcx,    x=_scaled_slope)
derivative(special.dawsn,    x=_dawson_slope)
derivative(special.wofz,     x=lambda g, z, x: g * faddeeva_slope(x, order=1))
derivative(special.voigt_profile, x=lambda g, z, x, sigma, gamma: (
                                      g * np.real(_voigt_slope(x, sigma, gamma, 1))),
                                  sigma=lambda g, z, x, sigma, gamma: (
                                      g * sigma * np.real(_voigt_slope(x, sigma, gamma, 2))),
                                  gamma=lambda g, z, x, sigma, gamma: (
                                      -g * np.imag(_voigt_slope(x, sigma, gamma, 1))))
derivative(special.erfinv,   x=lambda g, z, x: g / PER_ROOT * np.exp(z * z))
derivative(special.erfcinv,  x=lambda g, z, x: -g / PER_ROOT * np.exp(z * z))
derivative(special.ndtr,     x=lambda g, z, x: g * normal_pdf(x))
derivative(special.ndtri,    x=lambda g, z, x: g * ROOT_TAU * np.exp(0.5 * z * z))
derivative(special.log_ndtr, x=lambda g, z, x: g * normal_hazard(x, z))
# y = log Φ(z)
derivative(special.ndtri_exp, x=lambda g, z, x: g / normal_hazard(z, x))
# fmt: on
