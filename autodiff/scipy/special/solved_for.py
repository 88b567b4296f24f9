"""Inverses of noncentral distribution functions, solved for any of their arguments.

Where ``F(…, x, …) = p`` defines x, its slope in p is ``1 / F_x``, and in another argument y it is
``-F_y / F_x``. They are taken at the x that SciPy found. SciPy finds the parameters of the F
distribution to 5 digits and those of the t distribution to 8, and none where several are as good,
or where the probability hardly depends on it: there F isn't p, and the slopes are NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array, Function
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.noncentral import ncfdtr_partial, nctdtr_partial
from autodiff.scipy.special.solutions import is_solved, quantile_slope
from autodiff.scipy.special.statistics import noncentral_slope

__all__: list[str] = []

_NEAR = 1e-4


def _of_chndtr(place: int, at: tuple[Array, ...]) -> Array:
    return noncentral_slope(*at, place=place)


def _of_nctdtr(place: int, at: tuple[Array, ...]) -> Array:
    return nctdtr_partial(*at, orders=tuple(int(i == place) for i in range(3)))


def _of_ncfdtr(place: int, at: tuple[Array, ...]) -> Array:
    return ncfdtr_partial(*at, orders=tuple(int(i == place) for i in range(4)))


_SLOPES = {
    special.chndtr: _of_chndtr, special.nctdtr: _of_nctdtr, special.ncfdtr: _of_ncfdtr,
}  # fmt: skip


_QUANTILES = (special.chndtrix, special.nctdtrit, special.ncfdtri)


def _with_slopes(inverse: np.ufunc, function: np.ufunc, place: int) -> None:
    """Define the slopes of an inverse.

    Args:
        inverse: of a distribution function; its arguments are the same, but for a probability.
        function: the distribution function.
        place: which of its arguments the inverse solves for, counted from 0.
    """
    of_function = _SLOPES[function]

    def slope(i: int, g: Array, z: Array, *values: Array) -> Array:
        at = (*values[:place], z, *values[place + 1 :])
        p, found = values[place], function(*at)
        is_quantile = inverse in _QUANTILES
        is_solution = np.abs(found - p) < _NEAR if is_quantile else is_solved(found, p)
        own = of_function(place, at)
        if i == place:
            return g / np.where(is_solution, own, np.nan)
        other = np.where(is_solution, of_function(i, at), np.nan)
        return g * (quantile_slope(other, own) if is_quantile else -other / own)

    def rule(i: int) -> Function:
        if inverse.nin == 3:
            return lambda g, z, a, b, c: slope(i, g, z, a, b, c)
        return lambda g, z, a, b, c, d: slope(i, g, z, a, b, c, d)

    rules: dict[str, Any] = {name: rule(i) for i, name in enumerate("abcd"[: inverse.nin])}
    derivative(inverse, **rules)


for _function, _inverses in {
    special.chndtr: (special.chndtrix, special.chndtridf, special.chndtrinc),
    special.nctdtr: (special.nctdtridf, special.nctdtrinc, special.nctdtrit),
    special.ncfdtr: (special.ncfdtridfn, special.ncfdtridfd, special.ncfdtrinc, special.ncfdtri),
}.items():
    for _place, _inverse in enumerate(_inverses):
        _with_slopes(_inverse, _function, _place)
