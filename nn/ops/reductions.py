"""Sums, means and other numbers of whole axes, and running ones along an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_axes
from nn.distribution.sharing import is_shared, mean_of_all
from nn.dtypes import standardize_dtype
from nn.ops.arrays import as_array, cast_to, floats, promoted, summed_dtype
from nn.ops.operation import named, operation

if TYPE_CHECKING:
    from collections.abc import Callable


def _reduction(name: str, prepared: Callable[[Any], Array] = floats, of: Any = None) -> Any:
    function = of or getattr(np, name)

    def call(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
        return function(prepared(x), axis=as_axes(axis), keepdims=keepdims)

    return named(name, call, f"Return `numpy.{function.__name__}` along the axes.")


def _sum(name: str) -> Any:
    function = getattr(np, name)

    def call(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
        x = as_array(x)
        return cast_to(function(x, axis=as_axes(axis), keepdims=keepdims), summed_dtype(x))

    return named(name, call, f"Return `numpy.{name}` along the axes; of small integers in int32.")


def _position(name: str) -> Any:
    function = getattr(np, name)

    def call(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
        x = as_array(x)
        return cast_to(function(x, axis=axis, keepdims=keepdims), "int32")

    return named(name, call, f"Return `numpy.{name}` along an axis, in int32.")


def _truncated(x: Array, dtype: Any) -> Array:
    """Return entries that are added or multiplied in a dtype: whole ones where it has no others."""
    return x if np.dtype(standardize_dtype(dtype)).kind in "fc" else cast_to(x, dtype)


def _running(name: str, for_nan: int | None = None) -> Any:
    function = getattr(np, name.removeprefix("nan"))

    def call(x: Array, axis: int | None = None, dtype: Any = None) -> Array:
        x = as_array(x)
        if for_nan is not None and x.dtype.kind in "fc":
            x = np.where(np.isnan(x), for_nan, x)
        same = np.int32 if x.dtype.kind == "b" else x.dtype
        wanted = same if dtype is None else dtype
        return cast_to(function(_truncated(x, wanted), axis=axis), wanted)

    return named(name, call, f"Return `numpy.{name}` along an axis.")


# fmt: off
all       = _reduction("all", as_array)
any       = _reduction("any", as_array)
amax      = _reduction("amax", as_array, of=np.max)
amin      = _reduction("amin", as_array, of=np.min)
nanmax    = _reduction("nanmax", as_array)
nanmin    = _reduction("nanmin", as_array)
ptp       = _reduction("ptp", as_array)
mean      = _reduction("mean")
median    = _reduction("median")
nanmean   = _reduction("nanmean")
nanmedian = _reduction("nanmedian")
nanstd    = _reduction("nanstd")
nanvar    = _reduction("nanvar")
std       = _reduction("std")
var       = _reduction("var")
sum       = _sum("sum")
nansum    = _sum("nansum")
nanprod   = _sum("nanprod")
argmax    = _position("argmax")
argmin    = _position("argmin")
nanargmax = _position("nanargmax")
nanargmin = _position("nanargmin")
cumsum     = _running("cumsum")
cumprod    = _running("cumprod")
nancumsum  = _running("nancumsum", for_nan=0)
nancumprod = _running("nancumprod", for_nan=1)
# fmt: on


@operation
def max(x: Array, axis: Any = None, keepdims: bool = False, initial: Array | None = None) -> Array:
    """Return the largest entry along the axes, or ``initial`` if that is larger."""
    return np.max(as_array(x), axis=as_axes(axis), keepdims=keepdims, **_given(initial))


@operation
def min(x: Array, axis: Any = None, keepdims: bool = False, initial: Array | None = None) -> Array:
    """Return the smallest entry along the axes, or ``initial`` if that is smaller."""
    return np.min(as_array(x), axis=as_axes(axis), keepdims=keepdims, **_given(initial))


@operation
def prod(x: Array, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Array:
    """Return the product along the axes."""
    x = as_array(x)
    wanted = summed_dtype(x) if dtype is None else dtype
    return cast_to(np.prod(_truncated(x, wanted), axis=as_axes(axis), keepdims=keepdims), wanted)


@operation
def average(x: Array, axis: Any = None, weights: Array | None = None) -> Array:
    """Return the mean along the axes, weighted where there are weights."""
    if weights is None:
        return np.mean(floats(x), axis=as_axes(axis))
    x, weights = promoted(as_array(x), as_array(weights), as_float=True)
    if weights.ndim < x.ndim:
        axes = [i % x.ndim for i in np.ravel(() if axis is None else axis)]
        if len(axes) != weights.ndim:
            raise ValueError(
                f"average expects weights of the shape of x, {x.shape}, or along axis={axis}, got "
                f"shape {weights.shape}. Pass the axis of the weights."
            )
        weights = np.transpose(weights, np.argsort(axes))
        weights = np.expand_dims(weights, tuple({*range(x.ndim)} - {*axes}))
    weights = np.broadcast_to(weights, x.shape)
    return np.sum(x * weights, axis=as_axes(axis)) / np.sum(weights, axis=as_axes(axis))


def _quantile(name: str) -> Any:
    function = getattr(np, name)

    def call(
        x: Array, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
    ) -> Array:
        x = floats(x)
        found = function(
            x, np.asarray(q, np.float64), axis=as_axes(axis), method=method, keepdims=keepdims
        )
        return cast_to(found, x.dtype)

    return named(name, call, f"Return `numpy.{name}` along the axes.")


quantile, nanquantile = _quantile("quantile"), _quantile("nanquantile")
percentile, nanpercentile = _quantile("percentile"), _quantile("nanpercentile")


@operation
def count_nonzero(x: Array, axis: Any = None) -> Array:
    """Return the number of entries other than 0, in int32."""
    return cast_to(as_array(np.count_nonzero(as_array(x), axis=as_axes(axis))), "int32")


@operation
def moments(
    x: Array, axes: Any, keepdims: bool = False, synchronized: bool = False
) -> tuple[Array, Array]:
    """Return the mean and the variance along the axes.

    Args:
        x: any shape.
        axes: the axes to average over.
        keepdims: whether they stay, with length 1.
        synchronized: whether rows of a batch that several processes share count together.
    """
    x, axis = as_array(x), as_axes(axes)
    if not (synchronized and is_shared()):
        return np.mean(x, axis=axis, keepdims=keepdims), np.var(x, axis=axis, keepdims=keepdims)
    mean = mean_of_all(np.mean(x, axis=axis, keepdims=True))
    difference = x - mean
    variance = mean_of_all(np.mean(difference * difference, axis=axis, keepdims=keepdims))
    return mean if keepdims else np.squeeze(mean, axis), variance


@operation
def logsumexp(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """Return the logarithm of Σ eˣ along the axes, without overflow; −∞ of no entries."""
    x = floats(x)
    largest = np.max(x, axis=as_axes(axis), keepdims=True, initial=-np.inf)
    largest = np.where(np.isinf(largest), 0, largest)  # whose difference would be NaN
    powers = np.exp(x - largest)
    with np.errstate(divide="ignore"):  # the logarithm of 0 is what it should be
        total = np.log(np.sum(powers, axis=as_axes(axis), keepdims=True)) + largest
    return total if keepdims else np.squeeze(total, as_axes(axis))


@operation
def diff(a: Array, n: int = 1, axis: int = -1) -> Array:
    """Return the differences of neighbors along an axis, ``n`` times."""
    return np.diff(as_array(a), n=n, axis=axis)


@operation
def trapezoid(y: Array, x: Array | None = None, dx: float = 1.0, axis: int = -1) -> Array:
    """Return the integral along an axis by the trapezoidal rule."""
    if x is None:
        return np.trapezoid(floats(y), dx=dx, axis=axis)
    y, x = promoted(as_array(y), as_array(x), as_float=True)
    return np.trapezoid(y, x, axis=axis)


def _given(initial: Array) -> dict[str, Any]:
    return {} if initial is None else {"initial": initial}
