"""Exponential, sine, cosine and Fresnel integrals (DLMF chapters 6 and 7), and the dilogarithm."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.whole import whole


def _nonzero(g: Array, x: Array) -> Array:
    """Replace zeros where the cotangent is 0 too: the result with a pole there isn't used."""
    return np.where((g == 0) & (x == 0), 1.0, x)


def _expn_slope(g: Array, z: Array, n: Array, x: Array) -> Array:
    """Return the slope of E_n(x), -E_(n-1)(x) (DLMF 8.19.13); SciPy has no negative n."""
    del z
    n = whole(n)
    y = np.where(n <= 1, x, 1.0)
    first = np.exp(-y) / y
    lower = special.expn(np.maximum(n, 2) - 1, x)
    return -g * np.where(n > 1, lower, np.where(n == 1, first, first * (1 + 1 / y)))


def _dilogarithm_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of spence, log(x) / (1 - x), which is -1 at 1."""
    del z
    is_near = np.abs(x - 1) < 0.5
    near, far = np.where(is_near, x, 1.0), np.where(is_near, 2.0, x)
    return g * np.where(is_near, -special.hyp2f1(1.0, 1.0, 2.0, 1 - near), np.log(far) / (1 - far))


def _sinhc(x: Array) -> Array:
    """Return sinh(x) / x, and 1 at 0."""
    if np.iscomplexobj(x):
        return np.sinc(1j / math.pi * x)
    return 0.5 * (special.exprel(x) + special.exprel(-x))


def _over(g: Array, f: Array, x: Array) -> Array:
    x = _nonzero(g, x)
    return g * f(x) / x


def _modified_fresnel_slope(sign: float) -> Array:
    """Return the rule of (F, K), ∫ exp(±it²) dt over t > x, and exp(∓i(x² + π/4)) F / √π."""
    turn = complex(math.sqrt(0.5), -sign * math.sqrt(0.5)) / math.sqrt(math.pi)
    return lambda g, z, x: -g[0] * np.exp(1j * sign * x * x) - g[1] * (2j * sign * x * z[1] + turn)


# fmt: off
derivative(special.exp1,     x=lambda g, z, x: -g * np.exp(-x) / x)
derivative(special.expi,     x=lambda g, z, x: g * np.exp(x) / x)
derivative(special.expn,     x=_expn_slope)
derivative(special.spence,   x=_dilogarithm_slope)
derivative(special.sici,     x=lambda g, z, x: (
                                 g[0] * np.sinc(x / math.pi) + _over(g[1], np.cos, x)))
derivative(special.shichi,   x=lambda g, z, x: g[0] * _sinhc(x) + _over(g[1], np.cosh, x))
derivative(special.fresnel,  x=lambda g, z, x: (
                                 g[0] * np.sin(0.5 * math.pi * x * x)
                                 + g[1] * np.cos(0.5 * math.pi * x * x)))
derivative(special.modfresnelp, x=_modified_fresnel_slope(1.0))
derivative(special.modfresnelm, x=_modified_fresnel_slope(-1.0))
# fmt: on
