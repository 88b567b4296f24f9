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


def _student_bell(df: Array, t: Array, order: int) -> Array:
    """Return the derivative of the density in df, divided by the density."""

    def falling(n: int) -> Array:
        """Return the n-th derivative of log(1 + t²/df) in df."""
        if n == 0:
            return np.log1p(t * t / df)
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

    It is an integral over the density's, from 0 to |t|, or for |t| > 1 from |t| to infinity.
    """
    size = np.abs(t)
    inside, outside = np.minimum(size, 1.0), np.maximum(size, 1.0)
    df_, outside_ = df[..., None], outside[..., None]

    def density(t: Array) -> Array:
        return student_pdf(df_, t) * _student_bell(df_, t, order)

    def tail(s: Array) -> Array:
        far = outside_ * np.exp(s)
        return density(far) * far

    def fallen(s: Array) -> tuple[Array, Array]:
        square = np.exp(2 * s) * outside * outside
        height = 0.5 * (df + 1) * (np.log(df + square) - np.log(df + outside * outside)) - s
        return height, (df + 1) * square / (df + square) - 1

    start = (50 + 0.5 * (df + 1) * np.log1p(df / outside**2)) / df
    reach = reach_of(fallen, np.minimum(start, 300.0))
    within, beyond = integral_over_tail(density, inside), integral_over_tail(tail, reach)
    return np.sign(t) * np.where(np.isinf(t), 0.0, np.where(size < 1, within, -beyond))


# fmt: off
derivative(student_slope,     df=lambda g, z, df, t, *, order: (
                                  g * student_slope(df, t, order=order + 1)),
                              t=lambda g, z, df, t, *, order: (
                                  g * student_pdf(df, t) * _student_bell(df, t, order)))
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
