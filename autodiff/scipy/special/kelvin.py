"""Kelvin functions (DLMF 10.61): parts of Bessel functions whose argument is turned."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.several import contribution

_TURN = complex(-math.sqrt(0.5), math.sqrt(0.5))  # exp(3πi/4), whose square is -i


def _second_derivative(x: Array) -> Array:
    """Return that of ber + i bei, J₀ of the turned x, by DLMF 10.6.1, which has no pole at 0."""
    turned = _TURN * x
    return 0.5j * (special.jv(0, turned) - special.jv(2, turned))


def _kelvin_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of (Be, Ke, Be', Ke') (DLMF 10.61.3)."""
    (g_be, g_ke, g_bep, g_kep), (_, ke, bep, kep) = g, z
    return (
        contribution(g_be, bep) + contribution(g_ke, kep)
        + contribution(g_bep, _second_derivative(x)) + contribution(g_kep, 1j * ke - kep / x)
    )  # fmt: skip


# fmt: off
derivative(special.ber,    x=lambda g, z, x: g * special.berp(x))
derivative(special.bei,    x=lambda g, z, x: g * special.beip(x))
derivative(special.ker,    x=lambda g, z, x: g * special.kerp(x))
derivative(special.kei,    x=lambda g, z, x: g * special.keip(x))
derivative(special.berp,   x=lambda g, z, x: g * np.real(_second_derivative(x)))
derivative(special.beip,   x=lambda g, z, x: g * np.imag(_second_derivative(x)))
derivative(special.kerp,   x=lambda g, z, x: -g * (special.kei(x) + z / x))
derivative(special.keip,   x=lambda g, z, x: g * (special.ker(x) - z / x))
derivative(special.kelvin, x=_kelvin_slope)
# fmt: on
