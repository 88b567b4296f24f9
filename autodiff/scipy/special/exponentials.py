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


def _slopes(
    g: Array, z: Array, a: Array, b: Array | None, axis: Axis, keepdims: bool, return_sign: bool
) -> tuple[Array, Array]:
    """Return the slopes in a and b: Σ has the slope 1/Σ in log |Σ|.

    Where the sum is 0, they are 0, as PyTorch has them. The exponentials of a - z add up to ±1 but
    for the rounding of z, by which they are divided.
    """
    if return_sign:
        if np.result_type(peek(a), 1.0 if b is None else peek(b)).kind == "c":
            raise NotImplementedError(
                f"logsumexp of complex traced values doesn't support return_sign=True at "
                f"{user_line()}. Leave it out: the result is complex."
            )
        g, z = g[0], z[0]
    g, z = (_kept(part, axis, keepdims, a) for part in (g, z))
    shift, weights = np.where(np.real(z) == -np.inf, 0.0, z), 1.0 if b is None else b
    shares = weights * np.exp(np.where(weights == 0, np.real(z), a) - shift)
    total = np.sum(shares, axis=axis, keepdims=True)
    g = g / np.where(total == 0, 1.0, total)
    return g * shares, g * np.exp(a - shift)


def _slope(
    g: Array, z: Array, a: Array, b: Array | None,
    *, axis: Axis = None, keepdims: bool = False, return_sign: bool = False,
) -> Array:  # fmt: skip
    return _slopes(g, z, a, b, axis, keepdims, return_sign)[0]


def _slope_of_weights(
    g: Array, z: Array, a: Array, b: Array | None,
    *, axis: Axis = None, keepdims: bool = False, return_sign: bool = False,
) -> Array:  # fmt: skip
    return _slopes(g, z, a, b, axis, keepdims, return_sign)[1]


derivative(special.logsumexp, a=_slope, b=_slope_of_weights)
derivative(
    special.softmax,
    x=lambda g, z, x, *, axis=None: z * (g - np.sum(g * z, axis=axis, keepdims=True)),
)
derivative(
    special.log_softmax,
    x=lambda g, z, x, *, axis=None: g - np.exp(z) * np.sum(g, axis=axis, keepdims=True),
)
