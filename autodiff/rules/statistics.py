"""Averages and their kin, written with other functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.primitive import composite
from autodiff.rules.reduce import Axis


@composite(np.ptp)
def ptp(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The range: from the least entry to the greatest."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@composite(np.average)
def average(
    a: Any, axis: Axis = None, weights: Any = None, returned: bool = False, *,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """The mean, where entries may weigh differently."""
    if returned:
        z = average(a, axis, weights, keepdims=keepdims)
        total = np.ones(np.shape(a), a.dtype) if weights is None else weights
        total = np.sum(np.broadcast_to(total, np.shape(a)), axis=axis, keepdims=keepdims)
        return z, np.broadcast_to(total, z.shape)
    if weights is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    if np.shape(weights) != np.shape(a):
        if not isinstance(axis, int) or np.shape(weights) != (a.shape[axis],):
            raise ValueError(
                f"average needs weights of the shape of a, {np.shape(a)}, or one per position "
                f"along one axis; got weights of shape {np.shape(weights)} with axis={axis}"
            )
        weights = np.expand_dims(weights, tuple(range(1, a.ndim - axis % a.ndim)))
        weights = np.broadcast_to(weights, a.shape)
    total = np.sum(a * weights, axis=axis, keepdims=keepdims)
    return total / np.sum(weights, axis=axis, keepdims=keepdims)


@composite(np.cov)
def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None,
    fweights: Any = None, aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """The covariances of variables, which are rows, over observations, which are columns."""
    rows = _variables(m, rowvar)
    if y is not None:
        rows = np.concatenate([rows, _variables(y, rowvar)])
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise TypeError(f"covariances are floats, got dtype={dtype}")
    rows = rows.astype(np.result_type(rows.dtype, float) if dtype is None else dtype)
    ddof = (0 if bias else 1) if ddof is None else ddof
    if ddof != int(ddof):
        raise ValueError(f"cov's ddof is a whole number, got {ddof}")
    n = rows.shape[1]
    if fweights is None and aweights is None:
        away = rows - np.mean(rows, axis=1, keepdims=True)
        return np.squeeze(np.matmul(away, np.conjugate(away).T) / max(n - ddof, 0))
    repeats = np.ones(n) if fweights is None else np.asarray(fweights)
    weights = repeats if aweights is None else repeats * aweights
    total = np.sum(weights)
    center = np.sum(rows * weights, axis=1, keepdims=True) / total
    away = (rows - center).astype(rows.dtype)
    lost = ddof if aweights is None else ddof * np.sum(weights * aweights) / total
    return np.squeeze(np.matmul(away, np.conjugate(away * weights).T) / (total - lost))


def _variables(m: Any, rowvar: bool) -> Any:
    rows = np.atleast_2d(m)
    return rows.T if not rowvar and np.ndim(m) == 2 else rows


@composite(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """The covariances of variables, each in units of its own standard deviation."""
    c = np.cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviations = np.sqrt(np.real(np.diagonal(c)))
    c = c / deviations[:, None] / deviations[None, :]
    if c.dtype.kind != "c":
        return np.clip(c, -1, 1)
    return np.clip(np.real(c), -1, 1) + 1j * np.clip(np.imag(c), -1, 1)
