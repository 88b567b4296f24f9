"""Tricomi's function U in its parameters, which SciPy computes to too few digits for that.

For a > 0, ``Γ(a) U(a, b, x)`` is the integral of ``exp(-xt) t^(a-1) (1+t)^(b-a-1)`` over t > 0
(DLMF 13.4.4). With t = exp(s), the derivatives of the integrand in a and b are the integrand itself
times a polynomial in s, in log(1+t) and in those of log Γ(a); the trapezoidal rule converges
geometrically. For a < 2 they follow by the recurrence of DLMF 13.3.7, which is stable towards
smaller a, but loses digits where b is large and a negative.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.parametric import bell, in_double

__all__ = ["hyperu_partial"]

Orders = tuple[int, ...]
Jet = dict[Orders, Array]
_LEAST = 2.0  # the smallest a for which the integral is used
_POINTS = 320
_NEGLIGIBLE = 46.0  # an integrand that has fallen by exp(-46) doesn't count any more
_BISECTIONS = 40


def _log_integrand(s: Array, a: Array, b: Array, x: Array) -> Array:
    return a * s - x * np.exp(s) + (b - a - 1) * np.logaddexp(0, s)


def _range(a: Array, b: Array, x: Array) -> tuple[Array, Array, Array]:
    """Return between which s the integrand counts, and its largest logarithm.

    It is largest where ``x t² + (x + 1 - b) t = a``, and has no other maximum.
    """
    half = (x + 1 - b) / 2
    root = np.sqrt(half * half + x * a)
    peak = np.log(np.where(half > 0, a / (root + half), (root - half) / x))
    largest = _log_integrand(peak, a, b, x)
    ends = []
    for sign in (-1.0, 1.0):
        near, far = np.zeros_like(peak), np.full_like(peak, 1e-3)
        for _ in range(_BISECTIONS):
            is_inside = _log_integrand(peak + sign * far, a, b, x) > largest - _NEGLIGIBLE
            near, far = np.where(is_inside, far, near), np.where(is_inside, 2 * far, far)
            if not is_inside.any():
                break
        for _ in range(8):
            middle = (near + far) / 2
            is_inside = _log_integrand(peak + sign * middle, a, b, x) > largest - _NEGLIGIBLE
            near, far = np.where(is_inside, middle, near), np.where(is_inside, far, middle)
        ends.append(peak + sign * far)
    return ends[0], ends[1], largest


def _integral(a: Array, b: Array, x: Array, orders: Orders) -> Array:
    """Return a derivative of U in a and b, for a that isn't small."""
    lower, upper, largest = _range(a, b, x)
    step = (upper - lower) / (_POINTS - 1)
    a_, b_, x_, lower_, largest_ = (y[..., None] for y in (a, b, x, lower, largest))
    s = lower_ + step[..., None] * np.arange(_POINTS)
    beyond = np.logaddexp(0, s)

    def change(in_a: int, in_b: int) -> Array:
        """Return a derivative of the logarithm of the integrand over Γ(a)."""
        if in_b:
            return beyond if (in_a, in_b) == (0, 1) else 0.0
        return (s - beyond if in_a == 1 else 0.0) - special.polygamma(in_a - 1, a_)

    values = bell(orders, change) * np.exp(_log_integrand(s, a_, b_, x_) - largest_)
    return np.sum(values, axis=-1) * step * np.exp(largest - special.gammaln(a))


def _before(a: Array, b: Array, x: Array, here: Jet, after: Jet, orders: Orders) -> Array:
    """Return a derivative of U(a - 1) = (x + 2a - b) U(a) - a (a - b + 1) U(a + 1)."""
    i, j = orders
    found = (x + 2 * a - b) * here[i, j] - a * (a - b + 1) * after[i, j]
    if i:
        found = found + 2 * i * here[i - 1, j] - i * (2 * a - b + 1) * after[i - 1, j]
    if i > 1:
        found = found - i * (i - 1) * after[i - 2, j]
    if j:
        found = found - j * here[i, j - 1] + j * a * after[i, j - 1]
    if i and j:
        found = found + i * j * after[i - 1, j - 1]
    return found


@primitive
@in_double
def hyperu_partial(a: Array, b: Array, x: Array, *, orders: Orders) -> Array:
    """Return a partial derivative of hyperu in a and b."""
    lower = list(product(*(range(order + 1) for order in orders)))
    is_valid = (x > 0) & np.isfinite(a) & np.isfinite(b) & np.isfinite(x)
    a, b, x = (np.where(is_valid, y, 2.0) for y in (a, b, x))
    count = np.maximum(np.ceil(_LEAST - a), 0)
    here = {k: _integral(a + count, b, x, k) for k in lower}
    if count.any():
        after = {k: _integral(a + count + 1, b, x, k) for k in lower}
        for step in range(int(count.max()), 0, -1):
            moves = count >= step
            at = a + step
            before = {k: _before(at, b, x, here, after, k) for k in lower}
            for k in lower:  # U(0, b, x) is 1, a difference of large numbers otherwise
                before[k] = np.where((at == 1) & (k[0] == 0), float(k == (0, 0)), before[k])
            after = {k: np.where(moves, here[k], after[k]) for k in lower}
            here = {k: np.where(moves, before[k], here[k]) for k in lower}
    return np.where(is_valid, here[orders], np.nan)


def _slope_in_x(a: Array, b: Array, x: Array, orders: Orders) -> Array:
    """Return the slope of a derivative in a and b, from dU/dx = -a U(a + 1, b + 1, x)."""
    i, j = orders
    slope = -a * hyperu_partial(a + 1.0, b + 1.0, x, orders=orders)
    return slope - i * hyperu_partial(a + 1.0, b + 1.0, x, orders=(i - 1, j)) if i else slope


# fmt: off
derivative(hyperu_partial,
           a=lambda g, z, a, b, x, *, orders: (
               g * hyperu_partial(a, b, x, orders=(orders[0] + 1, orders[1]))),
           b=lambda g, z, a, b, x, *, orders: (
               g * hyperu_partial(a, b, x, orders=(orders[0], orders[1] + 1))),
           x=lambda g, z, a, b, x, *, orders: g * _slope_in_x(a, b, x, orders))
derivative(special.hyperu,
           a=lambda g, z, a, b, x: g * hyperu_partial(a, b, x, orders=(1, 0)),
           b=lambda g, z, a, b, x: g * hyperu_partial(a, b, x, orders=(0, 1)),
           x=lambda g, z, a, b, x: -g * a * special.hyperu(a + 1.0, b + 1.0, x))
# fmt: on
