"""Sampling: a spline, given by its coefficients, at any coordinates.

At one point it is the sum of the nearest coefficients c[k], weighted with B-splines,

    z = Σ c[k₀, k₁, …] β(x₀ - k₀) β(x₁ - k₁) …

Its slopes are sums of the same form, with derivatives of the B-splines along some axes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import scipy.ndimage

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array

__all__ = ["sampled"]

Derivatives = tuple[int, ...]


@primitive
def sampled(
    c: Array, coordinates: Array, *, order: int, mode: str, cval: Array, derivatives: Derivatives
) -> Array:
    """Return a spline, or one of its derivatives, at given coordinates.

    Args:
        c: the coefficients.
        coordinates: one array for each axis of c.
        order: the degree of the spline, up to 5.
        mode: what lies beyond the borders, by SciPy's name.
        cval: the value there in the mode ``"constant"``.
        derivatives: how often to differentiate along each axis.
    """
    if not any(derivatives):
        return scipy.ndimage.map_coordinates(
            c, coordinates, order=order, mode=mode, cval=cval, prefilter=False
        )
    total = np.zeros(coordinates.shape[1:], np.result_type(c, np.float64))
    for places, weights in _taps(c.shape, coordinates, order, mode, derivatives):
        total += c.reshape(-1)[places] * weights
    return total.astype(c.dtype)


@primitive
def spread(
    y: Array, coordinates: Array, *, shape: tuple[int, ...], order: int, mode: str,
    derivatives: Derivatives,
) -> Array:  # fmt: skip
    """Add values at given coordinates to the coefficients there: the transpose of sampling."""
    total = np.zeros(int(np.prod(shape)), np.result_type(y, np.float64))
    for places, weights in _taps(shape, coordinates, order, mode, derivatives):
        np.add.at(total, places, y * weights)
    return total.reshape(shape).astype(y.dtype)


def _once_more(derivatives: Derivatives, axis: int) -> Derivatives:
    return (*derivatives[:axis], derivatives[axis] + 1, *derivatives[axis + 1 :])


def _slopes(c: Array, coordinates: Array, derivatives: Derivatives, **options: Any) -> Array:
    """Return the slopes along all axes."""
    return np.stack([
        sampled(c, coordinates, cval=0.0, derivatives=_once_more(derivatives, axis), **options)
        for axis in range(len(derivatives))
    ])  # fmt: skip


# fmt: off
derivative(
    sampled,
    c=lambda g, z, c, coordinates, *, order, mode, cval, derivatives:
        spread(g, coordinates, shape=c.shape, order=order, mode=mode, derivatives=derivatives),
    coordinates=lambda g, z, c, coordinates, *, order, mode, cval, derivatives:
        g * _slopes(c, coordinates, derivatives, order=order, mode=mode),
)
derivative(
    spread,
    y=lambda g, z, y, coordinates, *, shape, order, mode, derivatives:
        sampled(g, coordinates, order=order, mode=mode, cval=0.0, derivatives=derivatives),
    coordinates=lambda g, z, y, coordinates, *, shape, order, mode, derivatives:
        y * _slopes(g, coordinates, derivatives, order=order, mode=mode),
)
# fmt: on


def _taps(
    shape: Sequence[int], coordinates: Array, order: int, mode: str, derivatives: Derivatives
) -> Iterator[tuple[Array, Array]]:
    """Return the places of the nearest coefficients, in the flat array, each with its weights."""
    along = [
        list(_along(n, x, order, mode, d))
        for n, x, d in zip(shape, coordinates, derivatives, strict=True)
    ]
    for taps in itertools.product(*along):
        places, weights = zip(*taps, strict=True)
        yield np.ravel_multi_index(places, shape), np.prod(weights, axis=0)


def _along(
    n: int, x: Array, order: int, mode: str, derivative: int
) -> Iterator[tuple[Array, Array]]:
    """Return the nearest coefficients along one axis, each with its weights."""
    place, sign = _inside(np.asarray(x, float), n, mode)
    shifted = place if order % 2 else place + 0.5
    left = np.floor(shifted)
    if order == 1:  # at the last entry, the slope is that on its left
        left = np.where(place == n - 1, max(n - 2, 0), left)
    for tap, weight in enumerate(_weights(shifted - left, order, derivative)):
        k = left - order // 2 + tap
        if mode == "grid-constant":
            beyond = (k < 0) | (k >= n)
            yield np.where(beyond, 0, k).astype(np.intp), np.where(beyond, 0, weight)
        else:
            folded = _entry(k, n, mode)
            weight = weight * sign**derivative
            yield folded.astype(np.intp), np.where(_is_outside(x, n, mode), 0, weight)


def _is_outside(x: Array, n: int, mode: str) -> Array:
    return (x < 0) | (x > n - 1) if mode == "constant" else np.False_


def _entry(k: Array, n: int, mode: str) -> Array:
    """Return the entry that a whole position is extended from."""
    if mode == "nearest":
        return np.clip(k, 0, n - 1)
    return _inside(k, n, "mirror" if mode in ("constant", "wrap") else mode)[0]


def _inside(x: Array, n: int, mode: str) -> tuple[Array, Array]:
    """Return where a coordinate is found in the image, and the sign of its direction there."""
    if mode == "mirror":
        end = period = 2 * n - 2
    elif mode in ("reflect", "grid-mirror"):
        end, period = 2 * n - 1, 2 * n
    elif mode == "grid-wrap":
        return np.where((x < 0) | (x > n - 1), x % n, x), np.ones_like(x)
    elif mode == "wrap":
        span = max(n - 1, 1)
        up, down = x + span * (np.trunc(-x / span) + 1), x - span * np.trunc(x / span)
        return np.where(x < 0, up, np.where(x > n - 1, down, x)), np.ones_like(x)
    else:  # "nearest", "constant" and "grid-constant" are extended entry by entry
        return x, np.ones_like(x)
    y = x % max(period, 1)
    is_turned = (y >= n) | ((x < 0) & (y > end / 2))  # beyond the last entry, only from below
    return np.where(is_turned, end - y, y), np.where(is_turned, -1.0, 1.0)


def _weights(f: Array, order: int, derivative: int) -> list[Array]:
    """Return the values of the B-splines that overlap at a fraction f of a unit, or their slopes.

    By the recurrences of de Boor (1978), chapter X, equations 14 and 15, for integer knots.
    """
    if derivative > order:
        return [np.zeros_like(f)] * (order + 1)
    zero, weights = np.zeros_like(f), [np.ones_like(f)]
    for p in range(1, order - derivative + 1):
        before, after = [zero, *weights], [*weights, zero]
        weights = [((f + p - j) * before[j] + (j + 1 - f) * after[j]) / p for j in range(p + 1)]
    for _ in range(derivative):
        before, after = [zero, *weights], [*weights, zero]
        weights = [b - a for b, a in zip(before, after, strict=True)]
    return weights
