"""Moments of samples, and what is computed from them (Joanes and Gill 1998)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.stats
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.core.errors import user_line
from autodiff.core.typing import Array, Axis
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype, promoted
from autodiff.scipy.plain_options import require_plain
from autodiff.scipy.real import real_composite

__all__ = ["check_nan_policy", "count", "paired", "sample", "spread"]


def sample(a: Array) -> Array:
    """Return a sample as an array; a number is a sample of one."""
    a = as_array(a)
    return a if np.ndim(a) else np.reshape(a, 1)


def beside(x: Array, a: Array) -> Array:
    """Return an operand; a number of Python in the dtype of a sample, which it does not widen."""
    is_weak = isinstance(x, (int, float)) and not isinstance(x, np.generic)
    return in_dtype(x, np.result_type(a.dtype, np.float16)) if is_weak else x


def paired(x: Array, shape: tuple[int, ...]) -> Array:
    """Return values, one for each entry of a sample over all axes or one for all, in its shape."""
    if np.size(x) == 1:
        return np.broadcast_to(x, shape)
    if np.size(x) != np.prod(shape, dtype=int):
        raise ValueError(
            f"expected a value for each entry of a sample of shape {shape}, or one, where axis is "
            f"None, got shape {np.shape(x)} at {user_line()}. Broadcast it: np.broadcast_to(x, "
            f"{shape})."
        )
    return np.reshape(x, shape)


def check_nan_policy(policy: str) -> None:
    """Raise an error unless NaN is propagated."""
    if policy != "propagate":
        raise NotImplementedError(
            f"nan_policy of traced values can only be 'propagate', got {policy!r} at "
            f"{user_line()}. Leave NaN out first: x[~np.isnan(x)]."
        )


def count(a: Array, axis: Axis) -> int:
    """Return the number of entries along axes."""
    shape = np.shape(a)
    axes = range(len(shape)) if axis is None else normalize_axis_tuple(axis, len(shape))
    return int(np.prod([shape[i] for i in axes], dtype=int))


def central(a: Array, order: int, axis: Axis, keepdims: bool) -> Array:
    """Return the mean of powers of the distances from the mean."""
    away = a - np.mean(a, axis=axis, keepdims=True)
    return np.mean(away**order, axis=axis, keepdims=keepdims)


def _standardized(a: Array, order: int, axis: Axis, keepdims: bool) -> Array:
    """Return a central moment over that power of the standard deviation.

    Where entries differ by no more than the rounding of their mean, it is NaN, as in SciPy.
    """
    variance, mean = central(a, 2, axis, keepdims), np.mean(a, axis=axis, keepdims=keepdims)
    ratio = central(a, order, axis, keepdims) / variance ** (order / 2)
    is_rounding = variance <= (np.finfo(variance.dtype).eps * mean) ** 2
    return ratio * np.where(is_rounding, np.nan, np.ones_like(ratio))


def _orders(order: int | Sequence[int]) -> list[int]:
    """Return the orders of moments, as numbers of Python."""
    require_plain("moment", order=order)
    orders = np.asarray(order, float)
    if orders.ndim > 1 or not orders.size or np.any(orders != np.round(orders)):
        raise ValueError(
            f"expected a whole number as order, or a row of one or more, got {order!r} at "
            f"{user_line()}. Use np.mean((x - np.mean(x)) ** p) for another power p."
        )
    return [int(p) for p in np.atleast_1d(orders)]


@real_composite(scipy.stats.moment)
def moment(
    a: Array, order: int | Sequence[int] = 1, axis: Axis = 0, nan_policy: str = "propagate", *,
    center: Array | None = None, keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return a moment about the mean, or about a center."""
    check_nan_policy(nan_policy)
    a, orders = sample(a), _orders(order)
    if np.ndim(order):
        return np.stack([moment(a, p, axis, center=center, keepdims=keepdims) for p in orders])
    (order,) = orders
    dtype = a.dtype if a.dtype.kind == "f" else np.dtype(float)
    if order == 0 or (order == 1 and center is None):
        one = np.where(np.isnan(a), np.nan, 1.0 - order)  # also of infinite entries
        return np.mean(one, axis=axis, keepdims=keepdims).astype(dtype)
    if center is not None:
        found = np.mean((a - center) ** order, axis=axis, keepdims=keepdims)
        return in_dtype(found, dtype)
    return central(a, order, axis, keepdims)


@real_composite(scipy.stats.skew)
def skew(
    a: Array, axis: Axis = 0, bias: bool = True, nan_policy: str = "propagate", *,
    keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the skewness m₃ / m₂^(3/2); without bias G₁ of Joanes and Gill."""
    check_nan_policy(nan_policy)
    a = sample(a)
    n = count(a, axis)
    ratio = _standardized(a, 3, axis, keepdims)
    return ratio if bias or n <= 2 else ratio * ((n * (n - 1)) ** 0.5 / (n - 2))


@real_composite(scipy.stats.kurtosis)
def kurtosis(
    a: Array, axis: Axis = 0, fisher: bool = True, bias: bool = True,
    nan_policy: str = "propagate", *, keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the kurtosis m₄ / m₂², less 3 with ``fisher``; without bias G₂ of Joanes and Gill."""
    check_nan_policy(nan_policy)
    a = sample(a)
    n = count(a, axis)
    ratio = _standardized(a, 4, axis, keepdims)
    if not bias and n > 3:
        ratio = ((n * n - 1) * ratio - 3 * (n - 1) ** 2) / ((n - 2) * (n - 3)) + 3
    return ratio - 3 if fisher else ratio


@composite(scipy.stats.sem)
def sem(
    a: Array, axis: Axis = 0, ddof: float = 1, nan_policy: str = "propagate", *,
    keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the standard error of the mean."""
    check_nan_policy(nan_policy)
    a = sample(a)
    if a.size == 1 and (axis is None or np.size(axis) == a.ndim):  # too few, whatever ddof is
        return np.full_like(np.mean(a, axis=axis, keepdims=keepdims), np.nan)
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims) / count(a, axis) ** 0.5


@real_composite(scipy.stats.variation)
def variation(
    a: Array, axis: Axis = 0, nan_policy: str = "propagate", ddof: float = 0, *,
    keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the standard deviation over the mean."""
    check_nan_policy(nan_policy)
    a = sample(a)
    mean = np.mean(a, axis=axis, keepdims=keepdims)
    if ddof > count(a, axis):
        return mean * math.nan
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims) / mean


def spread(a: Array, axis: Axis, ddof: float, keepdims: bool) -> Array:
    """Return the standard deviation, NaN of too few entries."""
    is_known = ddof < count(a, axis)
    found = np.std(a, axis=axis, ddof=ddof if is_known else 0, keepdims=keepdims)
    return found if is_known else found * math.nan


@composite(scipy.stats.zmap)
def zmap(
    scores: Array, compare: Array, axis: Axis = 0, ddof: float = 0, nan_policy: str = "propagate"
) -> Array:
    """Return the distances from a sample's mean, in its standard deviations."""
    check_nan_policy(nan_policy)
    scores, compare = promoted(scores, compare)
    mean, deviation = _spread(compare, axis, ddof)
    return (scores - mean) / deviation


def _spread(a: Array, axis: Axis, ddof: float) -> tuple[Array, Array]:
    """Return the mean and the standard deviation, both with the axis."""
    return np.mean(a, axis=axis, keepdims=True), spread(a, axis, ddof, keepdims=True)


@composite(scipy.stats.zscore)
def zscore(a: Array, axis: Axis = 0, ddof: float = 0, nan_policy: str = "propagate") -> Array:
    """Return the distances from the mean, in standard deviations; NaN of equal entries."""
    check_nan_policy(nan_policy)
    a = as_array(a)
    mean, deviation = _spread(a, axis, ddof)
    scores = (a - mean) / deviation
    is_constant = deviation <= np.finfo(scores.dtype).eps * np.abs(mean)
    return np.where(is_constant, np.nan, scores)


@composite(scipy.stats.gzscore)
def gzscore(a: Array, *, axis: Axis = 0, ddof: float = 0, nan_policy: str = "propagate") -> Array:
    """Return the scores of the logarithms."""
    return zscore(np.log(as_array(a)), axis, ddof, nan_policy)


@real_composite(scipy.stats.describe)
def describe(
    a: Array, axis: Axis = 0, ddof: float = 1, bias: bool = True, nan_policy: str = "propagate"
) -> Any:
    """Return the count, the extremes and the first four moments."""
    check_nan_policy(nan_policy)
    a = sample(a)
    if not a.size:
        raise ValueError(
            f"expected a sample of one entry or more, got shape {a.shape} at {user_line()}."
        )
    n = count(a, axis)
    factor = n / (n - ddof) if ddof > n else 1.0  # which is negative then
    return type(scipy.stats.describe([0.0, 1.0]))(
        np.int64(n),
        (np.min(a, axis=axis), np.max(a, axis=axis)),
        np.mean(a, axis=axis),
        np.var(a, axis=axis, ddof=0 if ddof > n else ddof) * factor,
        skew(a, axis, bias),
        kurtosis(a, axis, bias=bias),
    )


@composite(scipy.stats.kstat)
def kstat(
    data: Array, n: int = 2, *, axis: Axis = None, nan_policy: str = "propagate",
    keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return a k-statistic, the unbiased estimator of a cumulant (Fisher 1930), n from 1 to 4."""
    check_nan_policy(nan_policy)
    if n not in (1, 2, 3, 4):
        raise ValueError(f"kstat has n from 1 to 4, got {n} at {user_line()}. Pass one of these.")
    data = sample(data)
    size = count(data, axis)
    if n == 1:
        return np.mean(data, axis=axis, keepdims=keepdims)
    if size < n:
        return np.mean(data, axis=axis, keepdims=keepdims) * math.nan
    m2 = central(data, 2, axis, keepdims)
    if n == 2:
        return m2 * (size / (size - 1))
    if n == 3:
        return central(data, 3, axis, keepdims) * (size**2 / ((size - 1) * (size - 2)))
    m4 = central(data, 4, axis, keepdims)
    factor = size**2 / ((size - 1) * (size - 2) * (size - 3))
    return factor * ((size + 1) * m4 - 3 * (size - 1) * m2 * m2)
