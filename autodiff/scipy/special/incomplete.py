"""The incomplete gamma and beta functions, and their inverses (DLMF chapter 8).

Their slopes in the parameters are integrals of DLMF 8.2.4 and 8.17.1, differentiated.
"""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array, Function
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.parametric import bell, in_double, integral_over_tail, reach_of
from autodiff.scipy.special.polygammas import polygamma
from autodiff.scipy.special.solutions import above_zero, quantile_slope, within

__all__ = [
    "beta_pdf", "betainc_slope", "gamma_pdf", "gammainc_slope", "in_a", "in_b", "in_gamma_shape",
    "per_gamma_pdf",
]  # fmt: skip

_TINY = 1e-4
_SMALL, _TERMS = 1e-3, 6  # of a power series: the next term is 1e-18 / 6! of the first


def gamma_pdf(a: Array, x: Array) -> Array:
    """Return the slope of gammainc(a, x) in x (DLMF 8.8.13), at 0 by a power."""
    is_zero = (x == 0) & (a != 1)
    inner, zero = np.where(is_zero | (x == np.inf), 1.0, x), np.where(is_zero, x, 1.0)
    density = np.exp(special.xlogy(a - 1.0, inner) - inner - special.gammaln(a))
    at_zero = zero ** (a - 1.0) * np.exp(-zero - special.gammaln(a))
    return np.where(is_zero, at_zero, np.where(x == np.inf, 0.0, density))


def beta_pdf(a: Array, b: Array, x: Array) -> Array:
    """Return the slope of betainc(a, b, x) in x (DLMF 8.17.1), at 0 and 1 by powers."""
    is_end = (x == 0) & (a != 1) | (x == 1) & (b != 1)
    inner, end = np.where(is_end, 0.5, x), np.where(is_end, x, 0.5)
    logarithm = special.xlogy(a - 1.0, inner) + special.xlog1py(b - 1.0, -inner)
    powers = end ** (a - 1.0) * (1 - end) ** (b - 1.0)
    at_end = powers * np.exp(-special.betaln(a, b))
    return np.where(is_end, at_end, np.exp(logarithm - special.betaln(a, b)))


def _gamma_bell(a: Array, log_t: Array, order: int) -> Array:
    """Return the derivative of the density in a, divided by the density."""
    return bell((order,), lambda n: (log_t if n == 1 else 0.0) - polygamma(n - 1, a))


def _beta_bell(a: Array, b: Array, log_t: Array, log_rest: Array, orders: tuple[int, int]) -> Array:
    """Return the derivative of the density in a and b, divided by the density."""

    def of(m: int, n: int) -> Array:
        both = polygamma(m + n - 1, a + b)
        if m and n:
            return both
        own, logarithm = (a, log_t) if m else (b, log_rest)
        return both - polygamma(m + n - 1, own) + (logarithm if m + n == 1 else 0.0)

    return bell(orders, of)


def _gamma_mixed(a: Array, x: Array, order: int) -> Array:
    """Return the derivative of the density in a: 0 where the density is."""
    density = gamma_pdf(a, x)
    return density * _gamma_bell(a, np.log(np.where(density == 0, 1.0, x)), order)


def _beta_mixed(a: Array, b: Array, x: Array, orders: tuple[int, int]) -> Array:
    """Return the derivative of the density in a and b: 0 where the density is."""
    density = beta_pdf(a, b, x)
    x = np.where(density == 0, 0.5, x)
    return density * _beta_bell(a, b, np.log(x), np.log1p(-x), orders)


@primitive
@in_double
def gammainc_slope(a: Array, x: Array, *, order: int) -> Array:
    """Return a derivative of gammainc(a, x) in a."""
    is_right: Array = np.log(x) > special.psi(a)
    sign: Array = np.where(is_right, 1.0, -1.0)
    columns: list[Array] = [v[..., None] for v in (a, x, sign)]
    a_, x_, sign_ = columns

    def fallen(s: Array) -> tuple[Array, Array]:
        return x * np.expm1(sign * s) - sign * a * s, sign * (x * np.exp(sign * s) - a)

    def integrand(s: Array) -> Array:
        decay = np.exp(sign_ * a_ * s - x_ * np.expm1(sign_ * s))
        return decay * _gamma_bell(a_, np.log(x_) + sign_ * s, order)

    start = np.where(is_right, np.log1p((50 + 750 * a) / x), (50 + x) / a)
    tail = x * gamma_pdf(a, x) * integral_over_tail(integrand, reach_of(fallen, start))
    slope = np.where(x < _SMALL, _gammainc_slope_of_small(a_, x_, order), -sign * tail)
    return np.where((x == 0) | (x == np.inf), 0.0, slope)


def _gammainc_slope_of_small(a: Array, x: Array, order: int) -> Array:
    """Return a derivative of ``Σ xᵃ⁺ⁿ e⁻ˣ / Γ(a + n + 1)`` in a (DLMF 8.7.1), for a small x."""
    x = np.where((x > 0) & (x < _SMALL), x, _SMALL)
    a = a + np.arange(_TERMS)
    terms = np.exp(a * np.log(x) - x - special.gammaln(a + 1))
    return np.sum(terms * _gamma_bell(a + 1, np.log(x), order), axis=-1)


@primitive
@in_double
def betainc_slope(a: Array, b: Array, x: Array, *, orders: tuple[int, int]) -> Array:
    """Return a partial derivative of betainc(a, b, x) in a and b.

    On the right of the mean it is that of -betainc(b, a, 1 - x). Near an end of the range, where
    the density is a power, the tail at that end is integrated, which is a simple one; of a tiny
    shape, with nearly all of the distribution at its end, the other tail is.
    """
    is_left = special.logit(x) <= special.psi(a) - special.psi(b)
    is_left = np.where(np.minimum(x, 1 - x) * (a + b) < 1, x < 0.5, is_left)
    is_left = np.where(np.minimum(a, b) < _TINY, a > b, is_left)
    pairs = ((a, b), (b, a), (x, 1 - x), (1 - x, x))
    sides: list[Array] = [np.where(is_left, left, right) for left, right in pairs]
    p, q, u, rest = sides
    columns: list[Array] = [v[..., None] for v in (is_left, a, b, p, p + q, u, rest)]
    left_, a_, b_, p_, both_, u_, rest_ = columns

    def fallen(s: Array) -> tuple[Array, Array]:
        decay = np.exp(-s)
        slope = p - (p + q) * u * decay / (rest + u * decay)
        return p * s + (p + q) * _log_mixed(u, rest, s), slope

    def integrand(s: Array) -> Array:
        shrunk = _log_mixed(u_, rest_, s)
        log_t, log_rest = np.log(u_) - s - shrunk, np.log(rest_) - shrunk
        log_t, log_rest = np.where(left_, log_t, log_rest), np.where(left_, log_rest, log_t)
        return np.exp(-p_ * s - both_ * shrunk) * _beta_bell(a_, b_, log_t, log_rest, orders)

    start = (50 - (p + q) * np.log(rest)) / p
    tail = integral_over_tail(integrand, reach_of(fallen, start))
    scale = np.exp(p * np.log(u) + q * np.log(rest) - special.betaln(a, b))
    slope = np.where(is_left, 1.0, -1.0) * scale * tail
    slope = np.where((a == 0) & (b != 0), -_from_no_shape(b, 1 - x, orders), slope)
    slope = np.where((b == 0) & (a != 0), _from_no_shape(a, x, orders[::-1]), slope)
    return np.where((x == 0) | (x == 1), 0.0, slope)


def _from_no_shape(p: Array, u: Array, orders: tuple[int, int]) -> Array:
    """Return a partial derivative of betainc(p, q, u) in q and p at q = 0, where it is 0.

    In q it is the integral of t^(p-1) / (1 - t) up to u (DLMF 8.17.7).
    """
    if not orders[0]:
        return np.zeros(np.broadcast_shapes(p.shape, u.shape))
    if orders != (1, 0):
        return np.full(np.broadcast_shapes(p.shape, u.shape), np.nan)
    return np.where(p > 0, u**p / p * special.hyp2f1(p, 1.0, p + 1.0, u), np.nan)


def _log_mixed(u: Array, rest: Array, s: Array) -> Array:
    """Return log(rest + u exp(-s)), for u + rest = 1 of which one may be tiny."""
    return np.where(u < 0.5, np.log1p(u * np.expm1(-s)), np.log(rest + u * np.exp(-s)))


def in_a(a: Array, b: Array, x: Array) -> Array:
    """Return the slope of betainc(a, b, x) in a."""
    return betainc_slope(a, b, x, orders=(1, 0))


def in_b(a: Array, b: Array, x: Array) -> Array:
    """Return the slope of betainc(a, b, x) in b."""
    return betainc_slope(a, b, x, orders=(0, 1))


def in_gamma_shape(g: Array, a: Array, z: Array) -> Array:
    """Return g times the slope in a of the quantile z of gammainc(a, z)."""

    def slope(z: Array) -> Array:
        return quantile_slope(gammainc_slope(a, z, order=1), gamma_pdf(a, z))

    return within(g, slope, z, a)


def _in_beta_shape(g: Array, slope: Function, a: Array, b: Array, z: Array) -> Array:
    """Return g times the slope of the quantile z of betainc(a, b, z), from that of betainc."""
    return within(g, lambda z: quantile_slope(slope(a, b, z), beta_pdf(a, b, z)), z, a, b)


def per_gamma_pdf(a: Array, z: Array) -> Array:
    """Return the slope of the quantile z of gammainc(a, z) in the probability."""
    return above_zero(lambda z: 1.0 / gamma_pdf(a, z), z, a)


# fmt: off
derivative(gammainc_slope, a=lambda g, z, a, x, *, order: g * gammainc_slope(a, x, order=order + 1),
                           x=lambda g, z, a, x, *, order: g * _gamma_mixed(a, x, order))
derivative(betainc_slope,  a=lambda g, z, a, b, x, *, orders: g * betainc_slope(
                               a, b, x, orders=(orders[0] + 1, orders[1])),
                           b=lambda g, z, a, b, x, *, orders: g * betainc_slope(
                               a, b, x, orders=(orders[0], orders[1] + 1)),
                           x=lambda g, z, a, b, x, *, orders: g * _beta_mixed(a, b, x, orders))
derivative(special.gammainc,      a=lambda g, z, a, x: g * gammainc_slope(a, x, order=1),
                                  x=lambda g, z, a, x: g * gamma_pdf(a, x))
derivative(special.gammaincc,     a=lambda g, z, a, x: -g * gammainc_slope(a, x, order=1),
                                  x=lambda g, z, a, x: -g * gamma_pdf(a, x))
derivative(special.betainc,       a=lambda g, z, a, b, x: g * in_a(a, b, x),
                                  b=lambda g, z, a, b, x: g * in_b(a, b, x),
                                  x=lambda g, z, a, b, x: g * beta_pdf(a, b, x))
derivative(special.betaincc,      a=lambda g, z, a, b, x: -g * in_a(a, b, x),
                                  b=lambda g, z, a, b, x: -g * in_b(a, b, x),
                                  x=lambda g, z, a, b, x: -g * beta_pdf(a, b, x))
# the inverses: F(a, z) = y has the slopes 1 / F' in y, and -(∂F/∂a) / F' in a
derivative(special.gammaincinv,   a=lambda g, z, a, y: in_gamma_shape(g, a, z),
                                  y=lambda g, z, a, y: g * per_gamma_pdf(a, z))
derivative(special.gammainccinv,  a=lambda g, z, a, y: in_gamma_shape(g, a, z),
                                  y=lambda g, z, a, y: -g * per_gamma_pdf(a, z))
derivative(special.betaincinv,    a=lambda g, z, a, b, y: _in_beta_shape(g, in_a, a, b, z),
                                  b=lambda g, z, a, b, y: _in_beta_shape(g, in_b, a, b, z),
                                  y=lambda g, z, a, b, y: g / beta_pdf(a, b, z))
derivative(special.betainccinv,   a=lambda g, z, a, b, y: _in_beta_shape(g, in_a, a, b, z),
                                  b=lambda g, z, a, b, y: _in_beta_shape(g, in_b, a, b, z),
                                  y=lambda g, z, a, b, y: -g / beta_pdf(a, b, z))
# fmt: on
