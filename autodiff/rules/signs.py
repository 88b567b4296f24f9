"""The sign: constant for real numbers, a point on the unit circle for complex ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import peek
from autodiff.core.typing import Array
from autodiff.rules.composite import composite

__all__ = ["sign_of_complex", "sign_of_real"]

constant(np.sign)
sign_of_real = registry[np.sign]


@primitive
def sign_of_complex(x: Array) -> Array:
    """Return x / |x|, and 0 for 0."""
    return np.sign(x)


def _turned(g: Array, z: Array, x: Array) -> Array:
    """Return the part of g that turns x, relative to the size of x; 0 at 0."""
    size = np.abs(x)
    return np.where(x == 0, 0, g - np.real(g * z) * np.conjugate(z)) / np.where(size == 0, 1, size)


sign_of_complex.name = "sign"
derivative(sign_of_complex, x=_turned)


@composite(np.sign, exact=True)
def sign(x: Array, **options: Any) -> Array:
    """Return the sign; that of a complex number has a slope, across its direction."""
    return sign_of_complex(x) if np.iscomplexobj(peek(x)) else sign_of_real(x, **options)
