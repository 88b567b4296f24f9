"""Bessel functions, of real order, in their arguments and in the order (DLMF chapter 10).

Their slopes in the argument are those of DLMF 10.6.1 and 10.29.1, which have no pole at 0: for J, Y
and both Hankel functions half the difference of the neighbors in order, for I and K half their sum.
The same holds for their derivatives in the order, which are those of a polynomial in it.
"""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import Primitive, derivative, primitive
from autodiff.core.typing import Array, Function
from autodiff.scipy.special.chebyshev import partial_derivative
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.whole import whole

__all__ = ["reach_of_order"]


def _scaled_by_real_part(g: Array, z: Array, x: Array, slope: Array) -> Array:
    """Return the slope of exp(-|Re x|) f(x) from that of f, which is scaled too."""
    return g * slope - np.real(g * z) * np.sign(np.real(x))


def _scaled_by_imaginary_part(g: Array, z: Array, x: Array, slope: Array) -> Array:
    """Return the slope of exp(-|Im x|) f(x) from that of f, which is scaled too."""
    if not np.iscomplexobj(x):
        return g * slope
    return g * slope + 1j * np.real(g * z) * np.sign(np.imag(x))


def _difference(f: Function, v: Array, x: Array) -> Array:
    """Return the slope of J, Y and the Hankel functions."""
    return 0.5 * (f(v - 1.0, x) - f(v + 1.0, x))


def _sum(f: Function, v: Array, x: Array) -> Array:
    """Return the slope of I; with a minus, that of K."""
    return 0.5 * (f(v - 1.0, x) + f(v + 1.0, x))


def reach_of_order(v: Array, x: Array) -> tuple[Array]:
    """Return how far the order may be moved: the functions are about (2v / x)^v for large orders.

    At 0 the number is that of the smallest float.
    """
    rate = np.abs(np.log(2 * (np.abs(v) + 1) / np.abs(x)))
    return (1 / (2 + np.minimum(rate, 750.0)),)


def _with_order(function: Function, in_x: Function) -> None:
    """Define the slopes of a function of order and argument.

    Args:
        function: f(v, x).
        in_x: its rule for x, which takes the function as a further argument; the rule is linear, so
            that it is also that of the derivatives in v.
    """

    def evaluate(v: Array, x: Array, *, order: int) -> Array:
        """Return a derivative in the order."""
        return partial_derivative(function, (order,), reach_of_order, (v, x))

    evaluate.__name__ = f"{function.__name__}_in_order"
    in_order = primitive(evaluate)
    derivative(
        in_order,
        v=lambda g, z, v, x, *, order: g * in_order(v, x, order=order + 1),
        x=lambda g, z, v, x, *, order: in_x(
            g, z, v, x, lambda v, x: in_order(v, x, order=order)
        ),
    )  # fmt: skip
    derivative(
        function,
        v=lambda g, z, v, x: g * in_order(v, x, order=1),
        x=lambda g, z, v, x: in_x(g, z, v, x, function),
    )


def _derivatives_with_order(function: Function) -> None:
    """Define the slopes of the n-th derivative of a function of order and argument."""

    def evaluate(v: Array, z: Array, *, n: int, order: int) -> Array:
        """Return a derivative in the order."""
        return partial_derivative(lambda v, z: function(v, z, n), (order,), reach_of_order, (v, z))

    evaluate.__name__ = f"{function.__name__}_in_order"
    in_order = primitive(evaluate)
    derivative(
        in_order,
        v=lambda g, z, v, z_, *, n, order: g * in_order(v, z_, n=n, order=order + 1),
        z_=lambda g, z, v, z_, *, n, order: g * in_order(v, z_, n=n + 1, order=order),
    )
    nth: Primitive = derivative(
        function,
        v=lambda g, z, v, z_, *, n=1: g * in_order(v, z_, n=n, order=1),
        z_=lambda g, z, v, z_, *, n=1: g * nth(v, z_, n=n + 1),
    )


# fmt: off
derivative(special.j0,  x=lambda g, z, x: -g * special.j1(x))
derivative(special.j1,  x=lambda g, z, x: 0.5 * g * (special.j0(x) - special.jv(2, x)))
derivative(special.y0,  x=lambda g, z, x: -g * special.y1(x))
derivative(special.y1,  x=lambda g, z, x: 0.5 * g * (special.y0(x) - special.yn(2, x)))
derivative(special.i0,  x=lambda g, z, x: g * special.i1(x))
derivative(special.i1,  x=lambda g, z, x: 0.5 * g * (special.i0(x) + special.iv(2, x)))
derivative(special.k0,  x=lambda g, z, x: -g * special.k1(x))
derivative(special.k1,  x=lambda g, z, x: -0.5 * g * (special.k0(x) + special.kn(2, x)))
derivative(special.i0e, x=lambda g, z, x: _scaled_by_real_part(g, z, x, special.i1e(x)))
derivative(special.i1e, x=lambda g, z, x: _scaled_by_real_part(
                            g, z, x, 0.5 * (special.i0e(x) + special.ive(2, x))))
derivative(special.k0e, x=lambda g, z, x: g * (z - special.k1e(x)))
derivative(special.k1e, x=lambda g, z, x: g * (z - 0.5 * (special.k0e(x) + special.kve(2, x))))
derivative(special.yn,  x=lambda g, z, n, x: g * _difference(special.yv, whole(n), x), n=None)
derivative(special.kn,  x=lambda g, z, n, x: -g * _sum(special.kv, whole(n), x), n=None)
_with_order(special.jv,  lambda g, z, v, x, f: g * _difference(f, v, x))
_with_order(special.yv,  lambda g, z, v, x, f: g * _difference(f, v, x))
_with_order(special.iv,  lambda g, z, v, x, f: g * _sum(f, v, x))
_with_order(special.kv,  lambda g, z, v, x, f: -g * _sum(f, v, x))
_with_order(special.ive, lambda g, z, v, x, f: _scaled_by_real_part(g, z, x, _sum(f, v, x)))
_with_order(special.kve, lambda g, z, v, x, f: g * (z - _sum(f, v, x)))
_with_order(special.jve, lambda g, z, v, x, f: _scaled_by_imaginary_part(
                             g, z, x, _difference(f, v, x)))
_with_order(special.yve, lambda g, z, v, x, f: _scaled_by_imaginary_part(
                             g, z, x, _difference(f, v, x)))
_with_order(special.hankel1,  lambda g, z, v, x, f: g * _difference(f, v, x))
_with_order(special.hankel2,  lambda g, z, v, x, f: g * _difference(f, v, x))
_with_order(special.hankel1e, lambda g, z, v, x, f: g * (_difference(f, v, x) - 1j * z))
_with_order(special.hankel2e, lambda g, z, v, x, f: g * (_difference(f, v, x) + 1j * z))
# fmt: on
for _function in ("jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp"):
    _derivatives_with_order(getattr(special, _function))
