"""Noncentral χ², F and t distributions in their parameters, and eigenvalues of wave equations.

No formula is known for these derivatives. They are those of a polynomial in the parameters, in
which the functions are analytic (``chebyshev.py``), to about 11 digits; to 9 for ``obl_cv``. Within
its reach, a distribution moves by no more than its standard deviation.
"""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.chebyshev import partial_derivative
from autodiff.scipy.special.namespace import special

__all__ = ["chndtr_partial", "ncfdtr_partial", "nctdtr_partial"]

Orders = tuple[int, ...]


def _once_more(orders: Orders, position: int) -> Orders:
    return tuple(order + (i == position) for i, order in enumerate(orders))


@primitive
def ncfdtr_partial(dfn: Array, dfd: Array, nc: Array, f: Array, *, orders: Orders) -> Array:
    """Return a partial derivative of ncfdtr."""

    def reach(dfn: Array, dfd: Array, nc: Array, f: Array) -> tuple[Array, ...]:
        total = dfn + nc
        deviation = np.minimum(0.15, np.sqrt(2 * (total + nc) / total**2 + 2 / dfd))  # of log F
        wide = total * deviation
        of_dfn = np.minimum(0.15, wide / np.maximum(nc, dfn)) * dfn
        return of_dfn, 0.15 * dfd, np.minimum(0.15 * nc, wide), f * deviation

    return partial_derivative(special.ncfdtr, orders, reach, (dfn, dfd, nc, f))


@primitive
def nctdtr_partial(df: Array, nc: Array, t: Array, *, orders: Orders) -> Array:
    """Return a partial derivative of nctdtr."""

    def reach(df: Array, nc: Array, t: Array) -> tuple[Array, ...]:
        deviation = np.sqrt(1 + nc * nc / (2 * df))
        wide = (np.minimum(0.15 * np.maximum(np.abs(x), 1.0), deviation) for x in (nc, t))
        return 0.15 * df, *wide

    return partial_derivative(special.nctdtr, orders, reach, (df, nc, t))


@primitive
def chndtr_partial(x: Array, df: Array, nc: Array, *, orders: Orders) -> Array:
    """Return a partial derivative of chndtr."""

    def reach(x: Array, df: Array, nc: Array) -> tuple[Array, ...]:
        deviation = np.sqrt(2 * df + 4 * nc)
        return tuple(np.minimum(0.15 * parameter, deviation) for parameter in (x, df, nc))

    return partial_derivative(special.chndtr, orders, reach, (x, df, nc))


def _chn(g: Array, place: int, at: tuple[Array, ...], orders: Orders) -> Array:
    return g * chndtr_partial(*at, orders=_once_more(orders, place))


def _ncf(g: Array, place: int, at: tuple[Array, ...], orders: Orders = (0, 0, 0, 0)) -> Array:
    return g * ncfdtr_partial(*at, orders=_once_more(orders, place))


def _nct(g: Array, place: int, at: tuple[Array, ...], orders: Orders = (0, 0, 0)) -> Array:
    return g * nctdtr_partial(*at, orders=_once_more(orders, place))


def _with_eigenvalues(function: np.ufunc) -> None:
    """Define the slopes of an eigenvalue of spheroidal wave functions in c, to any order.

    The eigenvalues are even in c. Below 0, SciPy returns that at 0.
    """

    def evaluate(m: Array, n: Array, c: Array, *, order: int) -> Array:
        """Return a derivative in c."""

        def reach(c: Array, *_: Array) -> tuple[Array]:
            return (0.25 + 0.05 * np.abs(c),)

        slope = partial_derivative(
            lambda c, m, n: function(m, n, np.abs(c)), (order,), reach, (c, m, n)
        )
        return np.where(c < 0, 0.0, slope)[()]

    evaluate.__name__ = f"{function.__name__}_partial"
    in_c = primitive(evaluate)
    derivative(
        in_c, m=None, n=None,
        c=lambda g, z, m, n, c, *, order: g * in_c(m, n, c, order=order + 1),
    )  # fmt: skip
    derivative(function, m=None, n=None, c=lambda g, z, m, n, c: g * in_c(m, n, c, order=1))


# fmt: off
derivative(ncfdtr_partial, dfn=lambda g, z, dfn, dfd, nc, f, *, orders: (
                               _ncf(g, 0, (dfn, dfd, nc, f), orders)),
                           dfd=lambda g, z, dfn, dfd, nc, f, *, orders: (
                               _ncf(g, 1, (dfn, dfd, nc, f), orders)),
                           nc=lambda g, z, dfn, dfd, nc, f, *, orders: (
                               _ncf(g, 2, (dfn, dfd, nc, f), orders)),
                           f=lambda g, z, dfn, dfd, nc, f, *, orders: (
                               _ncf(g, 3, (dfn, dfd, nc, f), orders)))
derivative(chndtr_partial, x=lambda g, z, x, df, nc, *, orders: _chn(g, 0, (x, df, nc), orders),
                           df=lambda g, z, x, df, nc, *, orders: _chn(g, 1, (x, df, nc), orders),
                           nc=lambda g, z, x, df, nc, *, orders: _chn(g, 2, (x, df, nc), orders))
derivative(nctdtr_partial, df=lambda g, z, df, nc, t, *, orders: _nct(g, 0, (df, nc, t), orders),
                           nc=lambda g, z, df, nc, t, *, orders: _nct(g, 1, (df, nc, t), orders),
                           t=lambda g, z, df, nc, t, *, orders: _nct(g, 2, (df, nc, t), orders))
derivative(special.ncfdtr, dfn=lambda g, z, dfn, dfd, nc, f: _ncf(g, 0, (dfn, dfd, nc, f)),
                           dfd=lambda g, z, dfn, dfd, nc, f: _ncf(g, 1, (dfn, dfd, nc, f)),
                           nc=lambda g, z, dfn, dfd, nc, f: _ncf(g, 2, (dfn, dfd, nc, f)),
                           f=lambda g, z, dfn, dfd, nc, f: _ncf(g, 3, (dfn, dfd, nc, f)))
derivative(special.nctdtr, df=lambda g, z, df, nc, t: _nct(g, 0, (df, nc, t)),
                           nc=lambda g, z, df, nc, t: _nct(g, 1, (df, nc, t)),
                           t=lambda g, z, df, nc, t: _nct(g, 2, (df, nc, t)))
# fmt: on
for _function in (special.pro_cv, special.obl_cv):
    _with_eigenvalues(_function)
