"""The reductions that ignore NaN."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.core.errors import user_level
from autodiff.core.masks import check_mask
from autodiff.core.tensor import Tensor, peek, plain
from autodiff.core.typing import Array, Axis, Function
from autodiff.core.view import laid_out_like
from autodiff.rules.composite import composite
from autodiff.rules.masked import NONE, masked_mean, shape_options
from autodiff.rules.operands import in_dtype, refuse_out
from autodiff.rules.powers import root
from autodiff.transforms.gradients import stop_gradient

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


def warn_of_nothing() -> None:
    """Warn of slices that are all NaN, as NumPy does, at the user's line."""
    warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=user_level())


def _where(number: Array, a: Array, neutral: float) -> Array:
    """Replace entries in a copy, which is laid out as NumPy's."""
    return laid_out_like(np.where(number, a, neutral), np.asarray(peek(a)))


def _unrepeated(a: Array) -> Array:
    """Return a copy of an array with repeated entries, which NumPy computes with as well."""
    return a.copy("K") if 0 in getattr(peek(a), "strides", ()) else a


def _filling(function: Function, neutral: float) -> Function:
    """Return a reduction that replaces NaN with a neutral value."""

    def filled(a: Array, *args: Any, **options: Any) -> Array:
        return function(_where(~np.isnan(a), a, neutral), *args, **options)

    filled.__name__ = f"nan{function.__name__}"
    return filled


composite(np.nansum)(_filling(np.sum, 0))
composite(np.nanprod)(_filling(np.prod, 1))
composite(np.nancumsum)(_filling(np.cumsum, 0))
composite(np.nancumprod)(_filling(np.cumprod, 1))


def _extreme(function: Function, neutral: float) -> Function:
    def extreme(
        a: Array, axis: Axis = None, out: None = None, keepdims: bool = NONE, initial: Array = NONE,
        where: Array = NONE,
    ) -> Array:  # fmt: skip
        refuse_out(out)
        if a.dtype.kind not in "fc":
            return function(a, axis, None, keepdims, initial, where)
        is_start = not (initial is NONE or initial is None or np.isnan(plain(initial)))
        given = {"initial": initial, "where": where}
        options = {k: v for k, v in given.items() if v is not NONE}
        if initial is not NONE and initial is not None and not is_start and np.ndim(a):
            options["initial"] = neutral  # of a number, NumPy's extreme is NaN
        shape = shape_options(axis, keepdims)
        z = function(np.where(np.isnan(a), neutral, a), **shape, **options)
        nothing = np.all(np.isnan(a), **shape, **({} if where is NONE else {"where": where}))
        if not (is_start and np.ndim(a)) and np.any(plain(nothing)):
            warn_of_nothing()
            is_plain = a.dtype.kind == "f" or where is not NONE or not np.ndim(a)
            z = np.where(nothing, np.nan if is_plain else function(stop_gradient(a), **shape), z)
        return z

    return extreme


composite(np.nanmax)(_extreme(np.max, -np.inf))
composite(np.nanmin)(_extreme(np.min, np.inf))


def _mask(where: Array) -> Array:
    """Return the truth of numbers, as NumPy does of ``where=`` other than arrays."""
    check_mask(where)
    if isinstance(where, Tensor):
        return where.astype(bool)
    return True if where is NONE else np.asarray(where, bool)


@composite(np.nanmean)
def nanmean(
    a: Array, axis: Axis = None, dtype: DTypeLike | None = None, out: None = None,
    keepdims: bool = NONE, *, where: Array = True,
) -> Array:  # fmt: skip
    """Return the mean of the entries that aren't NaN."""
    refuse_out(out)
    a = _unrepeated(a)
    number = ~np.isnan(a) & _mask(where)
    a, options = _where(number, a, 0), shape_options(axis, keepdims)
    if a.dtype == np.float16 and dtype is None:  # which NumPy sums in float16 here
        return masked_mean(a, None, number, options)
    return np.mean(a, dtype=dtype, where=number, **options)


@composite(np.nanvar)
def nanvar(
    a: Array, axis: Axis = None, dtype: DTypeLike | None = None, out: None = None, ddof: float = 0,
    keepdims: bool = NONE, *, where: Array = True, mean: Array = NONE, correction: float = NONE,
) -> Array:  # fmt: skip
    """Return the variance of the entries that aren't NaN."""
    refuse_out(out)
    options: dict[str, Any] = {} if correction is NONE else {"correction": correction}
    if a.dtype.kind not in "fc":
        given = {"axis": axis, "ddof": ddof, "keepdims": keepdims, "where": where, "mean": mean}
        return np.var(a, dtype=dtype, **given, **options)
    a = _unrepeated(a)
    number = ~np.isnan(a) & _mask(where)
    if mean is not NONE:  # NumPy subtracts it in place
        a, options["mean"] = in_dtype(a - mean, a.dtype), 0
    shape = shape_options(axis, keepdims)
    z = np.var(_where(number, a, 0), dtype=dtype, ddof=ddof, where=number, **options, **shape)
    lost = ddof if correction is NONE else correction
    kind = np.var(np.ones(1, a.dtype if dtype is None else dtype)).dtype  # whatever ddof has
    return in_dtype(np.where(np.sum(number, **shape) > lost, z, np.nan), kind)


@composite(np.nanstd)
def nanstd(a: Array, *args: Any, **options: Any) -> Array:
    """Return the standard deviation of the entries that aren't NaN."""
    if a.dtype.kind not in "fc":
        return np.std(a, *args, **options)
    return root(nanvar(a, *args, **options))
