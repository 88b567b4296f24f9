"""Power transforms that make samples more normal, and their likelihoods (Box and Cox 1964)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.stats

from autodiff.core.errors import user_line
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.real import real_composite
from autodiff.scipy.special.namespace import special
from autodiff.scipy.stats.sample_moments import check_nan_policy
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
    positive, negative = np.maximum(x, 0.0), np.minimum(x, 0.0)
    z = special.boxcox1p(positive, lmbda) - special.boxcox1p(-negative, 2 - lmbda)
    return z.astype(np.float16) if x.dtype.type is np.float16 else z


def _log_likelihood(
    transformed: Array, log_slopes: Array, axis: int | None, keepdims: bool, dtype: Any,
    log_scale: Array | None = None,
) -> Array:  # fmt: skip
    """Return the log likelihood of normal values, with the slopes of the transform.

    Args:
        transformed: the values.
        log_slopes: the logarithms of the slopes.
        axis: along which they are independent.
        keepdims: whether the result keeps it.
        dtype: of the data.
        log_scale: the logarithm of the variance's unit for each row, or None for 1.
    """
    count = transformed.size if axis is None else transformed.shape[axis]
    spread = np.log(np.var(transformed, axis=axis, keepdims=keepdims))
    if log_scale is not None:
        spread = spread + np.reshape(log_scale, np.shape(spread))
    total = np.sum(log_slopes, axis=axis, keepdims=keepdims) - count / 2 * spread
    return total.astype(np.float16) if dtype.type is np.float16 else total


@real_composite(scipy.stats.boxcox_llf)
def boxcox_llf(
    lmb: Array, data: Array, *, axis: int | None = 0, keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Array:  # fmt: skip
    """Return the log likelihood of a power."""
    check_nan_policy(nan_policy)
    data, lmb = _floats(data), _at_most_double(lmb)
    logs = np.log(data)
    ends = (end(logs, axis=axis, keepdims=True) for end in (np.max, np.min))
    size = stop_gradient(np.where(lmb > 0, *ends))  # of the largest power, which may overflow
    powers = special.boxcox(data / np.exp(size), lmb)
    return _log_likelihood(powers, (lmb - 1) * logs, axis, keepdims, data.dtype, 2 * lmb * size)


@real_composite(scipy.stats.yeojohnson_llf)
def yeojohnson_llf(
    lmb: Array, data: Array, *, axis: int | None = 0, nan_policy: str = "propagate",
    keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the log likelihood of a power."""
    check_nan_policy(nan_policy)
    data, lmb = _floats(data), _at_most_double(lmb)
    slopes = (lmb - 1) * np.sign(data) * np.log1p(np.abs(data))
    return _log_likelihood(yeojohnson(data, lmb), slopes, axis, keepdims, data.dtype)


def _floats(data: Array) -> Array:
    data = as_array(data)
    wide = data if isinstance(data, Tensor) else data.astype(np.float64)
    return _at_most_double(wide)


def _at_most_double(x: Array) -> Array:
    return at_most_double(x, "a power transform") if hasattr(x, "dtype") else x
