"""Quantiles, the median among them: values at a given part of the way through the order.

Every method of NumPy's reads, between two neighbors in the order, at a place that depends on their
number alone. NumPy itself tells the place: it is the same quantile of 0, 1, 2, ...
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.errors import user_line
from autodiff.primitive import composite
from autodiff.rules.masked import NONE
from autodiff.rules.reduce import Axis
from autodiff.tensor import Tensor, form, plain


@composite(np.quantile)
def quantile(
    a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False,
    method: str = "linear", keepdims: Any = NONE, *, weights: None = None,
) -> Any:  # fmt: skip
    """The value below which lies the part q of the entries."""
    del overwrite_input  # a Tensor's value never changes
    _refuse(out, weights)
    rows, lost = _rows(a, axis)
    z = _read(np.sort(rows, axis=-1), _places(q, rows.shape[-1], method), np.isnan(rows))
    return _shaped(z, a, q, lost, keepdims, method)


@composite(np.percentile)
def percentile(a: Any, q: Any, *args: Any, **options: Any) -> Any:
    """The quantile of q in percent."""
    return quantile(a, _hundredth(q, a), *args, **options)


@composite(np.nanquantile)
def nanquantile(
    a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False,
    method: str = "linear", keepdims: Any = NONE, *, weights: None = None,
) -> Any:  # fmt: skip
    """The quantile of the entries that are numbers."""
    del overwrite_input
    _refuse(out, weights)
    rows, lost = _rows(a, axis)
    counts = np.sum(~np.isnan(plain(rows)), axis=-1)
    table = {n: _places(q, n, method) for n in np.unique(counts).tolist() if n}
    empty = np.full(np.shape(q), np.nan)
    each = [table.get(n, empty) for n in counts.reshape(-1).tolist()]
    places = np.moveaxis(np.stack(each), 0, -1) if each else np.zeros((*np.shape(q), 0))
    places = np.reshape(places, (*np.shape(q), *counts.shape))
    z = _read(np.sort(rows, axis=-1), places, None)
    return _shaped(z, a, q, lost, keepdims, method)


@composite(np.nanpercentile)
def nanpercentile(a: Any, q: Any, *args: Any, **options: Any) -> Any:
    """The quantile, of q in percent, of the entries that are numbers."""
    return nanquantile(a, _hundredth(q, a), *args, **options)


@composite(np.median)
def median(
    a: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False,
    keepdims: Any = False,
) -> Any:  # fmt: skip
    """The middle entry in order, or the mean of the two in the middle."""
    return quantile(a, 0.5, axis, out, overwrite_input, keepdims=keepdims).astype(a.dtype)


@composite(np.nanmedian)
def nanmedian(
    a: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False,
    keepdims: Any = NONE,
) -> Any:  # fmt: skip
    """The middle one of the entries that are numbers."""
    return nanquantile(a, 0.5, axis, out, overwrite_input, keepdims=keepdims).astype(a.dtype)


def _refuse(out: Any, weights: Any) -> None:
    if out is not None or weights is not None:
        raise NotImplementedError(
            f"a quantile of traced values supports neither weights= nor out= by position "
            f"({user_line()})"
        )


def _hundredth(q: Any, a: Any) -> Any:
    return np.true_divide(q, a.dtype.type(100))


def _rows(a: Any, axis: Axis) -> tuple[Any, tuple[int, ...]]:
    """Bring what is reduced into one last axis."""
    if a.dtype.kind == "c":
        raise TypeError("complex numbers have no order, and no quantiles")
    lost = tuple(range(a.ndim)) if axis is None else normalize_axis_tuple(axis, a.ndim)
    kept = tuple(i for i in range(a.ndim) if i not in lost)
    moved = np.transpose(a, kept + lost)
    return np.reshape(moved, (*(a.shape[i] for i in kept), -1)), lost


def _places(q: Any, n: int, method: Any) -> Any:
    """Where in the order to read: between the entries of the numbers below and above."""
    if not isinstance(q, Tensor):
        return np.quantile(np.arange(n), q, method=method)
    if method != "linear":
        raise NotImplementedError(
            f"a quantile with method={method!r} has no slope in q ({user_line()}): pass a plain q"
        )
    return q * (n - 1)


def _read(ordered: Any, places: Any, nans: Any) -> Any:
    """Read between neighbors along the last axis; the axes of the places come first."""
    value = np.asarray(plain(places))
    whole = np.where(np.isnan(value), 0, np.floor(value)).astype(int)
    upper = np.minimum(whole + 1, ordered.shape[-1] - 1)
    ahead = places - whole
    rows = ordered.ndim - 1
    if nans is not None:  # every row is read at the same places
        low, high = (np.moveaxis(ordered[..., i], range(rows), range(-rows, 0)) if np.ndim(i)
                     else ordered[..., i] for i in (whole, upper))  # fmt: skip
        ahead = np.reshape(ahead, value.shape + (1,) * rows)
        z = low + (high - low) * _narrow(ahead, ordered)
        return np.where(np.any(nans, axis=-1), np.nan, z)
    grid = tuple(np.ogrid[tuple(slice(n) for n in ordered.shape[:-1])])
    low, high = ordered[(*grid, whole)], ordered[(*grid, upper)]
    high = np.where(np.isnan(high) & ~np.isnan(low), low, high)
    return low + (high - low) * _narrow(ahead, ordered)


def _narrow(ahead: Any, ordered: Any) -> Any:
    return ahead.astype(ordered.dtype) if hasattr(ahead, "astype") else ahead


def _shaped(z: Any, a: Any, q: Any, lost: tuple[int, ...], keepdims: Any, method: Any) -> Any:
    """Give the lost axes back on demand, in the dtype that NumPy answers in."""
    dtype = np.quantile(np.zeros(1, a.dtype), form(q), method=method).dtype
    if keepdims is not NONE and keepdims:
        ones = tuple(1 if i in lost else n for i, n in enumerate(a.shape))
        z = np.reshape(z, (*np.shape(q), *ones))
    return z if z.dtype == dtype else z.astype(dtype)
