"""Further distributions: of test statistics, noncentral, and the normal one in two dimensions."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.errors import normal_pdf
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.noncentral import chndtr_partial
from autodiff.scipy.special.whole import whole

__all__ = ["noncentral_slope"]

_MOST_TERMS = 10_000_000


def _kolmogorov_slope(x: Array) -> Array:
    """Return the slope of Kolmogorov's function by its two series in theta functions.

    1 - K(x) is √(2π)/x Σ exp(-(2k-1)²π²/(8x²)), and K(x) is -2 Σ (-1)^k exp(-2k²x²) (Marsaglia,
    Tsang and Wang 2003).
    """
    is_large = x > 1
    large, small = np.where(is_large, x, 1.0), np.where(is_large | (x < 0.02), 1.0, x)
    right: Array = sum((-1) ** k * 8 * k * k * np.exp(-2 * k * k * large**2) for k in range(1, 6))
    left: Array = 0.0
    for k in (1, 3, 5, 7):
        exponent = k * k * math.pi**2 / 8 / small**2
        left = left + np.exp(-exponent) * (1 - 2 * exponent)
    left = np.where(x < 0.02, 0.0, left * math.sqrt(2 * math.pi) / small**2)
    return np.where(is_large, right * large, left)


@primitive
def smirnov_slope(n: Array, x: Array, *, order: int) -> Array:
    """Return a derivative of x Σ C(n,k) (x + k/n)^(k-1) (1 - x - k/n)^(n-k), over k/n ≤ 1 - x.

    The formula is of Birnbaum and Tingey 1951. Its number of terms follows the values of n, so that
    it is one operation to ``jit``.

    Raises:
        ValueError: there are more than ten million terms, which would need gigabytes.
    """
    dtype = np.result_type(n, x)
    most = np.max(n, initial=1, where=np.isfinite(n))
    count = most * max(np.size(n), np.size(x))
    if count > _MOST_TERMS:
        raise ValueError(
            f"a slope of smirnov or smirnovi is a sum of n terms, of {count:,.0f} for all values; "
            f"expected at most {_MOST_TERMS:,}. Use its limit for large n, np.exp(-2 * n * d**2), "
            f"or fewer values at once."
        )
    n, x = np.expand_dims(np.where(n >= 1, n, np.nan), -1), np.expand_dims(x, -1)
    k = np.arange(1.0, most + 1)
    is_in = 1 - x - k / n > 0
    k = np.where(is_in, k, 1.0)
    left, rest = x + k / n, np.where(is_in, 1 - x - k / n, 1.0)
    ways = -np.log(n + 1.0) - special.betaln(n - k + 1.0, k + 1.0)
    terms = np.exp(ways + (k - 1.0) * np.log(left) + (n - k) * np.log(rest))
    powers = (k - 1.0, n - k)
    terms = terms * (
        x * _relative_slope(left, rest, *powers, order)
        + order * _relative_slope(left, rest, *powers, order - 1)
    )
    first = (-1) ** order * _falling(n, order) * (1 - x) ** (n - order)
    total = np.sum(np.where(is_in, terms, 0.0), axis=-1) + np.squeeze(first, -1)
    return total.astype(dtype if dtype.kind == "f" else float)[()]


derivative(smirnov_slope, n=None, x=lambda g, z, n, x, *, order: (
    g * smirnov_slope(n, x, order=order + 1)))  # fmt: skip


def _falling(a: Array, order: int) -> Array:
    """Return a (a - 1) … (a - order + 1)."""
    return math.prod(a - i for i in range(order))


def _relative_slope(left: Array, rest: Array, a: Array, b: Array, order: int) -> Array:
    """Return a derivative of leftᵃ restᵇ over itself, where left rises by x and rest falls."""
    return sum(
        (-1) ** (order - i)
        * (math.comb(order, i) * _falling(a, i) * _falling(b, order - i))
        / (left**i * rest ** (order - i))
        for i in range(order + 1)
    )


def _noncentral_pdf(x: Array, df: Array, nc: Array) -> Array:
    """Return the slope of chndtr(x, df, nc) in x: by 0F1, and by a Bessel function of large x nc.

    Powers and gamma functions are multiplied as logarithms, since each may overflow.
    """
    is_small = x * nc < np.maximum(4.0, 1200 * df)
    small, root = np.where(is_small, nc, 0.0), np.sqrt(np.where(is_small, 4.0, x * nc))
    density = special.xlogy(0.5 * df - 1, 0.5 * x) - 0.5 * (x + nc) - special.gammaln(0.5 * df)
    near = np.exp(density) * special.hyp0f1(0.5 * df, 0.25 * x * small)
    safe_nc = np.where(is_small, 1.0, nc)
    ratio = np.where(is_small, 1.0, x) / safe_nc
    spread = np.sqrt(np.where(is_small, 1.0, x)) - np.sqrt(safe_nc)
    density = (0.25 * df - 0.5) * np.log(ratio) - 0.5 * spread**2
    far = np.exp(density) * special.ive(0.5 * df - 1, root)
    return 0.5 * np.where(is_small, near, far)


def noncentral_slope(x: Array, df: Array, nc: Array, *, place: int) -> Array:
    """Return the slope of chndtr(x, df, nc) in one of its arguments, counted from 0."""
    if place == 0:
        return _noncentral_pdf(x, df, nc)
    if place == 1:
        return chndtr_partial(x, df, nc, orders=(0, 1, 0))
    return -_noncentral_pdf(x, df + 2.0, nc)


def _owen_height(g: Array, z: Array, h: Array, a: Array) -> Array:
    """Return the slope of Owen's T in h (Owen 1956)."""
    del z
    return -0.5 * g * normal_pdf(h) * special.erf(a * h / math.sqrt(2))


def _owen_slope(g: Array, z: Array, h: Array, a: Array) -> Array:
    """Return the slope of Owen's T in a."""
    del z
    spread = 1 + a * a
    return g * np.exp(-0.5 * h * h * spread) / (2 * math.pi * spread)


def _deviation_slope(z: Array, p: Array) -> Array:
    """Return the slope in p of the deviation (x - mn) / Φ⁻¹(p), which is z."""
    return -z / (special.ndtri(p) * normal_pdf(special.ndtri(p)))


# fmt: off
derivative(special.kolmogorov, x=lambda g, z, x: g * _kolmogorov_slope(x))
derivative(special.kolmogi,    p=lambda g, z, p: g / _kolmogorov_slope(z))
derivative(special.smirnov,    n=None, d=lambda g, z, n, d: (
                                   g * smirnov_slope(whole(n), d, order=1)))
derivative(special.smirnovi,   n=None, p=lambda g, z, n, p: (
                                   g / smirnov_slope(whole(n), z, order=1)))
derivative(special.owens_t,    h=_owen_height, a=_owen_slope)
derivative(special.nrdtrimn,   p=lambda g, z, p, std, x: -g * std / normal_pdf(special.ndtri(p)),
                               std=lambda g, z, p, std, x: -g * special.ndtri(p),
                               x=lambda g, z, p, std, x: g)
derivative(special.nrdtrisd,   mn=lambda g, z, mn, p, x: -g / special.ndtri(p),
                               p=lambda g, z, mn, p, x: g * _deviation_slope(z, p),
                               x=lambda g, z, mn, p, x: g / special.ndtri(p))
derivative(special.chndtr,     x=lambda g, z, x, df, nc: g * noncentral_slope(x, df, nc, place=0),
                               df=lambda g, z, x, df, nc: g * noncentral_slope(x, df, nc, place=1),
                               nc=lambda g, z, x, df, nc: g * noncentral_slope(x, df, nc, place=2))
# fmt: on
