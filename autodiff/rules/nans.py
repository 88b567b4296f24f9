"""The reductions that leave out what isn't a number."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autodiff.errors import user_line
from autodiff.primitive import composite
from autodiff.registry import registry
from autodiff.rules.masked import NONE, root, shape_options
from autodiff.rules.reduce import Axis
from autodiff.tensor import plain


def _filling(function: Any, neutral: float) -> Any:
    """Make a reduction in which a neutral value stands for what isn't a number."""

    def filled(a: Any, *args: Any, **options: Any) -> Any:
        return function(np.where(np.isnan(a), neutral, a), *args, **options)

    filled.__name__ = f"nan{function.__name__}"
    return filled


registry[np.nansum], registry[np.nanprod] = _filling(np.sum, 0), _filling(np.prod, 1)
registry[np.nancumsum], registry[np.nancumprod] = _filling(np.cumsum, 0), _filling(np.cumprod, 1)


def _extreme(function: Any, neutral: float) -> Any:
    def extreme(
        a: Any, axis: Axis = None, out: None = None, keepdims: Any = NONE, initial: Any = NONE,
        where: Any = NONE,
    ) -> Any:  # fmt: skip
        _no_out(out)
        given = {"initial": initial, "where": where}
        options = {k: v for k, v in given.items() if v is not NONE}
        shape = shape_options(axis, keepdims)
        z = function(np.where(np.isnan(a), neutral, a), **shape, **options)
        nothing = np.all(np.isnan(a), **shape)
        if not options and np.any(plain(nothing)):
            warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=3)
            z = np.where(nothing, np.nan, z)
        return z

    return extreme


registry[np.nanmax] = _extreme(np.max, -np.inf)
registry[np.nanmin] = _extreme(np.min, np.inf)


@composite(np.nanmean)
def nanmean(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: Any = NONE, *,
    where: Any = True,
) -> Any:  # fmt: skip
    """The mean of the entries that are numbers."""
    _no_out(out)
    number = ~np.isnan(a) & (where is NONE or where)
    return np.mean(
        np.where(number, a, 0), dtype=dtype, where=number, **shape_options(axis, keepdims)
    )


@composite(np.nanvar)
def nanvar(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: float = 0,
    keepdims: Any = NONE, *, where: Any = True, mean: Any = NONE, correction: Any = NONE,
) -> Any:  # fmt: skip
    """The variance of the entries that are numbers."""
    _no_out(out)
    number = ~np.isnan(a) & (where is NONE or where)
    given = {"mean": mean, "correction": correction}
    options = {k: v for k, v in given.items() if v is not NONE}
    a = np.where(number, a, 0)
    return np.var(
        a, dtype=dtype, ddof=ddof, where=number, **options, **shape_options(axis, keepdims)
    )


@composite(np.nanstd)
def nanstd(a: Any, *args: Any, **options: Any) -> Any:
    """The standard deviation of the entries that are numbers."""
    return root(nanvar(a, *args, **options))


def _no_out(out: Any) -> None:
    if out is not None:
        raise NotImplementedError(f"give out= by name, not by position ({user_line()})")
