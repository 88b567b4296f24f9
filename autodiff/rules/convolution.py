"""Convolutions and correlations of vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array


@composite(np.convolve)
def convolve(a: Array, v: Array, mode: Any = "full") -> Array:
    """Return the convolution of two vectors."""
    a, v = np.atleast_1d(as_array(a), as_array(v))
    if len(v) > len(a):
        a, v = v, a
    n, m = len(a), len(v)
    if not m:
        raise ValueError(
            f"convolve needs two non-empty vectors, got {n} and {m} entries. Check that none "
            f"is empty."
        )
    whole = convolved(a, v)
    if mode in ("full", 2):
        return whole
    if mode in ("same", 1):
        return whole[(m - 1) // 2 : (m - 1) // 2 + n]
    if mode in ("valid", 0):
        return whole[m - 1 : n]
    raise ValueError(
        f"convolve and correlate need the mode 'full', 'same' or 'valid', got {mode!r} at "
        f"{user_line()}. Pass one of these."
    )


@primitive
def convolved(a: Array, v: Array) -> Array:
    """Return the full convolution of two vectors, wherever they overlap."""
    return np.convolve(a, v)


convolved.name = "convolve"
derivative(
    convolved,
    a=lambda g, z, a, v: np.correlate(g, np.conjugate(v), "valid"),
    v=lambda g, z, a, v: np.correlate(g, np.conjugate(a), "valid"),
)


@composite(np.correlate)
def correlate(a: Array, v: Array, mode: Any = "valid") -> Array:
    """Return the cross-correlation of one vector with the other, conjugated."""
    a, v = as_array(a), as_array(v)
    if np.ndim(a) != 1 or np.ndim(v) != 1:
        raise ValueError(
            f"correlate needs two vectors, got shapes {np.shape(a)} and {np.shape(v)}. Flatten "
            f"them: a.ravel()."
        )
    if len(v) > len(a):
        return np.conjugate(correlate(v, a, mode)[::-1])
    return np.convolve(a, np.conjugate(v)[::-1], mode)
