"""Power transforms that make samples more normal, and their likelihoods (Box and Cox 1964)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.stats

from autodiff.core.errors import user_line
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.real import real_composite
from autodiff.scipy.single import require_number
from autodiff.scipy.special.namespace import special
from autodiff.scipy.stats.sample_moments import check_nan_policy, count, sample
from autodiff.scipy.widths import at_most_double
from autodiff.transforms.gradients import stop_gradient


def _power(lmbda: Array | None, name: str) -> Array:
    """Return the power.

    Raises:
        NotImplementedError: it is None, and would be fitted.
    """
    if lmbda is None:
        raise NotImplementedError(
            f"{name} of traced values needs its power lmbda (called at {user_line()}). Fit it to "
            f"plain values first, or maximize {name}_llf."
        )
    return lmbda


@real_composite(scipy.stats.boxcox)
def boxcox(x: Array, lmbda: Array | None = None, alpha: Any = None, optimizer: Any = None) -> Array:
    """Return (x**lmbda - 1) / lmbda, and log x for a power of 0."""
    del alpha, optimizer  # of the fit
    return special.boxcox(x, _power(lmbda, "boxcox"))


@real_composite(scipy.stats.yeojohnson)
def yeojohnson(x: Array, lmbda: Array | None = None) -> Array:
    """Return the transform of Yeo and Johnson (2000), which takes negative numbers too."""
    x, lmbda = at_most_double(as_array(x), "yeojohnson"), _power(lmbda, "yeojohnson")
    positive, negative = np.where(x < 0, 0.0, x), np.where(x < 0, x, 0.0)  # no ties at 0
    z = special.boxcox1p(positive, lmbda) - special.boxcox1p(-negative, 2 - lmbda)
    return _in_half(z, x, lmbda)


def _in_half(z: Array, x: Array, lmbda: Array) -> Array:
    """Return z in float16 where SciPy computes in it: x is of float16, and the power no wider."""
    is_half = x.dtype.type is np.float16 and (np.float16(1) * lmbda).dtype == np.float16
    return z.astype(np.float16) if is_half else z


def _log_likelihood(
    log_variance: Array, log_slopes: Array, axis: int | None, keepdims: bool
) -> Array:
    """Return the log likelihood of normal values, with the slopes of the transform.

    Args:
        log_variance: the logarithm of the variance of the transformed values.
        log_slopes: the logarithms of the slopes.
        axis: along which they are independent.
        keepdims: whether the result keeps it.
    """
    count = log_slopes.size if axis is None else log_slopes.shape[axis]
    return np.sum(log_slopes, axis=axis, keepdims=keepdims) - count / 2 * log_variance


@real_composite(scipy.stats.boxcox_llf)
def boxcox_llf(
    lmb: Array, data: Array, *, axis: int | None = 0, keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Array:  # fmt: skip
    """Return the log likelihood of a power."""
    check_nan_policy(nan_policy)
    require_number("boxcox_llf", lmb=lmb)
    data, lmb = _floats(data), _at_most_double(lmb)
    logs = np.log(data)
    if not count(data, axis):
        return np.mean(logs, axis=axis, keepdims=keepdims)
    ends = (end(logs, axis=axis, keepdims=True) for end in (np.max, np.min))
    size = stop_gradient(np.where(lmb > 0, *ends))  # of the largest power, which may overflow
    powers = special.boxcox(data / np.exp(size), lmb)
    log_variance = np.log(np.var(powers, axis=axis, keepdims=keepdims))
    log_variance = log_variance + np.reshape(2 * lmb * size, np.shape(log_variance))
    z = _log_likelihood(log_variance, (lmb - 1) * logs, axis, keepdims)
    return _in_half(z, data, lmb)


@real_composite(scipy.stats.yeojohnson_llf)
def yeojohnson_llf(
    lmb: Array, data: Array, *, axis: int | None = 0, nan_policy: str = "propagate",
    keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the log likelihood of a power."""
    check_nan_policy(nan_policy)
    require_number("yeojohnson_llf", lmb=lmb)
    data, lmb = _floats(data), _at_most_double(lmb)
    logs = np.log1p(np.where(data < 0, -data, data))
    slopes = (lmb - 1) * np.where(data < 0, -logs, logs)  # smooth at 0, unlike sign and abs
    variance = np.var(yeojohnson(data, lmb), axis=axis, keepdims=keepdims)
    is_usable = variance >= np.finfo(variance.dtype).smallest_normal  # not tiny, nor NaN
    log_variance = np.where(is_usable, np.log(np.where(is_usable, variance, 1)), -np.inf)
    return _in_half(_log_likelihood(log_variance, slopes, axis, keepdims), data, lmb)


def _floats(data: Array) -> Array:
    data = sample(data)
    return _at_most_double(data if data.dtype.kind == "f" else data.astype(np.float64))


def _at_most_double(x: Array) -> Array:
    return at_most_double(x, "a power transform") if hasattr(x, "dtype") else x
