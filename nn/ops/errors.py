"""The error function, its complement and its inverse; how well images agree."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn import primitives
from nn.ops.arrays import as_array, cast_to, floats, promoted
from nn.ops.operation import operation


@operation
def erf(x: Array) -> Array:
    """Compute the error function 2/√π ∫₀ˣ exp(−t²) dt."""
    return primitives.erf(floats(x))


@operation
def erfc(x: Array) -> Array:
    """Compute 1 − `erf`, without its rounding error. It needs SciPy."""
    from autodiff.scipy.special import erfc as complement  # SciPy is optional

    x = floats(x)
    return cast_to(complement(x), x.dtype)


@operation
def erfinv(x: Array) -> Array:
    """Compute the inverse of `erf`. It needs SciPy."""
    from autodiff.scipy.special import erfinv as inverse  # SciPy is optional

    x = floats(x)
    return cast_to(inverse(x), x.dtype)


@operation
def psnr(x1: Array, x2: Array, max_val: float) -> Array:
    """Return the peak signal-to-noise ratio in decibels: 10 · log10(max² / mean square error).

    Args:
        x1: numbers, such as images.
        x2: of the same shape.
        max_val: the largest number that there may be.
    """
    x1, x2 = promoted(floats(x1), floats(x2))
    largest = as_array(max_val).astype(x1.dtype)
    return 20.0 * np.log10(largest) - 10.0 * np.log10(np.mean(np.square(x1 - x2)))
