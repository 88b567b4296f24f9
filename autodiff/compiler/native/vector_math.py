"""Functions of single numbers that loops over arrays can compute eight at a time.

The text of this file is part of the generated modules that need it. Calls of the C library keep a
loop from being vectorized; these are arithmetic alone. The polynomials are those of the Cephes
library (S. L. Moshier, expf.c and tanhf.c); the errors are at most 1.5 units in the last place.
"""

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic


@intrinsic
def as_float32(typing_context: Any, bits: Any) -> Any:
    """Return the float32 with the bits of an int32."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(types.float32))

    return types.float32(types.int32), generate


@njit(inline="always", error_model="numpy")
def exp32(x: Any) -> Any:
    """Return eˣ as 2ᵏ · eʳ, where r is at most ln 2 / 2."""
    y = min(max(x, np.float32(-104.0)), np.float32(89.0))
    k = np.floor(y * np.float32(1.44269504) + np.float32(0.5))
    r = (y - k * np.float32(0.693359375)) - k * np.float32(-2.12194440e-4)
    p = np.float32(1.9875691500e-4)
    p = p * r + np.float32(1.3981999507e-3)
    p = p * r + np.float32(8.3334519073e-3)
    p = p * r + np.float32(4.1665795894e-2)
    p = p * r + np.float32(1.6666665459e-1)
    p = p * r + np.float32(5.0000001201e-1)
    p = p * r * r + r + np.float32(1.0)
    whole = np.int32(k)
    half = whole >> np.int32(1)  # 2ᵏ in two factors, neither of which overflows
    low = as_float32(np.int32((half + np.int32(127)) << np.int32(23)))
    high = as_float32(np.int32((whole - half + np.int32(127)) << np.int32(23)))
    return p * low * high if x == x else x


@njit(inline="always", error_model="numpy")
def tanh32(x: Any) -> Any:
    """Return tanh x: a polynomial near 0, and (1 − e⁻²ˣ) / (1 + e⁻²ˣ) elsewhere."""
    a = abs(x)
    e = exp32(np.float32(-2.0) * a)
    far = (np.float32(1.0) - e) / (np.float32(1.0) + e)
    s = x * x
    p = np.float32(-5.70498872745e-3)
    p = p * s + np.float32(2.06390887954e-2)
    p = p * s + np.float32(-5.37397155531e-2)
    p = p * s + np.float32(1.33314422036e-1)
    p = p * s + np.float32(-3.33332819422e-1)
    near = x * (np.float32(1.0) + p * s)
    return near if a < np.float32(0.625) else (far if x > 0 else -far)
