"""Elliptic integrals and functions (DLMF chapters 19 and 22).

Slopes in the parameter m are Carlson's integrals, which have no poles where Legendre's formulas
divide by m or 1 - m (DLMF 19.25). Carlson's integrals are those of products of powers of t + x over
t > 0, and so are all their slopes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special

__all__ = ["carlson"]

_ENOUGH = 40.0  # an integrand that has fallen by exp(-40) doesn't count any more
_NEAR_CUT = 0.05  # radians: nearer to both sides of the negative axis, NaN
Powers = tuple[float, float, float, float]


@primitive
def carlson(x: Array, y: Array, w: Array, p: Array, *, powers: Powers) -> Array:
    """Return the integral of (t+x)^-a (t+y)^-b (t+w)^-c (t+p)^-d over t > 0, for powers a, b, c, d.

    NaN where an argument is negative, and the integral a principal value, and where arguments lie
    close to both sides of the negative axis.
    """
    dtype = np.result_type(x, y, w, p)
    shape = np.broadcast_shapes(*map(np.shape, (x, y, w, p)))
    wide = [np.broadcast_to(np.asarray(v, np.result_type(v, float)), shape) for v in (x, y, w, p)]
    total = np.empty(shape, np.result_type(*wide))
    with np.errstate(all="ignore"):
        if total.dtype.kind != "c":
            total[...] = _trapezoidal(wide, powers)
        else:  # each by the points that its own path needs
            for i in np.ndindex(shape):
                total[i] = _trapezoidal([v[i] for v in wide], powers)
    return total.astype(dtype if dtype.kind in "fc" else float)[()]


def _trapezoidal(arrays: list[Array], powers: Powers) -> Array:
    """Integrate over log t by the trapezoidal rule, which converges exponentially.

    The path of t is the ray in the middle between the angles of the singularities -x, at a distance
    d from the nearest one, so that an error falls as exp(-2π d / step).
    """
    used = [(x, a) for x, a in zip(arrays, powers, strict=True) if a]
    sizes = [np.where(x == 0, np.nan, np.abs(x)) for x, _ in used]
    low, high = (np.log(extreme.reduce(sizes)) for extreme in (np.fmin, np.fmax))
    decay = min(1.0, sum(a for _, a in used) - 1)
    begin, end = low - 2 * _ENOUGH, high + _ENOUGH / decay
    turn, distance = 0.0, math.pi
    if any(np.iscomplexobj(x) for x, _ in used):
        angles = np.array([np.angle(-x) % math.tau for x, _ in used if x != 0] or [math.pi])
        first, last = np.min(angles), np.max(angles) - math.tau
        turn, distance = (first + last) / 2, (first - last) / 2
        if not distance >= _NEAR_CUT or 0 in angles:  # or NaN, or on the axis
            return np.asarray(np.nan)
    step = distance / math.tau
    count = 2 + int(np.max(end - begin, initial=1.0, where=np.isfinite(end - begin)) / step)
    t = np.exp(begin[..., None] + (end - begin)[..., None] * np.linspace(0, 1, count))
    t = t * np.exp(1j * turn) if turn else t
    terms, diverges = t, np.zeros(begin.shape, bool)
    for x, a in used:
        x = x if np.iscomplexobj(x) else np.where(x < 0, np.nan, x)
        terms = terms * (t + x[..., None]) ** -a
        diverges |= (x == 0) & (a >= 1)
    return np.where(diverges, np.inf, np.sum(terms, axis=-1) * (end - begin) / (count - 1))


def _raised(powers: Powers, place: int) -> Powers:
    a, b, c, d = (power + (i == place) for i, power in enumerate(powers))
    return a, b, c, d


def _in(place: int, g: Array, *inputs: Array, powers: Powers) -> Array:
    """Return the slope in one of the inputs, whose power it raises."""
    if not powers[place]:
        return 0 * g
    return -g * powers[place] * carlson(*inputs, powers=_raised(powers, place))


# R_C is half of the integral with these powers, R_D and R_J are 3/2 of it
_RC: Powers = (0.5, 1.0, 0.0, 0.0)
_RD: Powers = (0.5, 0.5, 1.5, 0.0)
_RJ: Powers = (0.5, 0.5, 0.5, 1.0)


def _rc_slope(place: int, g: Array, z: Array, x: Array, y: Array) -> Array:
    """Return a slope of R_C; for y < 0, where it is a principal value, by DLMF 19.6.15."""
    is_principal = np.real(y) < 0
    root, gap = np.sqrt(x), 2 * np.where(is_principal, y - x, 1.0)
    principal = (z - 1 / root if place == 0 else root / y - z) / gap
    y = np.where(is_principal, 1.0, y)
    return np.where(is_principal, g * principal, 0.5 * _in(place, g, x, y, 1.0, 1.0, powers=_RC))


def _rj_slope(place: int, g: Array, z: Array, *inputs: Array) -> Array:
    """Return a slope of R_J; for p < 0, where it is a principal value, by partial fractions."""
    *roots, p = inputs
    is_principal = np.real(p) < 0
    principal = _rj_principal(place, z, roots, np.where(is_principal, p, -1.0))
    p = np.where(is_principal, 1.0, p)
    return np.where(is_principal, g * principal, 1.5 * _in(place, g, *roots, p, powers=_RJ))


def _rj_principal(place: int, z: Array, roots: Sequence[Array], p: Array) -> Array:
    """Return a slope of R_J at p < 0; that in p by R_J's homogeneity, of degree -3/2."""

    def slope(i: int, x: Array) -> Array:
        return (z - special.elliprd(roots[i - 2], roots[i - 1], x)) / (2 * (p - x))

    if place < len(roots):
        return slope(place, roots[place])
    total = 1.5 * z
    for i, x in enumerate(roots):  # x times its slope, which at x = 0 is 0 and no multiple of x
        inside = np.where(x == 0, 1.0, x)
        total = total + np.where(x == 0, 0 * np.sqrt(x), inside * slope(i, inside))
    return -total / p


def _rg_slope(x: Array, y: Array, w: Array) -> Array:
    """Return the slope of R_G in x; at y = w = 0 R_G is half of the root of x."""
    at_border, is_root = x == 0, (y == 0) & (w == 0)
    inside = np.where(at_border, 1.0, x)
    y, w = np.where(is_root, 1.0, y), np.where(is_root, 1.0, w)
    product = np.where(at_border, 0.0, inside * special.elliprd(y, w, inside) / 3)
    slope = 0.25 * (special.elliprf(x, y, w) - product)
    return np.where(is_root, 0.25 / np.sqrt(np.where(is_root, x, 1.0)), slope)


def _k_slope(m: Array) -> Array:
    """Return the slope of K(m)."""
    return special.elliprd(0.0, 1.0, 1 - m) / 6


def _e_slope(m: Array) -> Array:
    """Return the slope of E(m)."""
    return -special.elliprd(0.0, 1 - m, 1.0) / 6


def _turns(phi: Array) -> tuple[Array, Array, Array]:
    """Return the number of half turns in an angle, and the sine and squared cosine of the rest."""
    turns = np.round(phi / math.pi)
    rest = phi - math.pi * turns
    return turns, np.sin(rest), np.cos(rest) ** 2


def _f_slope(phi: Array, m: Array) -> Array:
    """Return the slope of F(φ, m) in m."""
    turns, sine, square = _turns(phi)
    own = sine**3 / 6 * special.elliprd(square, 1.0, 1 - m * sine * sine)
    return own + 2 * turns * _k_slope(np.where(turns == 0, 0.0, m))


def _incomplete_e_slope(phi: Array, m: Array) -> Array:
    """Return the slope of E(φ, m) in m."""
    turns, sine, square = _turns(phi)
    own = -(sine**3) / 6 * special.elliprd(square, 1 - m * sine * sine, 1.0)
    return own + 2 * turns * _e_slope(np.where(turns == 0, 0.0, m))


def _delta(phi: Array, m: Array) -> Array:
    return np.sqrt(1 - m * np.sin(phi) ** 2)


def _jacobi_argument(g: Array, z: Array, u: Array, m: Array) -> Array:
    """Return the slope of (sn, cn, dn, φ) in u (DLMF 22.13.1)."""
    del u
    (g_sn, g_cn, g_dn, g_phi), (sn, cn, dn, _) = g, z
    return g_sn * cn * dn - g_cn * sn * dn - g_dn * m * sn * cn + g_phi * dn


def _jacobi_parameter(g: Array, z: Array, u: Array, m: Array) -> Array:
    """Return the slope of (sn, cn, dn, φ) in m: F(φ, m) stays u, so φ moves by -dn ∂F/∂m."""
    del u
    (g_sn, g_cn, g_dn, g_phi), (sn, cn, dn, phi) = g, z
    moved = -dn * _f_slope(phi, m)
    of_dn = -(0.5 * sn * sn + m * sn * cn * moved) / dn
    return g_sn * cn * moved - g_cn * sn * moved + g_dn * of_dn + g_phi * moved


def _mean_slope(g: Array, z: Array, a: Array, b: Array) -> Array:
    """Return the slope in a of the arithmetic-geometric mean, π / (2 R_F(0, a², b²)) (19.8.5).

    It depends on the ratio of a and b alone, whose squares may be beyond the largest float.
    """
    a, b, z = np.abs(a), np.abs(b), np.abs(z)
    is_zero = (z == 0) & (a != b)  # one of them is 0
    a_, b_ = np.where(is_zero, 1.0, a), np.where(is_zero, 1.0, b)
    ratio = a_ / b_
    scale = (2 / (3 * math.pi)) * np.sqrt(ratio) * (z / a_) * (z / b_)
    slope = scale * special.elliprd(0.0, 1 / ratio, ratio)
    return g * np.where(is_zero, np.where(a == 0, np.inf, 0.0), slope)


# fmt: off
derivative(carlson, x=lambda g, z, x, y, w, p, *, powers: _in(0, g, x, y, w, p, powers=powers),
                    y=lambda g, z, x, y, w, p, *, powers: _in(1, g, x, y, w, p, powers=powers),
                    w=lambda g, z, x, y, w, p, *, powers: _in(2, g, x, y, w, p, powers=powers),
                    p=lambda g, z, x, y, w, p, *, powers: _in(3, g, x, y, w, p, powers=powers))
derivative(special.elliprc,    x=lambda g, z, x, y: _rc_slope(0, g, z, x, y),
                               y=lambda g, z, x, y: _rc_slope(1, g, z, x, y))
derivative(special.elliprd,    x=lambda g, z, x, y, w: 1.5 * _in(0, g, x, y, w, 1.0, powers=_RD),
                               y=lambda g, z, x, y, w: 1.5 * _in(1, g, x, y, w, 1.0, powers=_RD),
                               w=lambda g, z, x, y, w: 1.5 * _in(2, g, x, y, w, 1.0, powers=_RD))
derivative(special.elliprf,    x=lambda g, z, x, y, w: -g * special.elliprd(y, w, x) / 6,
                               y=lambda g, z, x, y, w: -g * special.elliprd(x, w, y) / 6,
                               w=lambda g, z, x, y, w: -g * special.elliprd(x, y, w) / 6)
derivative(special.elliprg,    x=lambda g, z, x, y, w: g * _rg_slope(x, y, w),
                               y=lambda g, z, x, y, w: g * _rg_slope(y, w, x),
                               w=lambda g, z, x, y, w: g * _rg_slope(w, x, y))
derivative(special.elliprj,    x=lambda g, z, x, y, w, p: _rj_slope(0, g, z, x, y, w, p),
                               y=lambda g, z, x, y, w, p: _rj_slope(1, g, z, x, y, w, p),
                               w=lambda g, z, x, y, w, p: _rj_slope(2, g, z, x, y, w, p),
                               p=lambda g, z, x, y, w, p: _rj_slope(3, g, z, x, y, w, p))
derivative(special.ellipk,     m=lambda g, z, m: g * _k_slope(m))
derivative(special.ellipkm1,   p=lambda g, z, p: -g * special.elliprd(0.0, 1.0, p) / 6)
derivative(special.ellipe,     m=lambda g, z, m: g * _e_slope(m))
derivative(special.ellipkinc,  phi=lambda g, z, phi, m: g / _delta(phi, m),
                               m=lambda g, z, phi, m: g * _f_slope(phi, m))
derivative(special.ellipeinc,  phi=lambda g, z, phi, m: g * _delta(phi, m),
                               m=lambda g, z, phi, m: g * _incomplete_e_slope(phi, m))
derivative(special.ellipj,     u=_jacobi_argument, m=_jacobi_parameter)
derivative(special.agm,        a=_mean_slope, b=lambda g, z, a, b: _mean_slope(g, z, b, a))
# fmt: on
