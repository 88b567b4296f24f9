"""Derivatives and integrals of splines, by their coefficients (de Boor 1978, chapter X)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.errors import user_line
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked

__all__ = ["padded", "splantider", "splder"]


def _parts(tck: Any) -> tuple[Array, Array, int]:
    t, c, k = tck
    t, c = as_array(t), as_array(c)
    if t.ndim != 1:
        raise ValueError(
            f"expected knots of one axis, got shape {t.shape} at {user_line()}. Flatten them with "
            f"np.ravel."
        )
    return t, c, k


def _differences(t: Array, c: Array, k: int) -> Array:
    """Return the distances of knots that a derivative divides by, with the axes of c."""
    distances = t[k + 1 : -1] - t[1 : -k - 1]
    message = f"expected a smooth spline, got {k + 1} equal knots inside. Differentiate its pieces."
    distances = checked(distances, distances == 0, message=message)
    return np.reshape(distances, (-1, *[1] * (c.ndim - 1)))


def padded(c: Array, count: int) -> Array:
    """Return coefficients with zeros of float64 after them, as FITPACK has them."""
    return np.concatenate([c, np.zeros((count - len(c), *c.shape[1:]))])


@composite(scipy.interpolate.splder)
def splder(tck: Any, n: int = 1) -> Any:
    """Return the derivative of a spline."""
    if n < 0:
        return splantider(tck, -n)
    t, c, k = _parts(tck)
    if n > k:
        raise ValueError(
            f"expected a derivative of order {k} at most, the spline's degree, got {n}. Pass a "
            f"smaller order, or a spline of higher degree."
        )
    if n and len(c) != len(t):
        raise ValueError(
            f"expected as many coefficients as knots, {len(t)}, got {len(c)} at {user_line()}. Add "
            f"zeros, as splrep does, or differentiate a BSpline."
        )
    for _ in range(n):
        c = (c[1 : -1 - k] - c[: -2 - k]) * k / _differences(t, c, k)
        t, k = t[1:-1], k - 1
        c = padded(c, len(t))
    return t, c, k


@composite(scipy.interpolate.splantider)
def splantider(tck: Any, n: int = 1) -> Any:
    """Return the integral of a spline from its first knot."""
    if n < 0:
        return splder(tck, -n)
    t, c, k = _parts(tck)
    c = padded(c, len(t)) if len(c) < len(t) else c
    for _ in range(n):
        widths = np.reshape(t[k + 1 :] - t[: -k - 1], (-1, *[1] * (c.ndim - 1)))
        sums = np.cumsum(c[: -k - 1] * widths, axis=0) / (k + 1)
        c = np.concatenate([np.zeros(sums[:1].shape), sums, *[sums[-1:]] * (k + 2)])
        t, k = np.concatenate([t[:1], t, t[-1:]]), k + 1
    return t, c, k
