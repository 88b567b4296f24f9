"""Student's t distribution, also in its degrees of freedom."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.parametric import bell, in_double, integral_over_tail, reach_of
from autodiff.scipy.special.polygammas import polygamma
from autodiff.scipy.special.solutions import if_solved

__all__ = ["student_pdf", "student_slope"]


def student_pdf(df: Array, t: Array) -> Array:
    """Return the slope of stdtr(df, t) in t."""
    scale = special.gammaln(0.5 * df + 0.5) - special.gammaln(0.5 * df)
    return np.exp(scale - 0.5 * (df + 1) * np.log1p(t * t / df)) / np.sqrt(math.pi * df)


def _student_bell(df: Array, t: Array, order: int, log: Array) -> Array:
    """Return the derivative of the density in df, divided by the density, given log(1 + t²/df)."""

    def falling(n: int) -> Array:
        """Return the n-th derivative of log(1 + t²/df) in df."""
        if n == 0:
            return log
        return (-1) ** (n - 1) * math.factorial(n - 1) * ((df + t * t) ** -n - df**-n)

    def of(n: int) -> Array:
        gammas = polygamma(n - 1, 0.5 * df + 0.5) - polygamma(n - 1, 0.5 * df)
        root = (-1) ** (n - 1) * math.factorial(n - 1) * df**-n
        return gammas / 2**n - 0.5 * (root + (df + 1) * falling(n) + n * falling(n - 1))

    return bell((order,), of)


@primitive
@in_double
def student_slope(df: Array, t: Array, *, order: int) -> Array:
    """Return a derivative of stdtr(df, t) in df.

    It is an integral over the density's, from 0 to |t|, or for |t| > 1 from |t| to infinity, unless
    most of the distribution is there.
    """
    size = np.abs(t)
    inside, is_slow = np.minimum(size, 1.0), df * np.log1p(size) < 1
    outside = np.where(is_slow, 1.0, np.maximum(size, 1.0))
    df_, outside_ = df[..., None], outside[..., None]

    def density(t: Array) -> Array:
        return student_pdf(df_, t) * _student_bell(df_, t, order, np.log1p(t * t / df_))

    def tail(s: Array) -> Array:
        """Return the density at the product of ``outside`` and exp(s), times that product."""
        log_square = 2 * (s + np.log(outside_)) - np.log(df_)  # of t²/df, which may overflow
        log = log_square + np.log1p(np.exp(-log_square))
        scale = special.gammaln(0.5 * df_ + 0.5) - special.gammaln(0.5 * df_)
        height = np.exp(scale + s - 0.5 * (df_ + 1) * log) / np.sqrt(math.pi * df_)
        return outside_ * height * _student_bell(df_, outside_ * np.exp(s), order, log)

    ratio = df / outside**2

    def fallen(s: Array) -> tuple[Array, Array]:
        shrunk = ratio * np.exp(-2 * s)
        height = df * s + 0.5 * (df + 1) * (np.log1p(shrunk) - np.log1p(ratio))
        return height, (df + 1) / (1 + shrunk) - 1

    reach = reach_of(fallen, (50 + 0.5 * (df + 1) * np.log1p(ratio)) / df)
    reach = np.where(is_slow, np.log(np.maximum(size, 1.0)), reach)
    within, beyond = integral_over_tail(density, inside), integral_over_tail(tail, reach)
    slope = np.where(is_slow, within + beyond, -beyond)
    return np.sign(t) * np.where(np.isinf(t), 0.0, np.where(size < 1, within, slope))


# fmt: off
derivative(student_slope,     df=lambda g, z, df, t, *, order: (
                                  g * student_slope(df, t, order=order + 1)),
                              t=lambda g, z, df, t, *, order: (
                                  g * student_pdf(df, t)
                                  * _student_bell(df, t, order, np.log1p(t * t / df))))
derivative(special.stdtr,     df=lambda g, z, df, t: g * student_slope(df, t, order=1),
                              t=lambda g, z, df, t: g * student_pdf(df, t))
derivative(special.stdtrit,   df=lambda g, z, df, p: (
                                  -g * student_slope(df, z, order=1) / student_pdf(df, z)),
                              p=lambda g, z, df, p: g / student_pdf(df, z))
derivative(special.stdtridf,  p=lambda g, z, p, t: (
                                  if_solved(g, special.stdtr(z, t), p)
                                  / student_slope(z, t, order=1)),
                              t=lambda g, z, p, t: (
                                  -if_solved(g, special.stdtr(z, t), p) * student_pdf(z, t)
                                  / student_slope(z, t, order=1)))
# fmt: on
