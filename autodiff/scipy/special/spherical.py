"""Spherical Bessel functions (DLMF 10.47), whose slopes mix the neighbors in order (10.51.2)."""

from __future__ import annotations

from autodiff.core.primitive import Primitive, derivative
from autodiff.core.typing import Array, Function
from autodiff.rules.operands import as_array
from autodiff.scipy.special.namespace import special


def _slope(f: Primitive, n: Array, x: Array, sign: float, order: bool) -> Array:
    """Return (n f(n-1) ± (n+1) f(n+1)) / (2n + 1); the same if f itself is a derivative."""
    n = as_array(n).astype(int)  # as SciPy truncates it
    lower, upper = f(n - (n > 0), x, derivative=order), f(n + 1, x, derivative=order)
    return (n * lower + sign * (n + 1) * upper) / (2 * n + 1)


def _define(function: Function, scale: float, sign: float) -> None:
    itself: Primitive = derivative(
        function,
        n=None,
        z_=lambda g, z, n, z_, *, derivative=False: (
            scale * g * _slope(itself, n, z_, sign, derivative)
        ),
    )


_define(special.spherical_jn, 1.0, -1.0)
_define(special.spherical_yn, 1.0, -1.0)
_define(special.spherical_in, 1.0, 1.0)
_define(special.spherical_kn, -1.0, 1.0)
