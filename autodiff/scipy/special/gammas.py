"""The gamma function and functions that it defines (DLMF chapter 5)."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import constant, derivative
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.polygammas import polygamma_everywhere

__all__ = ["digamma_gap", "is_pole", "reciprocal_slope"]


def is_pole(x: Array) -> Array:
    """Return where the gamma function has a pole."""
    return (x <= 0) & (x == np.round(x))


def digamma_gap(a: Array, b: Array) -> Array:
    """Return ψ(a) - ψ(b), also where both have a pole, of which the difference is free.

    There by reflection, whose cotangents cancel (DLMF 5.5.4).
    """
    reflected = is_pole(a) & is_pole(b)
    return special.psi(np.where(reflected, 1.0 - a, a)) - special.psi(
        np.where(reflected, 1.0 - b, b)
    )


def reciprocal_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of 1/Γ(x), also where Γ has a pole: by reflection on the left of 1/2.

    There 1/Γ(x) = Γ(1 - x) sin(πx)/π (DLMF 5.5.3), a product without poles.
    """
    is_left = np.real(x) < 0.5
    left, right = np.where(is_left, x, 0.0), np.where(is_left, 1.0, x)
    reflected = np.cos(math.pi * left) - special.psi(1 - left) * np.sin(math.pi * left) / math.pi
    return g * np.where(is_left, special.gamma(1 - left) * reflected, -z * special.psi(right))


def _multigamma_slope(g: Array, z: Array, a: Array, *, d: int) -> Array:
    """Return the slope of Σ log Γ(a - j/2) over j < d, up to a constant (Muirhead 1982, 2.1.12)."""
    del z
    return g * np.sum(special.psi(np.expand_dims(a, -1) - 0.5 * np.arange(d)), axis=-1)


# fmt: off
derivative(special.gamma,     x=lambda g, z, x: g * z * special.psi(x))
derivative(special.gammaln,   x=lambda g, z, x: g * special.psi(x))
derivative(special.loggamma,  x=lambda g, z, x: g * special.psi(x))
derivative(special.rgamma,    x=reciprocal_slope)
derivative(special.psi,       x=lambda g, z, x: g * polygamma_everywhere(1, x))
derivative(special.beta,      a=lambda g, z, a, b: g * z * digamma_gap(a, a + b),
                              b=lambda g, z, a, b: g * z * digamma_gap(b, a + b))
derivative(special.betaln,    a=lambda g, z, a, b: g * digamma_gap(a, a + b),
                              b=lambda g, z, a, b: g * digamma_gap(b, a + b))
derivative(special.multigammaln, a=_multigamma_slope)
# fmt: on

constant(special.gammasgn)
