"""Statistics: ranges, averages, covariances and counts."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.core.errors import user_level, user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.registry import handler
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Axis
from autodiff.rules.composite import composite
from autodiff.rules.data_dependent import compare_with_recording
from autodiff.rules.operands import as_array, in_dtype

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


@composite(np.ptp)
def ptp(a: Array, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """Return the range: the difference of the largest and the smallest entry."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@composite(np.average)
def average(
    a: Array, axis: Axis = None, weights: Array | None = None, returned: bool = False, *,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the weighted mean; with ``returned=True`` the sum of the weights as well."""
    a = as_array(a)
    axes = None if axis is None else normalize_axis_tuple(axis, a.ndim, "axis")
    axis = axis if type(axis) is int else axes  # which may be anything that counts as one
    if weights is None:
        z = np.mean(a, axis=axis, keepdims=keepdims)
        if not z.size:
            raise ZeroDivisionError(
                f"average needs at least one entry, got none at {user_line()}. Check that the "
                f"array isn't empty."
            )
        total = z.dtype.type(a.size / z.size)
    else:
        weights = _beside(as_array(weights), a.shape, axes)
        whole = [float] if a.dtype.kind in "biu" else []
        dtype = np.result_type(a.dtype, weights.dtype, *whole)
        weights = in_dtype(weights, dtype)
        total = not_zero(np.sum(weights, axis=axis, keepdims=keepdims))
        z = np.sum(in_dtype(a, dtype) * weights, axis=axis, keepdims=keepdims) / total
    if np.shape(total) != z.shape:
        total = np.broadcast_to(total, z.shape).copy()
    return (z, total) if returned else z


def _beside(weights: Array, shape: tuple[int, ...], axes: tuple[int, ...] | None) -> Array:
    """Return weights that broadcast to a shape, given in that shape or along some of its axes."""
    if weights.shape == shape:
        return weights
    if axes is None:
        raise TypeError(
            f"average needs axis= for weights of another shape than a's, {shape}, got weights of "
            f"shape {weights.shape} at {user_line()}. Name the axes that they lie along."
        )
    along = tuple(shape[axis] for axis in axes)
    if weights.shape != along:
        raise ValueError(
            f"average needs weights of the shape of a, {shape}, or along axis={axes}, {along}, got "
            f"weights of shape {weights.shape} at {user_line()}. Reshape them."
        )
    if len(axes) > 1:
        weights = np.transpose(weights, np.argsort(axes))
    return np.reshape(weights, tuple(n if i in axes else 1 for i, n in enumerate(shape)))


@primitive
def not_zero(total: Array) -> Array:
    """Return a sum of weights; raise a ZeroDivisionError if it is 0."""
    if np.any(np.asarray(total) == 0):
        raise ZeroDivisionError("weights sum to zero, can't be normalized")
    return np.array(total)[()]


derivative(not_zero, total=lambda g, z, total: g)


@composite(np.cov)
def cov(
    m: Array, y: Array | None = None, rowvar: bool = True, bias: bool = False,
    ddof: int | None = None, fweights: Array | None = None, aweights: Array | None = None, *,
    dtype: DTypeLike | None = None,
) -> Array:  # fmt: skip
    """Return the covariances of variables, which are rows, over observations, which are columns."""
    rows = _variables(m, rowvar)
    if not rows.shape[0]:
        return np.zeros((0, 0))
    if y is not None:
        is_row = np.ndim(y) == 2 and np.shape(y)[0] == 1  # of one variable, to NumPy
        rows = np.concatenate([rows, _variables(y, rowvar or is_row)])
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise TypeError(
            f"expected a float dtype for covariances, got dtype={dtype} at {user_line()}. Leave it "
            f"out."
        )
    rows = rows.astype(np.result_type(rows.dtype, float) if dtype is None else dtype)
    ddof = (1 if bias == 0 else 0) if ddof is None else ddof
    if ddof != int(ddof):
        raise ValueError(f"cov needs a whole number as ddof, got {ddof}. Pass 0 or 1.")
    n = rows.shape[1]
    if fweights is None and aweights is None:
        away = rows - np.mean(rows, axis=1, keepdims=True)
        return np.squeeze(np.matmul(away, np.conjugate(away).T) * _one_by(n - ddof))
    np.cov(np.zeros(n), ddof=0, fweights=peek(fweights), aweights=peek(aweights))  # checks weights
    repeats = np.ones(n) if fweights is None else in_dtype(fweights, np.dtype(float))
    if aweights is not None:
        aweights = in_dtype(aweights, np.dtype(float))
    weights = repeats if aweights is None else repeats * aweights
    total = not_zero(np.sum(in_dtype(weights, np.result_type(rows.real.dtype, float))))
    center = np.sum(rows * weights, axis=1, keepdims=True) / total
    away = (rows - center).astype(rows.dtype)
    lost = ddof if aweights is None else ddof * np.sum(weights * aweights) / total
    products = np.matmul(away, np.conjugate(away * weights).T)
    return np.squeeze(products * _one_by(total - lost))


def _one_by(count: Array) -> Array:
    """Return 1 / count, in float64 or longdouble as in NumPy; 0 at least.

    It is weak in type promotion, a Python float, for a plain count of at most 64 bits.
    """
    if isinstance(count, Tensor):
        return 1 / np.maximum(count, 0)
    if count <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=user_level())
        count = 0
    with np.errstate(divide="ignore"):
        factor = np.true_divide(1, count)
    return factor if factor.dtype.itemsize > 8 else float(factor)


def _variables(m: Array, rowvar: bool) -> Array:
    rows = np.atleast_2d(m)
    if np.ndim(rows) > 2:
        raise ValueError(
            f"covariances need variables in rows or columns, got the shape {np.shape(m)} at "
            f"{user_line()}. Reshape it to two axes."
        )
    return rows.T if not rowvar and np.ndim(m) == 2 else rows


@composite(np.corrcoef)
def corrcoef(
    x: Array, y: Array | None = None, rowvar: bool = True, *, dtype: DTypeLike | None = None
) -> Array:
    """Return the covariances of variables, each in units of its own standard deviation."""
    c = np.cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviations = np.sqrt(np.real(np.diagonal(c)))
    c = c / deviations[:, None] / deviations[None, :]
    if c.dtype.kind != "c":
        return without_excess(c)
    return without_excess(np.real(c)) + 1j * without_excess(np.imag(c))


def without_excess(c: Array) -> Array:
    """Return correlations without what rounding puts beyond ±1, a constant: ``clip`` cuts slopes.

    More than that, after an underflow of deviations, has no slope.

    >>> without_excess(np.array([0.5, 1 + 2**-52, np.inf]))
    array([0.5, 1. , 1. ])
    """
    unit = float(np.finfo(c.dtype).eps)  # of numbers from 1 to 2
    excess = np.rint(np.minimum(np.abs(c) - 1, 1) / unit) * unit
    is_rounding = excess < 0.5
    return np.where(is_rounding, c - np.sign(c) * np.where(excess > 0, excess, 0), np.sign(c))


derivative(
    np.bincount,
    lambda x, weights, minlength=0: np.bincount(
        x if np.size(x) else np.zeros(np.shape(x), int), weights, minlength
    ),
    x=None,
    weights=lambda g, z, x, weights, *, minlength=0: (  # without positions, NumPy takes any
        handler(np.take)(g, x) if np.size(x) else np.zeros_like(weights)
    ),
)
compare_with_recording(np.bincount, by_first=True)
