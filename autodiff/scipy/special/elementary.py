"""Elementary functions: powers, logarithms, angles in degrees, losses, and Lambert's W."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import constant, derivative
from autodiff.core.tensor import plain
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array, in_dtype
from autodiff.scipy.real import real_composite
from autodiff.scipy.special.namespace import special
from autodiff.scipy.widths import at_most_double

LN2, LN10, DEGREE = math.log(2), math.log(10), math.pi / 180
_NEAR_0 = 40.0


def _exprel_slope(x: Array) -> Array:
    """Return the slope of (exp(x) - 1) / x, a Kummer function (DLMF 13.6.2).

    Far from 0 it is written out, since SciPy's Kummer function doesn't end for very large numbers.
    """
    is_near = np.abs(x) < _NEAR_0
    near, far = np.where(is_near, x, 0.0), np.where(is_near, _NEAR_0, x)
    written_out = (np.exp(far) * (far - 1) + 1) / far / far
    return np.where(is_near, 0.5 * special.hyp1f1(2.0, 3.0, near), written_out)


def _log_ratio_slope(x: Array) -> Array:
    """Return the slope of log(1 + x) / x, a Gauss function (DLMF 15.4.1)."""
    return -0.5 * special.hyp2f1(2.0, 2.0, 3.0, -x)


def box_cox_slope(logarithm: Array, lmbda: Array) -> Array:
    """Return the slope of (x^λ - 1) / λ in λ, from log x; at x = 0, where it is -1 / λ, 1 / λ²."""
    is_end = (logarithm == -np.inf) & (lmbda > 0)
    inside = np.where(is_end, 0.0, logarithm)
    slope = inside * inside * _exprel_slope(lmbda * inside)
    return np.where(is_end, np.where(is_end, lmbda, 1.0) ** -2.0, slope)


def _tukey_pdf(z: Array, lmbda: Array) -> Array:
    """Return the slope of tklmbda in x, where z is its value; 0 beyond the ends of the support."""
    inside = _tukey_inside(z)
    return np.where(inside == z, 1 / (inside ** (lmbda - 1) + (1 - inside) ** (lmbda - 1)), 0)


def _tukey_inside(z: Array) -> Array:
    """Return z, and another value of the distribution where it is 0 or 1."""
    return np.where((z > 0) & (z < 1), z, 0.25)


def _tukey_quantile_slope(z: Array, lmbda: Array) -> Array:
    """Return the slope of the quantile (z^λ - (1 - z)^λ) / λ in λ."""
    return box_cox_slope(np.log(z), lmbda) - box_cox_slope(np.log1p(-z), lmbda)


def _huber_slope(g: Array, z: Array, delta: Array, r: Array) -> Array:
    """Return the slope of Huber's loss in r: r, limited to ±δ."""
    del z
    return g * np.where(np.abs(r) <= delta, r, delta * np.sign(r))


def _length(delta: Array, r: Array) -> Array:
    """Return the root of δ² + r², and 1 where both are 0, since nothing is divided by it there."""
    is_zero = (delta == 0) & (r == 0)
    return np.hypot(np.where(is_zero, 1.0, delta), r)


def _pseudo_huber_scale(delta: Array, r: Array) -> Array:
    """Return the slope of the pseudo-Huber loss in δ, without the cancellation near r = 0."""
    length = _length(delta, r)
    part = r / (length + delta)
    return r * (r / length) * part * part


# fmt: off
derivative(special.cbrt,     x=lambda g, z, x: g / (3 * z * z))
derivative(special.exp2,     x=lambda g, z, x: g * z * LN2)
derivative(special.exp10,    x=lambda g, z, x: g * z * LN10)
derivative(special.expm1,    x=lambda g, z, x: g * np.exp(x))
derivative(special.log1p,    x=lambda g, z, x: g / (x + 1))
derivative(special.cosm1,    x=lambda g, z, x: -g * np.sin(x))
derivative(special.exprel,   x=lambda g, z, x: g * _exprel_slope(x))
derivative(special.powm1,    x=lambda g, z, x, y: (
                                 g * y * x ** np.where((x == 0) & (y == 0), 1, y - 1)),
                             y=lambda g, z, x, y: g * x ** y * np.log(np.where(x == 0, 1, x)))
derivative(special.sindg,    x=lambda g, z, x: g * special.cosdg(x) * DEGREE)
derivative(special.cosdg,    x=lambda g, z, x: -g * special.sindg(x) * DEGREE)
derivative(special.tandg,    x=lambda g, z, x: g * (1 + z * z) * DEGREE)
derivative(special.cotdg,    x=lambda g, z, x: -g * (1 + z * z) * DEGREE)
derivative(special.radian,   d=lambda g, z, d, m, s: g * DEGREE,
                             m=lambda g, z, d, m, s: g * (DEGREE / 60),
                             s=lambda g, z, d, m, s: g * (DEGREE / 3600))
derivative(special.boxcox,   x=lambda g, z, x, lmbda: g * x ** (lmbda - 1),
                             lmbda=lambda g, z, x, lmbda: g * box_cox_slope(np.log(x), lmbda))
derivative(special.boxcox1p, x=lambda g, z, x, lmbda: g * (1 + x) ** (lmbda - 1),
                             lmbda=lambda g, z, x, lmbda: g * box_cox_slope(np.log1p(x), lmbda))
derivative(special.inv_boxcox,   y=lambda g, z, y, lmbda: g * z / (1 + lmbda * y),
                                 lmbda=lambda g, z, y, lmbda: (
                                     g * z * y * y * _log_ratio_slope(lmbda * y)))
derivative(special.inv_boxcox1p, y=lambda g, z, y, lmbda: g * (1 + z) / (1 + lmbda * y),
                                 lmbda=lambda g, z, y, lmbda: (
                                     g * (1 + z) * y * y * _log_ratio_slope(lmbda * y)))
derivative(special.tklmbda,  x=lambda g, z, x, lmbda: g * _tukey_pdf(z, lmbda),
                             lmbda=lambda g, z, x, lmbda: (
                                 -g * _tukey_pdf(z, lmbda)
                                 * _tukey_quantile_slope(_tukey_inside(z), lmbda)))
derivative(special.huber,        r=_huber_slope,
                                 delta=lambda g, z, delta, r: (
                                     g * np.maximum(np.abs(r) - delta, 0.0)))
derivative(special.pseudo_huber, r=lambda g, z, delta, r: g * r * (delta / _length(delta, r)),
                                 delta=lambda g, z, delta, r: g * _pseudo_huber_scale(delta, r))
derivative(special.wrightomega,  x=lambda g, z, x: g * z / (1 + z))
# W exp(W) = z; k is the branch (DLMF 4.13.4)
derivative(special.lambertw,     z_=lambda g, z, z_, k, *, tol=1e-8: g * np.exp(-z) / (1 + z),
                                 k=None)
# fmt: on
constant(special.round)


@real_composite(special.diric)
def diric(x: Array, n: Array) -> Array:
    """Return the Dirichlet kernel sin(nx/2) / (n sin(x/2)), a Chebyshev polynomial of cos(x/2)."""
    x, n = at_most_double(as_array(x), "diric"), as_array(n)
    x = in_dtype(x, np.result_type(x.dtype, n.dtype))  # an int makes float64
    is_valid = (n > 0) & (n == np.floor(n))
    if np.all(plain(is_valid)):
        return special.eval_chebyu(n - 1, np.cos(0.5 * x)) / n
    return np.where(is_valid, diric(x, np.where(is_valid, n, 1)), np.nan)
