"""Quantiles, including the median: values at a given fraction of the sorted entries.

All methods interpolate between two neighbors in the order, at a position that depends only on the
number of entries. NumPy computes the position: it is the same quantile of 0, 1, 2, ...
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.core.errors import user_line
from autodiff.core.tensor import Tensor, peek, plain
from autodiff.core.typing import Array, Axis, Function
from autodiff.core.view import laid_out_like, once
from autodiff.rules.composite import composite
from autodiff.rules.masked import NONE
from autodiff.rules.nans import warn_of_nothing
from autodiff.rules.operands import as_array
from autodiff.rules.reductions import axes_of

# Of two neighbors and the fraction between them.
Blend: TypeAlias = Callable[[Array, Array, Array], Array]


@composite(np.quantile)
def quantile(
    a: Array, q: Array, axis: Axis = None, out: None = None, overwrite_input: bool = False,
    method: str = "linear", keepdims: bool = NONE, *, weights: None = None,
) -> Array:  # fmt: skip
    """Return the value below which a fraction q of the entries lies."""
    del overwrite_input  # a Tensor's value never changes
    _refuse(out, weights)
    a = as_array(a)
    return _quantile(a, q, axis, keepdims, method, _blend_of(method, q), order="C")


def _quantile(
    a: Array, q: Array, axis: Axis, keepdims: bool, method: Any, blend: Blend, order: Any = "K"
) -> Array:
    rows, lost = _rows(a, axis)
    places = _places(q, rows.shape[-1], method)
    dtype = _dtype_of(rows.shape, a, q, method)
    ordered = np.sort(rows, axis=-1)
    ordered = laid_out_like(ordered, np.empty_like(peek(ordered), order=order))
    z = _read(ordered, places, np.isnan(rows), blend, dtype)
    return _shaped(z, a, q, lost, keepdims, dtype)


@composite(np.percentile)
def percentile(a: Array, q: Array, *args: Any, **options: Any) -> Array:
    """Return the quantile of q in percent."""
    a = as_array(a)
    return quantile(a, _hundredth(q, a), *args, **options)


@composite(np.nanquantile)
def nanquantile(
    a: Array, q: Array, axis: Axis = None, out: None = None, overwrite_input: bool = False,
    method: str = "linear", keepdims: bool = NONE, *, weights: None = None,
) -> Array:  # fmt: skip
    """Return the quantile of the entries that aren't NaN."""
    del overwrite_input
    _refuse(out, weights)
    a = as_array(a)
    if np.ndim(q) > 1 and isinstance(axis, (tuple, list)) and len(axis) not in (1, np.ndim(a)):
        raise NotImplementedError(
            f"np.nanquantile and np.nanpercentile of a traced value along {len(axis)} of "
            f"{np.ndim(a)} axes need a number or vector as q, got the shape {np.shape(q)} at "
            f"{user_line()}: NumPy mixes the axes of both. Pass np.ravel(q), and reshape the "
            f"result."
        )
    return _nanquantile(a, q, axis, keepdims, method, _blend_of(method, q))


def _nanquantile(
    a: Array, q: Array, axis: Axis, keepdims: bool, method: Any, blend: Blend
) -> Array:
    rows, lost = _rows(a, axis)
    if not np.size(a):
        return np.nanmean(a, axis=axis, keepdims=keepdims)
    counts = np.sum(~np.isnan(plain(rows)), axis=-1)
    table = {n: _places(q, n, method) for n in np.unique(counts).tolist() if n}
    each = [table.get(n, np.zeros(np.shape(q))) for n in counts.reshape(-1).tolist()]
    places = np.moveaxis(np.stack(each), 0, -1) if each else np.zeros((*np.shape(q), 0))
    places = np.reshape(places, (*np.shape(q), *counts.shape))
    dtype = _dtype_of(rows.shape[-1:], a, q, method)  # of each row by itself
    ordered, is_empty = np.sort(rows, axis=-1), counts == 0
    if np.any(is_empty):
        warn_of_nothing()
        ordered = np.where(is_empty[..., None], 0.0, ordered)
    z = _read(ordered, places, None, blend, dtype)
    if np.any(is_empty):  # NaN, without a slope
        z = np.where(is_empty, np.nan, z)
    if blend is not _middle:  # each row by itself: the axes of q are the last in memory
        fractions = range(np.ndim(q))
        pattern = np.empty((*counts.shape, *np.shape(q)))
        z = laid_out_like(z, np.moveaxis(pattern, [i - np.ndim(q) for i in fractions], fractions))
    elif rows.shape[-1] < _LONG:
        z = laid_out_like(z, np.asarray(peek(rows))[..., 0])
    if counts.size and not counts.flat[0]:  # the first result, of NaN alone, decides
        with warnings.catch_warnings(action="ignore"):
            dtype = np.nanquantile(np.full(1, np.nan, a.dtype), peek(q), method=method).dtype
    return _shaped(z, a, q, lost, keepdims, dtype)


_LONG = 600  # from which on np.nanmedian, too, computes each row by itself


@composite(np.nanpercentile)
def nanpercentile(a: Array, q: Array, *args: Any, **options: Any) -> Array:
    """Return the quantile, for q in percent, of the entries that aren't NaN."""
    a = as_array(a)
    return nanquantile(a, _hundredth(q, a), *args, **options)


@composite(np.median)
def median(
    a: Array, axis: Axis = None, out: None = None, overwrite_input: bool = False,
    keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the middle entry in order, or the mean of the two in the middle."""
    del overwrite_input
    _refuse(out, None)
    if not np.size(a):
        z = np.mean(a, axis=axes_of(axis, np.ndim(a)), keepdims=keepdims)
        return laid_out_like(z, np.empty(z.shape)) if z.ndim else z
    a = as_array(a)
    wide = a.astype(np.float32) if a.dtype == np.float16 else a  # in which NumPy computes the mean
    z = _as_mean(_quantile(wide, 0.5, axis, keepdims, "linear", _middle), a)
    return _in_order(np.median, z, a, axis, keepdims)


@composite(np.nanmedian)
def nanmedian(
    a: Array, axis: Axis = None, out: None = None, overwrite_input: bool = False,
    keepdims: bool = NONE,
) -> Array:  # fmt: skip
    """Return the middle one of the entries that aren't NaN."""
    del overwrite_input
    _refuse(out, None)
    if not np.size(a):
        return np.nanmean(a, axis=axis, keepdims=keepdims)
    z = _as_mean(_nanquantile(a, 0.5, axis, keepdims, "linear", _middle), a)
    return _in_order(np.nanmedian, z, a, axis, keepdims)


def _as_mean(z: Array, a: Array) -> Array:
    """Return a median in the dtype of the entries, as a mean: in the native byte order."""
    return z.astype(a.dtype.newbyteorder("="))


def _in_order(function: Function, z: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    """Lay a median out in memory as NumPy does, found by that of zeros."""
    value = peek(a)
    if z.ndim < 2 or not isinstance(value, np.ndarray) or value.flags.c_contiguous:
        return z
    zeros = once(lambda part: np.zeros_like(part, dtype=float), value)
    return laid_out_like(z, function(zeros, axis=axis, keepdims=keepdims))


def _refuse(out: Array | None, weights: Array | None) -> None:
    if out is not None or weights is not None:
        raise NotImplementedError(
            f"a quantile of traced values supports neither weights= nor out= by position "
            f"({user_line()}). Pass out= by name, and leave weights= out."
        )


def _hundredth(q: Array, a: Array) -> Array:
    if type(q) in (int, float):
        return q / 100
    if isinstance(q, Tensor) and q.dtype.kind not in "fc":
        q = plain(q)  # it has no slope
    return np.true_divide(q, a.dtype.type(100) if _DIVIDES_IN_THE_DTYPE else 100)


# Older versions of NumPy divide percentages by 100 in the dtype of the values.
_DIVIDES_IN_THE_DTYPE = (
    np.percentile(np.zeros(1, np.float16), np.array([50], np.uint16)).dtype != np.float64
)


def _rows(a: Array, axis: Axis) -> tuple[Array, tuple[int, ...]]:
    """Move the reduced axes into one last axis."""
    if a.dtype.kind == "c":
        raise TypeError(
            f"complex numbers have no order, and no quantiles or median ({user_line()}). Take "
            f"those of np.real(x) and np.imag(x)."
        )
    if a.dtype.kind in "iu":
        a = a.astype(float)
    lost = tuple(range(a.ndim)) if axis is None else normalize_axis_tuple(axis, a.ndim)
    kept = tuple(i for i in range(a.ndim) if i not in lost)
    moved = np.transpose(a, kept + lost)
    count = math.prod(a.shape[i] for i in lost)
    return np.reshape(moved, (*(a.shape[i] for i in kept), count)), lost


def _places(q: Array, n: int, method: Any) -> Array:
    """Return the positions in the sorted entries, between the integers below and above."""
    if not isinstance(q, Tensor):
        return np.quantile(np.arange(n), q, method=method)
    if method != "linear":
        raise NotImplementedError(
            f"a quantile with method={method!r} has no slope in q (called at {user_line()}). Pass "
            f"a plain q: q.item()."
        )
    return q * (n - 1)


def _read(
    ordered: Array, places: Array, nans: Array | None, blend: Blend, dtype: np.dtype[Any]
) -> Array:
    """Interpolate neighbors along the last axis; the axes of the positions come first.

    The fractions between neighbors are of the dtype of the result, as in NumPy.
    """
    value = np.asarray(plain(places))
    whole = np.where(np.isnan(value), 0, np.floor(value)).astype(int)
    upper = np.minimum(whole + 1, ordered.shape[-1] - 1)
    ahead = places - whole
    rows = ordered.ndim - 1
    if nans is not None:  # every row is read at the same places
        low, high = (np.moveaxis(ordered[..., i], range(rows), range(-rows, 0)) if np.ndim(i)
                     else ordered[..., i] for i in (whole, upper))  # fmt: skip
        ahead = np.reshape(ahead, value.shape + (1,) * rows)
        z = blend(low, high, _narrow(ahead, dtype))
        return np.where(np.any(nans, axis=-1), np.nan, z)
    grid = tuple(np.ogrid[tuple(slice(n) for n in ordered.shape[:-1])])
    low, high = ordered[(*grid, whole)], ordered[(*grid, upper)]
    high = np.where(np.isnan(high) & ~np.isnan(low), low, high)
    return blend(low, high, _narrow(ahead, dtype))


def _between(low: Array, high: Array, ahead: Array) -> Array:
    """Return the value a fraction of the way between neighbors, computed from the nearer one."""
    gap = high - low
    return np.where(ahead < 0.5, low + gap * ahead, high - gap * (1 - ahead))


def _middle(low: Array, high: Array, ahead: Array) -> Array:
    """Return the mean of two neighbors, which may be infinite, or the first if only it is read."""
    return np.where(ahead == 0, low, (low + high) / 2)


def _lower(low: Array, high: Array, ahead: Array) -> Array:
    """Return the entry itself, for methods without interpolation."""
    del high, ahead
    return low


_WHOLE = ("inverted_cdf", "closest_observation", "lower", "higher", "nearest")


def _blend_of(method: Any, q: Array) -> Blend:
    """Return how to blend; NumPy reads the first or last entry where a linear q is 0 or 1."""
    is_plain = method == "linear" and not isinstance(q, Tensor)
    is_whole = is_plain and np.asarray(q).dtype.kind in "biu"
    return _lower if is_whole or method in _WHOLE else _between


def _narrow(ahead: Array, dtype: np.dtype[Any]) -> Array:
    return ahead.astype(dtype) if hasattr(ahead, "astype") else ahead


def _dtype_of(shape: tuple[int, ...], a: Array, q: Array, method: Any) -> np.dtype[Any]:
    """Return the dtype of NumPy's result, with its byte order; or raise NumPy's error.

    Args:
        shape: that of the rows, which may be empty.
        a: the array.
        q: the fractions.
        method: NumPy's name of how to interpolate.
    """
    rows = np.zeros([min(n, 1) for n in shape], a.dtype)
    dtype: np.dtype[Any] = np.quantile(rows, peek(q), axis=-1, method=method).dtype
    return dtype


def _shaped(
    z: Array, a: Array, q: Array, lost: tuple[int, ...], keepdims: bool, dtype: np.dtype[Any]
) -> Array:
    """Return the result in NumPy's dtype, with the reduced axes if ``keepdims``."""
    if keepdims is not NONE and keepdims:
        ones = tuple(1 if i in lost else n for i, n in enumerate(a.shape))
        z = np.reshape(z, (*np.shape(q), *ones))
    return z if z.dtype == dtype else z.astype(dtype)
