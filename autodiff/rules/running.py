"""Running extremes, and running sums of exponentials: long accumulations as one operation.

Each step z[i] = f(z[i - 1], x[i]) has a slope in what came before and one in its own entry. The
slope of what follows, G, is carried back from step to step: G[i] = g[i] + before[i + 1] G[i + 1].
A share of 0 in fmax and fmin counts as 0 also of NaN, which these functions skip.
"""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import Primitive, derivative, primitive
from autodiff.core.registry import registry
from autodiff.core.typing import Array

__all__ = ["RUNNING"]


@primitive
def carried_back(g: Array, share: Array, *, axis: int, skips: bool) -> Array:
    """Return G with G[i] = g[i] + share[i] G[i + 1], along an axis; share is one entry shorter."""
    return np.flip(_carried(np.flip(g, axis), np.flip(share, axis), axis, skips), axis)


@primitive
def carried_on(h: Array, share: Array, *, axis: int, skips: bool) -> Array:
    """Return H with H[i + 1] = h[i + 1] + share[i] H[i], along an axis."""
    return _carried(h, share, axis, skips)


def _carried(h: Array, share: Array, axis: int, skips: bool) -> Array:
    result = np.array(h, np.result_type(h, share))
    rows, shares = np.moveaxis(result, axis, 0), np.moveaxis(share, axis, 0)
    for i, part in enumerate(shares):
        rows[i + 1] += _times(rows[i], part, skips)
    return result


def _times(x: Array, share: Array, skips: bool) -> Array:
    product = x * share
    return np.where(share == 0, 0, product) if skips else product


def _but_first(x: Array, axis: int) -> Array:
    return x[(slice(None),) * axis + (slice(1, None),)]


def _but_last(x: Array, axis: int) -> Array:
    return x[(slice(None),) * axis + (slice(-1),)]


def _back_slope(g: Array, z: Array, g_: Array, share: Array, *, axis: int, skips: bool) -> Array:
    del g_
    return _but_last(carried_on(g, share, axis=axis, skips=skips), axis) * _but_first(z, axis)


def _on_slope(g: Array, z: Array, h: Array, share: Array, *, axis: int, skips: bool) -> Array:
    del h
    return _but_first(carried_back(g, share, axis=axis, skips=skips), axis) * _but_last(z, axis)


derivative(
    carried_back,
    g_=lambda g, z, g_, share, *, axis, skips: carried_on(g, share, axis=axis, skips=skips),
    share=_back_slope,
)
derivative(
    carried_on,
    h=lambda g, z, h, share, *, axis, skips: carried_back(g, share, axis=axis, skips=skips),
    share=_on_slope,
)


def _running(ufunc: np.ufunc) -> Primitive:
    """Return a function of an array and an axis, which isn't negative, that returns each step."""
    skips = ufunc in (np.fmax, np.fmin)

    def running(x: Array, *, axis: int) -> Array:
        return ufunc.accumulate(x, axis)

    def slope(g: Array, z: Array, x: Array, *, axis: int) -> Array:
        one = np.ones((), z.dtype)
        steps = _but_first(z, axis), _but_last(z, axis), _but_first(x, axis)
        before, own = (rule(one, *steps) for rule in registry[ufunc].rules)
        following = carried_back(g, before, axis=axis, skips=skips)
        first = following[(slice(None),) * axis + (slice(1),)]
        rest = _times(_but_first(following, axis), own, skips)
        return np.concatenate([first, rest], axis=axis)

    running.__name__ = f"running_{ufunc.__name__}"
    return derivative(primitive(running), x=slope)


RUNNING = {
    ufunc: _running(ufunc)
    for ufunc in (np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logaddexp2)
}
"""The functions, by the one that combines what came before with an entry."""
