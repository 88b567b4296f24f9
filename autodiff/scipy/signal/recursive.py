"""Recursive filters: ``lfilter``, what starts it, and its inverse ``deconvolve``.

With polynomials in the delay, the output y of a filter of the input x solves

    a · y = b · x + a₀ zi         over the samples,
    a₀ zf = b · x + a₀ zi - a · y   after them,

where zi and zf are the states before and after. The cotangent r of the right side is that of y,
filtered backwards by 1/a. It leads to all slopes: those of b and a are sums of products of r with
the delayed x and y.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.tensor import plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, promoted
from autodiff.scipy.borders import extended
from autodiff.scipy.signal.convolution import convolve
from autodiff.scipy.sliding import lags

__all__ = ["along", "lfilter", "steady_state"]

ONE = np.ones(1)
ONE.setflags(write=False)


def along(x: Array, part: slice, axis: int) -> Array:
    """Return a slice along one axis."""
    return x[(slice(None),) * (axis % x.ndim) + (part,)]


def _backwards(b: Array, a: Array, g: Array, axis: int) -> Array:
    """Filter from the last sample to the first: the transpose of the filter."""
    return np.flip(lfilter(b, a, np.flip(g, axis), axis), axis)


def _right_side(g: Array, a: Array, zi: Array | None, axis: int) -> Array:
    """Return the cotangent of the right side, over the samples and after them."""
    if zi is None:
        return _backwards(ONE, a, g, axis)
    g, after = g
    after = after / a[0]
    tail = np.concatenate([np.zeros_like(g), after], axis)
    g = g - along(_backwards(a, ONE, tail, axis), slice(g.shape[axis]), axis)
    return np.concatenate([_backwards(ONE, a, g, axis), after], axis)


def _lags(r: Array, x: Array, count: int, axis: int) -> Array:
    """Return Σ r[n + k] x[n] over all samples, for k < count."""
    if not x.size:
        return np.zeros(count, r.dtype)
    missing = x.shape[axis] + count - 1 - r.shape[axis]
    if missing > 0:
        widths = [(0, missing if i == axis % r.ndim else 0) for i in range(r.ndim)]
        r = extended(r, widths=widths, mode="constant")
    r = along(r, slice(x.shape[axis] + count - 1), axis)
    return np.reshape(lags(r, x), -1)


def _slope_of_input(
    g: Array, z: Array, b: Array, a: Array, x: Array, zi: Array | None, *, axis: int = -1
) -> Array:
    del z
    b, a = np.atleast_1d(b, a)
    if zi is None:
        return _backwards(b, a, g, axis)
    r = _right_side(g, a, zi, axis)
    return along(_backwards(b, ONE, r, axis), slice(x.shape[axis]), axis)


def _slope_of_numerator(
    g: Array, z: Array, b: Array, a: Array, x: Array, zi: Array | None, *, axis: int = -1
) -> Array:
    del z
    b, a = np.atleast_1d(b, a)
    return _lags(_right_side(g, a, zi, axis), x, len(b), axis)


def _slope_of_denominator(
    g: Array, z: Array, b: Array, a: Array, x: Array, zi: Array | None, *, axis: int = -1
) -> Array:
    del b, x
    a = np.atleast_1d(a)
    r = _right_side(g, a, zi, axis)
    if zi is None:
        return -_lags(r, z, len(a), axis)
    y, zf = z
    first = np.sum(along(r, slice(zi.shape[axis]), axis) * zi) - np.sum(g[1] * zf) / a[0]
    return np.concatenate([[first], np.zeros(len(a) - 1)]) - _lags(r, y, len(a), axis)


def _slope_of_state(
    g: Array, z: Array, b: Array, a: Array, x: Array, zi: Array, *, axis: int = -1
) -> Array:
    del z, x
    b, a = np.atleast_1d(b, a)
    r = _right_side(g, a, zi, axis)
    return a[0] * along(r, slice(zi.shape[axis]), axis)


lfilter = derivative(
    scipy.signal.lfilter,
    b=_slope_of_numerator,
    a=_slope_of_denominator,
    x=_slope_of_input,
    zi=_slope_of_state,
)


@composite(scipy.signal.lfilter_zi)
def lfilter_zi(b: Array, a: Array) -> Array:
    """Return the initial state with which the response of a filter to a step is constant."""
    b, a = np.atleast_1d(as_array(b), as_array(a))
    if max(b.ndim, a.ndim) > 1 or not len(a):
        scipy.signal.lfilter_zi(plain(b), plain(a))  # raises an error
    first = next((i for i, x in enumerate(plain(a)) if x), len(a) - 1)
    return steady_state(b, a[first:])


def steady_state(b: Array, a: Array) -> Array:
    """Return the state in which the response of a filter to a step is constant; a[0] isn't 0."""
    b, a = promoted(b / a[0], a / a[0])
    length = max(len(a), len(b))
    if length < 2:
        raise ValueError(
            f"expected a filter of two or more coefficients, got b and a of one at {user_line()}. "
            f"It has no state: multiply by b / a."
        )
    if a.dtype == np.float16:
        raise TypeError(
            f"expected a filter in float32 or float64, got float16 at {user_line()}. Convert it: "
            f"b.astype(np.float32)."
        )
    b, a = (np.pad(x, (0, length - len(x))) for x in (b, a))
    rest = b[1:] - a[1:] * b[0]
    start = np.sum(rest) / np.sum(a)
    before = np.concatenate([np.zeros(1, rest.dtype), np.cumsum(rest)[:-1]])
    return np.cumsum(a)[:-1] * start - before


@composite(scipy.signal.deconvolve)
def deconvolve(signal: Array, divisor: Array) -> tuple[Any, Array]:
    """Return the quotient and the remainder of one polynomial by another."""
    signal, divisor = np.atleast_1d(as_array(signal), as_array(divisor))
    if np.ndim(signal) > 1 or np.ndim(divisor) > 1:
        raise ValueError(
            f"deconvolve needs two vectors, got shapes {np.shape(signal)} and {np.shape(divisor)}. "
            f"Flatten them: x.ravel()."
        )
    count = len(signal) - len(divisor) + 1
    if count < 1:
        return [], signal
    impulse = np.zeros(count)
    impulse[0] = 1.0
    quotient = lfilter(signal, divisor, impulse)
    return quotient, signal - convolve(divisor, quotient)
