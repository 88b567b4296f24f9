"""Distribution functions and their inverses, from the incomplete gamma and beta functions.

A name that ends in ``c`` is the complement, one that ends in ``i`` and the name of a parameter is
the inverse in this parameter. An inverse solves F(z, …) = p: its slopes are 1 / (∂F/∂z) in p, and
-(∂F/∂a) / (∂F/∂z) in a parameter a (the implicit function theorem). A count is 0 where even F(0, …)
is above p, and so is its slope; where SciPy finds no parameter, the slopes are NaN.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array, Function
from autodiff.scipy.special.incomplete import (
    beta_pdf,
    gamma_pdf,
    gammainc_slope,
    in_a,
    in_b,
    in_gamma_shape,
    per_gamma_pdf,
)
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.solutions import (
    above_zero,
    if_positive,
    if_solved,
    quantile_slope,
    within,
)
from autodiff.scipy.special.whole import whole


def _chi(v: Array, x: Array) -> Array:
    """Return the slope of chdtr(v, x) in v."""
    return 0.5 * gammainc_slope(0.5 * v, 0.5 * x, order=1)


def _chi_pdf(v: Array, x: Array) -> Array:
    return 0.5 * gamma_pdf(0.5 * v, 0.5 * x)


def _gamma_rate(a: Array, b: Array, x: Array) -> Array:
    """Return the slope of gdtr(a, b, x) in a, x times a density that may be infinite at a x = 0.

    The function depends on a and x by their product, so that they may be swapped.
    """
    is_flat, has_rate = (x == 0) & (b < 1), a != 0
    x = np.where(is_flat, 1.0, x)
    scaled = b / np.where(has_rate, a, 1.0) * gamma_pdf(b + 1.0, a * x)
    product = np.where(has_rate | is_flat, 1.0, a * x)
    slope = np.where(has_rate, scaled, x * gamma_pdf(b, product))
    return np.where(is_flat, 0.0, slope)


def _gamma_shape(a: Array, b: Array, x: Array) -> Array:
    """Return the slope of gdtr(a, b, x) in b."""
    return gammainc_slope(b, a * x, order=1)


def _poisson(k: Array, m: Array) -> Array:
    """Return the slope of pdtr(k, m) in m, for a whole k."""
    return -gamma_pdf(np.floor(k) + 1.0, m)


def _poisson_count(k: Array, m: Array) -> Array:
    """Return the slope in k of pdtr(k, m) where k isn't rounded."""
    return -gammainc_slope(k + 1.0, m, order=1)


def _binomial(k: Array, n: Array, p: Array) -> Array:
    """Return the slope of bdtr(k, n, p) in p, for a whole k: 0 where it is 0 or 1 for all p."""
    k, n = np.floor(k), whole(n)
    is_fixed = (k < 0) | (k >= n)
    k, n = np.where(is_fixed, 0.0, k), np.where(is_fixed, 1.0, n)
    return np.where(is_fixed, 0.0, -beta_pdf(n - k, k + 1.0, 1 - p))


def _binomial_count(k: Array, n: Array, p: Array) -> Array:
    """Return the slope in k of bdtr(k, n, p) where k isn't rounded."""
    return in_b(n - k, k + 1.0, 1 - p) - in_a(n - k, k + 1.0, 1 - p)


def _binomial_trials(k: Array, n: Array, p: Array) -> Array:
    return in_a(n - k, k + 1.0, 1 - p)


def _binomial_pdf(k: Array, n: Array, p: Array) -> Array:
    return -beta_pdf(n - k, k + 1.0, 1 - p)


def _negative(k: Array, n: Array, p: Array) -> Array:
    """Return the slope of nbdtr(k, n, p) in p, for a whole k."""
    return beta_pdf(whole(n), whole(k) + 1.0, p)


def _of_share(m: Array, n: Array, x: Array, near: Function, far: Function) -> Array:
    """Return a function of m x / (n + m x), the argument of betainc in the F distribution.

    Far out, where that is 1 to rounding, it is ``far`` of what is left of it, n / (n + m x).
    """
    is_far, total = m * x > n, n + m * x
    share = np.where(is_far, 0.5, m * x / np.where(is_far, 1.0, total))
    return np.where(is_far, far(np.where(is_far, n / total, 0.5)), near(share))


def _density(a: Array, b: Array, m: Array, n: Array, x: Array) -> Array:
    return _of_share(
        m, n, x, lambda share: beta_pdf(a, b, share), lambda rest: beta_pdf(b, a, rest)
    )


def _f_pdf(m: Array, n: Array, x: Array) -> Array:
    """Return the slope of fdtr(m, n, x) in x."""
    total = n + m * x
    return _density(0.5 * m, 0.5 * n, m, n, x) * (m / total) * (n / total)


def _f_scale(m: Array, n: Array, x: Array) -> Array:
    """Return x times the density, which is 0 at x = 0 even where the density is infinite."""
    a, b = 0.5 * m, 0.5 * n
    return _density(a + 1.0, b + 1.0, m, n, x) * (a / (a + b)) * (b / (a + b + 1.0))


def _f_first(m: Array, n: Array, x: Array) -> Array:
    """Return the slope of fdtr(m, n, x) in m."""
    a, b = 0.5 * m, 0.5 * n

    def slope(x: Array) -> Array:
        of_shape = _of_share(
            m, n, x, lambda share: in_a(a, b, share), lambda rest: -in_b(b, a, rest)
        )
        return 0.5 * of_shape + _f_scale(m, n, x) / m

    return _from_zero(m, x, slope)


def _f_second(m: Array, n: Array, x: Array) -> Array:
    """Return the slope of fdtr(m, n, x) in n."""
    a, b = 0.5 * m, 0.5 * n

    def slope(x: Array) -> Array:
        of_shape = _of_share(
            m, n, x, lambda share: in_b(a, b, share), lambda rest: -in_a(b, a, rest)
        )
        return 0.5 * of_shape - _f_scale(m, n, x) / n

    return _from_zero(m, x, slope)


def _from_zero(m: Array, x: Array, slope: Callable[[Array], Array]) -> Array:
    """Return the slope of fdtr in a parameter: 0 at x = 0, and NaN that of this in x if m <= 2."""
    is_steep = (x == 0) & (m <= 2)
    zero = np.where(is_steep, x, 1.0)
    undefined = np.sqrt(zero * zero)  # 0, whose slope is NaN
    return np.where(is_steep, undefined, slope(np.where(is_steep, 1.0, x)))


def _in_f_parameter(g: Array, slope: Function, m: Array, n: Array, z: Array) -> Array:
    """Return g times the slope of the quantile z of fdtr(m, n, z), from that of fdtr."""
    return within(g, lambda z: quantile_slope(slope(m, n, z), _f_pdf(m, n, z)), z, 0.5 * m)


# fmt: off
# chi-squared, F(x; v)
derivative(special.chdtr,    v=lambda g, z, v, x: g * _chi(v, x),
                             x=lambda g, z, v, x: g * _chi_pdf(v, x))
derivative(special.chdtrc,   v=lambda g, z, v, x: -g * _chi(v, x),
                             x=lambda g, z, v, x: -g * _chi_pdf(v, x))
derivative(special.chdtri,   v=lambda g, z, v, p: in_gamma_shape(g, 0.5 * v, 0.5 * z),
                             p=lambda g, z, v, p: -2.0 * g * per_gamma_pdf(0.5 * v, 0.5 * z))
derivative(special.chdtriv,  p=lambda g, z, p, x: g / _chi(z, x),
                             x=lambda g, z, p, x: -g * _chi_pdf(z, x) / _chi(z, x))
# gamma, with rate a and shape b
derivative(special.gdtr,     a=lambda g, z, a, b, x: g * _gamma_rate(a, b, x),
                             b=lambda g, z, a, b, x: g * _gamma_shape(a, b, x),
                             x=lambda g, z, a, b, x: g * _gamma_rate(x, b, a))
derivative(special.gdtrc,    a=lambda g, z, a, b, x: -g * _gamma_rate(a, b, x),
                             b=lambda g, z, a, b, x: -g * _gamma_shape(a, b, x),
                             x=lambda g, z, a, b, x: -g * _gamma_rate(x, b, a))
derivative(special.gdtria,   p=lambda g, z, p, b, x: g / x * per_gamma_pdf(b, z * x),
                             b=lambda g, z, p, b, x: in_gamma_shape(g / x, b, z * x),
                             x=lambda g, z, p, b, x: -g * z / x)
derivative(special.gdtrib,   a=lambda g, z, a, p, x: (
                                 -g * x * gamma_pdf(z, a * x) / _gamma_shape(a, z, x)),
                             p=lambda g, z, a, p, x: g / _gamma_shape(a, z, x),
                             x=lambda g, z, a, p, x: (
                                 -g * a * gamma_pdf(z, a * x) / _gamma_shape(a, z, x)))
derivative(special.gdtrix,   a=lambda g, z, a, b, p: -g * z / a,
                             b=lambda g, z, a, b, p: in_gamma_shape(g / a, b, a * z),
                             p=lambda g, z, a, b, p: g / a * per_gamma_pdf(b, a * z))
# Poisson; counts are whole numbers
derivative(special.pdtr,     k=None, m=lambda g, z, k, m: g * _poisson(k, m))
derivative(special.pdtrc,    k=None, m=lambda g, z, k, m: -g * _poisson(k, m))
derivative(special.pdtri,    k=None, y=lambda g, z, k, y: g / _poisson(whole(k), z))
derivative(special.pdtrik,   p=lambda g, z, p, m: if_positive(g, z) / _poisson_count(z, m),
                             m=lambda g, z, p, m: (
                                 if_positive(g, z) * gamma_pdf(z + 1.0, m) / _poisson_count(z, m)))
# binomial
derivative(special.bdtr,     k=None, n=None, p=lambda g, z, k, n, p: g * _binomial(k, n, p))
derivative(special.bdtrc,    k=None, n=None, p=lambda g, z, k, n, p: -g * _binomial(k, n, p))
derivative(special.bdtri,    k=None, n=None, y=lambda g, z, k, n, y: g / _binomial(k, n, z))
derivative(special.bdtrik,   y=lambda g, z, y, n, p: if_positive(g, z) / _binomial_count(z, n, p),
                             n=lambda g, z, y, n, p: (
                                 -if_positive(g, z) * _binomial_trials(z, n, p)
                                 / _binomial_count(z, n, p)),
                             p=lambda g, z, y, n, p: (
                                 -if_positive(g, z) * _binomial_pdf(z, n, p)
                                 / _binomial_count(z, n, p)))
derivative(special.bdtrin,   k=lambda g, z, k, y, p: (
                                 -g * _binomial_count(k, z, p) / _binomial_trials(k, z, p)),
                             y=lambda g, z, k, y, p: g / _binomial_trials(k, z, p),
                             p=lambda g, z, k, y, p: (
                                 -g * _binomial_pdf(k, z, p) / _binomial_trials(k, z, p)))
# negative binomial
derivative(special.nbdtr,    k=None, n=None, p=lambda g, z, k, n, p: g * _negative(k, n, p))
derivative(special.nbdtrc,   k=None, n=None, p=lambda g, z, k, n, p: -g * _negative(k, n, p))
derivative(special.nbdtri,   k=None, n=None, y=lambda g, z, k, n, y: g / _negative(k, n, z))
derivative(special.nbdtrik,  y=lambda g, z, y, n, p: if_positive(g, z) / in_b(n, z + 1.0, p),
                             n=lambda g, z, y, n, p: (
                                 -if_positive(g, z) * in_a(n, z + 1.0, p) / in_b(n, z + 1.0, p)),
                             p=lambda g, z, y, n, p: (
                                 -if_positive(g, z) * beta_pdf(n, z + 1.0, p)
                                 / in_b(n, z + 1.0, p)))
derivative(special.nbdtrin,  k=lambda g, z, k, y, p: -g * in_b(z, k + 1.0, p) / in_a(z, k + 1.0, p),
                             y=lambda g, z, k, y, p: g / in_a(z, k + 1.0, p),
                             p=lambda g, z, k, y, p: (
                                 -g * beta_pdf(z, k + 1.0, p) / in_a(z, k + 1.0, p)))
# beta
derivative(special.btdtria,  p=lambda g, z, p, b, x: g / in_a(z, b, x),
                             b=lambda g, z, p, b, x: -g * in_b(z, b, x) / in_a(z, b, x),
                             x=lambda g, z, p, b, x: -g * beta_pdf(z, b, x) / in_a(z, b, x))
derivative(special.btdtrib,  a=lambda g, z, a, p, x: -g * in_a(a, z, x) / in_b(a, z, x),
                             p=lambda g, z, a, p, x: g / in_b(a, z, x),
                             x=lambda g, z, a, p, x: -g * beta_pdf(a, z, x) / in_b(a, z, x))
# F, with m and n degrees of freedom
derivative(special.fdtr,     m=lambda g, z, m, n, x: g * _f_first(m, n, x),
                             n=lambda g, z, m, n, x: g * _f_second(m, n, x),
                             x=lambda g, z, m, n, x: g * _f_pdf(m, n, x))
derivative(special.fdtrc,    m=lambda g, z, m, n, x: -g * _f_first(m, n, x),
                             n=lambda g, z, m, n, x: -g * _f_second(m, n, x),
                             x=lambda g, z, m, n, x: -g * _f_pdf(m, n, x))
derivative(special.fdtri,    m=lambda g, z, m, n, p: _in_f_parameter(g, _f_first, m, n, z),
                             n=lambda g, z, m, n, p: _in_f_parameter(g, _f_second, m, n, z),
                             p=lambda g, z, m, n, p: g * above_zero(
                                 lambda z: 1.0 / _f_pdf(m, n, z), z, 0.5 * m))
derivative(special.fdtridfd, m=lambda g, z, m, p, x: (
                                 -if_solved(g, special.fdtr(m, z, x), p) * _f_first(m, z, x)
                                 / _f_second(m, z, x)),
                             p=lambda g, z, m, p, x: (
                                 if_solved(g, special.fdtr(m, z, x), p) / _f_second(m, z, x)),
                             x=lambda g, z, m, p, x: (
                                 -if_solved(g, special.fdtr(m, z, x), p) * _f_pdf(m, z, x)
                                 / _f_second(m, z, x)))
# fmt: on
