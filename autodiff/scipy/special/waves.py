"""Functions that SciPy returns with their slopes, which the differential equations differentiate.

Parabolic cylinder functions (DLMF 12.2), Mathieu functions (28.2.1 and 28.20.1) and spheroidal wave
functions (30.2.1).
"""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.several import contribution

DEGREE = math.pi / 180


def _paired(g: Array, z: Array, second: Array, scale: float = 1.0) -> Array:
    """Return the slope of (y, y') from y''."""
    return scale * (contribution(g[0], z[1]) + contribution(g[1], second))


def _parabolic(g: Array, z: Array, v: Array, x: Array) -> Array:
    return _paired(g, z, (0.25 * x * x - v - 0.5) * z[0])


def _mathieu(g: Array, z: Array, a: Array, q: Array, x: Array) -> Array:
    """Return the slope of a Mathieu function of an angle in degrees."""
    return _paired(g, z, (2 * q * np.cos(2 * DEGREE * x) - a) * z[0], DEGREE)


def _odd_value(m: Array, q: Array) -> Array:
    """Return the characteristic value of the odd functions, of which that of order 0 is 0."""
    return special.mathieu_b(np.maximum(m, 1), q)


def _modified_mathieu(g: Array, z: Array, a: Array, q: Array, x: Array) -> Array:
    return _paired(g, z, (a - 2 * q * np.cosh(2 * x)) * z[0])


def _angular(g: Array, z: Array, m: Array, c: Array, cv: Array, x: Array, sign: float) -> Array:
    """Return the slope of an angular spheroidal function, prolate (sign 1) or oblate (-1).

    Where c is negative, SciPy returns the function of c = 0.
    """
    rest, cc = 1 - x * x, sign * np.maximum(c, 0) ** 2
    return _paired(g, z, (2 * x * z[1] - (cv - cc * x * x - m * m / rest) * z[0]) / rest)


def _radial(g: Array, z: Array, m: Array, c: Array, cv: Array, x: Array, sign: float) -> Array:
    """Return the slope of a radial spheroidal function, prolate (sign 1) or oblate (-1).

    Where c is negative, it is NaN: SciPy doesn't return a solution of the equation there.
    """
    rest, c = x * x - sign, np.where(c < 0, np.nan, c)
    bracket = (cv - c * c * x * x + sign * m * m / rest) * z[0]
    return _paired(g, z, (bracket - 2 * x * z[1]) / rest)


# fmt: off
derivative(special.pbdv, x=lambda g, z, v, x: _parabolic(g, z, v, x))
derivative(special.pbvv, x=lambda g, z, v, x: _parabolic(g, z, v, x))
derivative(special.pbwa, x=lambda g, z, a, x: _paired(g, z, (a - 0.25 * x * x) * z[0]))

derivative(special.mathieu_cem, x=lambda g, z, m, q, x: (
                                    _mathieu(g, z, special.mathieu_a(m, q), q, x)))
derivative(special.mathieu_sem, x=lambda g, z, m, q, x: (
                                    _mathieu(g, z, _odd_value(m, q), q, x)))
for even in (special.mathieu_modcem1, special.mathieu_modcem2):
    derivative(even, x=lambda g, z, m, q, x: (
                         _modified_mathieu(g, z, special.mathieu_a(m, q), q, x)))
for odd in (special.mathieu_modsem1, special.mathieu_modsem2):
    derivative(odd,  x=lambda g, z, m, q, x: (
                         _modified_mathieu(g, z, _odd_value(m, q), q, x)))

derivative(special.pro_ang1,    x=lambda g, z, m, n, c, x: (
                                    _angular(g, z, m, c, special.pro_cv(m, n, c), x, 1.0)))
derivative(special.obl_ang1,    x=lambda g, z, m, n, c, x: (
                                    _angular(g, z, m, c, special.obl_cv(m, n, c), x, -1.0)))
derivative(special.pro_ang1_cv, x=lambda g, z, m, n, c, cv, x: (
                                    _angular(g, z, m, c, cv, x, 1.0)))
derivative(special.obl_ang1_cv, x=lambda g, z, m, n, c, cv, x: (
                                    _angular(g, z, m, c, cv, x, -1.0)))
derivative(special.pro_rad1,    x=lambda g, z, m, n, c, x: (
                                    _radial(g, z, m, c, special.pro_cv(m, n, c), x, 1.0)))
derivative(special.obl_rad1,    x=lambda g, z, m, n, c, x: (
                                    _radial(g, z, m, c, special.obl_cv(m, n, c), x, -1.0)))
derivative(special.pro_rad1_cv, x=lambda g, z, m, n, c, cv, x: _radial(g, z, m, c, cv, x, 1.0))
derivative(special.obl_rad1_cv, x=lambda g, z, m, n, c, cv, x: _radial(g, z, m, c, cv, x, -1.0))
# fmt: on
