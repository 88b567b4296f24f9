"""Means of other kinds, spreads, and means of angles."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.stats

from autodiff.core.errors import user_level, user_line
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Axis, Function
from autodiff.rules.exact import run_exact
from autodiff.rules.operands import as_array, in_dtype, promoted
from autodiff.rules.powers import root
from autodiff.rules.statistics import without_excess
from autodiff.scipy.checked import checked
from autodiff.scipy.real import real_composite
from autodiff.scipy.stats.sample_moments import (
    beside,
    check_nan_policy,
    count,
    paired,
    sample,
    spread,
)
from autodiff.transforms.gradients import stop_gradient

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

NORMAL_IQR = 1.3489795003921634  # the quartiles' distance in the standard normal distribution
NORMAL_MAD = 0.6744897501960817  # the upper quartile

Limits = tuple[float | None, float | None] | None
Inclusive = tuple[bool, bool]


def _mean_through(
    to: Function, back: Function, a: Array, axis: Axis, dtype: DTypeLike | None,
    weights: Array | None, nan_policy: str, keepdims: bool,
) -> Array:  # fmt: skip
    """Return the weighted mean of a function of the entries, taken back by its inverse."""
    check_nan_policy(nan_policy)
    a = sample(a) if dtype is None else sample(a).astype(dtype)
    if weights is None:
        return back(np.mean(to(a), axis=axis, keepdims=keepdims))
    weights = beside(weights, a) if dtype is None else as_array(weights).astype(dtype)
    a, weights = promoted(a, weights)
    a = to(a)
    if axis is None:
        weights = paired(weights, a.shape)
    else:
        a, weights = np.broadcast_arrays(a, weights)
    total = np.sum(weights, axis=axis, keepdims=keepdims)
    return back(np.sum(a * weights, axis=axis, keepdims=keepdims) / total)


def _not_negative(a: Array) -> Array:
    """Return an array with NaN instead of negative entries, and warn of them, as SciPy does."""
    if np.any(peek(a) < 0):
        warnings.warn(
            f"the mean at {user_line()} is NaN: it is defined only of entries that aren't negative",
            RuntimeWarning,
            stacklevel=user_level(),
        )
    return np.where(a < 0, np.nan, a)


@real_composite(scipy.stats.gmean)
def gmean(
    a: Array, axis: Axis = 0, dtype: DTypeLike | None = None, weights: Array | None = None, *,
    nan_policy: str = "propagate", keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the geometric mean."""
    return _mean_through(np.log, np.exp, a, axis, dtype, weights, nan_policy, keepdims)


@real_composite(scipy.stats.hmean)
def hmean(
    a: Array, axis: Axis = 0, dtype: DTypeLike | None = None, *, weights: Array | None = None,
    nan_policy: str = "propagate", keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the harmonic mean, NaN of a negative entry."""
    return _mean_through(
        lambda a: np.reciprocal(_not_negative(a)), np.reciprocal,
        a, axis, dtype, weights, nan_policy, keepdims,
    )  # fmt: skip


@real_composite(scipy.stats.pmean)
def pmean(
    a: Array, p: float, *, axis: Axis = 0, dtype: DTypeLike | None = None,
    weights: Array | None = None, nan_policy: str = "propagate", keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the power mean, NaN of a negative entry; of the power 0 the geometric mean."""
    if np.ndim(p):
        raise ValueError(
            f"expected a number as the power p, got shape {np.shape(p)} at {user_line()}. Call it "
            f"for each power."
        )
    if np.isinf(peek(p)):
        raise NotImplementedError(
            f"expected a finite power p, got {peek(p)} at {user_line()}. Use np.min or np.max."
        )
    if type(p) in (int, float) and p == 0:
        return gmean(a, axis, dtype, weights, nan_policy=nan_policy, keepdims=keepdims)
    return _mean_through(
        lambda a: _not_negative(a) ** p, lambda m: m ** (1 / p),
        a, axis, dtype, weights, nan_policy, keepdims,
    )  # fmt: skip


@real_composite(scipy.stats.gstd)
def gstd(
    a: Array, axis: Axis = 0, ddof: float = 1, *, keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Array:  # fmt: skip
    """Return the geometric standard deviation."""
    check_nan_policy(nan_policy)
    return np.exp(spread(np.log(as_array(a)), axis, ddof, keepdims))


def _inside(a: Array, limits: Limits, inclusive: Inclusive) -> Array:
    """Return which entries lie between limits; NaN lies there, and is no limit."""
    inside = np.ones(np.shape(a), bool)
    low, high = limits or (None, None)
    if low is not None:
        inside = inside & ~(a < low if inclusive[0] else a <= low)
    if high is not None:
        inside = inside & ~(a > high if inclusive[1] else a >= high)
    if limits is None or not a.size:
        return inside
    return checked(inside, ~np.any(inside), message="expected an entry between the limits.")


def _with_nan(found: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    """Return NaN for rows with NaN, also outside of the limits."""
    return np.where(np.any(np.isnan(a), axis=axis, keepdims=keepdims), np.nan, found)


@real_composite(scipy.stats.tmean)
def tmean(
    a: Array, limits: Limits = None, inclusive: Inclusive = (True, True), axis: Axis = None, *,
    nan_policy: str = "propagate", keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the mean of the entries between limits."""
    check_nan_policy(nan_policy)
    a = sample(a)
    found = np.mean(a, axis=axis, where=_inside(a, limits, inclusive), keepdims=keepdims)
    return _with_nan(found, a, axis, keepdims)


@real_composite(scipy.stats.tvar)
def tvar(
    a: Array, limits: Limits = None, inclusive: Inclusive = (True, True), axis: Axis = 0,
    ddof: float = 1, *, nan_policy: str = "propagate", keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the variance of the entries between limits."""
    check_nan_policy(nan_policy)
    a = sample(a)
    inside = _inside(a, limits, inclusive)
    square = np.square(a - np.mean(a, axis=axis, where=inside, keepdims=True))
    number = np.sum(inside, axis=axis, keepdims=keepdims) - ddof
    inside = inside & ~np.isnan(square)  # of infinite entries, whose mean is infinite
    total = np.sum(square, axis=axis, where=inside, keepdims=keepdims)
    is_known = (number > 0) & np.any(inside, axis=axis, keepdims=keepdims)
    found = np.where(is_known, total / np.where(is_known, number, 1).astype(total.dtype), np.nan)
    return _with_nan(found, a, axis, keepdims)


@real_composite(scipy.stats.tstd)
def tstd(
    a: Array, limits: Limits = None, inclusive: Inclusive = (True, True), axis: Axis = 0,
    ddof: float = 1, *, nan_policy: str = "propagate", keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the standard deviation of the entries between limits."""
    return root(tvar(a, limits, inclusive, axis, ddof, nan_policy=nan_policy, keepdims=keepdims))


@real_composite(scipy.stats.tsem)
def tsem(
    a: Array, limits: Limits = None, inclusive: Inclusive = (True, True), axis: Axis = 0,
    ddof: float = 1, *, nan_policy: str = "propagate", keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the standard error of the mean of the entries between limits."""
    a = sample(a)
    size = np.sum(_inside(a, limits, inclusive), axis=axis, keepdims=keepdims)
    found = tstd(a, limits, inclusive, axis, ddof, nan_policy=nan_policy, keepdims=keepdims)
    return found / np.sqrt(size).astype(found.dtype)


def _divisor(scale: Array | str, normal: float) -> Array:
    """Return what a spread is divided by: a number, or that of the normal distribution."""
    if not isinstance(scale, str):
        return scale
    if scale.lower() != "normal":
        raise ValueError(
            f"expected scale to be 'normal' or a number, got {scale!r} at {user_line()}. Pass one "
            f"of these."
        )
    return normal


@real_composite(scipy.stats.iqr)
def iqr(
    x: Array, axis: Axis = None, rng: tuple[float, float] = (25, 75), scale: float | str = 1.0,
    nan_policy: str = "propagate", interpolation: str = "linear", keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the distance of two quantiles."""
    check_nan_policy(nan_policy)
    options: Any = {"axis": axis, "method": interpolation, "keepdims": keepdims}
    x, (low, high) = sample(x), sorted(rng)
    if not count(x, axis):
        return np.mean(x, axis=axis, keepdims=keepdims)
    spread = np.percentile(x, high, **options) - np.percentile(x, low, **options)
    return in_dtype(spread / _divisor(scale, NORMAL_IQR), spread.dtype)


@real_composite(scipy.stats.median_abs_deviation)
def median_abs_deviation(
    x: Array, axis: Axis = 0, center: Function | None = None, scale: float | str = 1.0,
    nan_policy: str = "propagate", *, keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the median distance from the median, or from another center."""
    check_nan_policy(nan_policy)
    if center is not None:
        raise NotImplementedError(
            f"median_abs_deviation of traced values takes no center= (called at {user_line()}). "
            f"Write np.median(np.abs(x - center))."
        )
    x = sample(x)
    away = np.abs(x - np.median(x, axis=axis, keepdims=True))
    found = np.median(away, axis=axis, keepdims=keepdims)
    return found / _divisor(scale, NORMAL_MAD)


def _mean_direction(
    samples: Array, high: float, low: float, axis: Axis, nan_policy: str, keepdims: bool
) -> tuple[Array, Array]:
    """Return the mean cosine and sine of angles."""
    check_nan_policy(nan_policy)
    angles = (sample(samples) - low) * (2 * math.pi / (high - low))
    options: Any = {"axis": axis, "keepdims": keepdims}
    return np.mean(np.cos(angles), **options), np.mean(np.sin(angles), **options)


@real_composite(scipy.stats.circmean)
def circmean(
    samples: Array, high: float = 2 * math.pi, low: float = 0, axis: Axis = None,
    nan_policy: str = "propagate", *, keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the mean of angles: the angle of their mean direction."""
    cosine, sine = _mean_direction(samples, high, low, axis, nan_policy, keepdims)
    angle = np.remainder(np.arctan2(sine, cosine), 2 * math.pi)
    return angle * ((high - low) / (2 * math.pi)) + low


@real_composite(scipy.stats.circvar)
def circvar(
    samples: Array, high: float = 2 * math.pi, low: float = 0, axis: Axis = None,
    nan_policy: str = "propagate", *, keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return 1 minus the length of the mean direction."""
    cosine_sine = _mean_direction(samples, high, low, axis, nan_policy, keepdims)
    return 1 - without_excess(np.hypot(*cosine_sine))


@real_composite(scipy.stats.circstd)
def circstd(
    samples: Array, high: float = 2 * math.pi, low: float = 0, axis: Axis = None,
    nan_policy: str = "propagate", *, normalize: bool = False, keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return √(-2 log R) of the length R of the mean direction."""
    cosine_sine = _mean_direction(samples, high, low, axis, nan_policy, keepdims)
    length = without_excess(np.hypot(*cosine_sine))
    spread = root(-2 * np.log(length))
    return spread if normalize else spread * ((high - low) / (2 * math.pi))


@real_composite(scipy.stats.mode)
def mode(
    a: Array, axis: int | None = 0, nan_policy: str = "propagate", keepdims: bool = False
) -> Any:
    """Return the most frequent entry, whose slope its equals share, and how often it is there."""
    check_nan_policy(nan_policy)
    a = sample(a)
    plain = stop_gradient(a)  # counts of nothing are floats
    found, counts = run_exact(scipy.stats.mode, (plain, axis), {"keepdims": True})
    value = np.mean(a, axis=axis, where=a == found, keepdims=keepdims)
    return type(scipy.stats.mode([0.0]))(value, np.reshape(counts, value.shape))
