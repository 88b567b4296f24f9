"""The logarithm of a sum of exponentials, and its slope, the softmax (Blanchard et al. 2021)."""

from __future__ import annotations

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Axis
from autodiff.scipy.special.namespace import special


def _kept(reduced: Array, axis: Axis, keepdims: bool, a: Array) -> Array:
    """Give a result back the axes that it was summed over, with length 1."""
    if keepdims:
        return reduced
    if axis is None:
        return np.reshape(reduced, (1,) * np.ndim(a))
    return np.expand_dims(reduced, axis)


def _terms(
    g: Array, z: Array, a: Array, b: Array | None, axis: Axis, keepdims: bool, return_sign: bool
) -> Array:
    """Return the cotangent of the sum, times the exponentials: Σ has the slope 1/Σ in log |Σ|.

    Where the sum is 0, the slope is 0, as PyTorch has it.
    """
    if return_sign:
        if np.result_type(peek(a), 1.0 if b is None else peek(b)).kind == "c":
            raise NotImplementedError(
                f"logsumexp of complex traced values doesn't support return_sign=True at "
                f"{user_line()}. Leave it out: the result is complex."
            )
        z, sign = z
        g = g[0] * sign
    g, z = (_kept(part, axis, keepdims, a) for part in (g, z))
    exponents = a if b is None else np.where(b == 0, np.real(z), a)
    return g * np.exp(exponents - np.where(np.real(z) == -np.inf, 0.0, z))


def _slope(
    g: Array, z: Array, a: Array, b: Array | None,
    *, axis: Axis = None, keepdims: bool = False, return_sign: bool = False,
) -> Array:  # fmt: skip
    terms = _terms(g, z, a, b, axis, keepdims, return_sign)
    return terms if b is None else b * terms


def _slope_of_weights(
    g: Array, z: Array, a: Array, b: Array | None,
    *, axis: Axis = None, keepdims: bool = False, return_sign: bool = False,
) -> Array:  # fmt: skip
    del b  # a weight of 0 has a slope too
    return _terms(g, z, a, None, axis, keepdims, return_sign)


derivative(special.logsumexp, a=_slope, b=_slope_of_weights)
derivative(
    special.softmax,
    x=lambda g, z, x, *, axis=None: z * (g - np.sum(g * z, axis=axis, keepdims=True)),
)
derivative(
    special.log_softmax,
    x=lambda g, z, x, *, axis=None: g - np.exp(z) * np.sum(g, axis=axis, keepdims=True),
)
