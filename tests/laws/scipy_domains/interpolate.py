"""How to draw calls of ``scipy.interpolate``; its classes are tested beside their module."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate as s

from autodiff.scipy.checked import checked, finite
from autodiff.scipy.interpolate import splantider, splder, splrep
from autodiff.scipy.interpolate.cross_validation import chosen_parameter, minimizer
from tests.laws.drawing import REAL, Call, Domain, Draw, call


def ascending(d: Draw, count: int) -> Any:
    return np.cumsum(d.random.uniform(0.5, 1.5, count))


def through(d: Draw) -> tuple[Any, Any, Any]:
    """Draw points, values, and other points between them."""
    x = ascending(d, 5)
    return x, d.random.normal(size=5), x[[0, 2, 3]] + 0.21


def monotonic(d: Draw) -> Call:
    return call(*through(d), **d.options(der=[1]))


def polynomial(d: Draw) -> Call:
    return call(*through(d))


def through_all(d: Draw) -> Call:
    """Draw the points of a spline; the degree of the result is plain."""
    x, y, _ = through(d)
    return Call((x, y), d.options(k=[1, 2]), lambda *a, **o: splrep(*a, **o)[:2])


def to_smooth(d: Draw) -> tuple[Any, Any, Any]:
    """Draw points, values and weights, of which cross-validation chooses a parameter inside."""
    x = np.arange(7) + d.random.uniform(-0.02, 0.02, 7)
    noise = np.array([0.3, -0.4, 0.2, 0.1, -0.2, 0.3, -0.3]) + d.random.uniform(-0.02, 0.02, 7)
    return x, (np.sin(0.5 * x) + noise)[:, None], d.random.uniform(0.9, 1.1, 7)


def nearby(d: Draw) -> Call:
    parts = to_smooth(d)
    return call(chosen_parameter(*parts), *parts)


def knotted(d: Draw) -> tuple[Any, Any, int]:
    """Draw knots, coefficients and a degree."""
    degree = d.integer(1, 3)
    return ascending(d, 2 * degree + 4), d.random.normal(size=degree + 3), degree


def evaluated(d: Draw) -> Call:
    t, c, k = knotted(d)
    return call(t[[k, k + 1]] + 0.21, (t, c, k), **d.options(der=[1], ext=[1]))


def integrated(d: Draw) -> Call:
    t, c, k = knotted(d)
    return call(t[k] + 0.2, t[k + 2] - 0.1, (t, c, k))


def of_coefficients(function: Any) -> Any:
    """Draw a spline with zeros after its coefficients; the degree of the result is plain."""

    def parts(tck: Any, *n: int) -> Any:
        return function(tck, *n)[:2]

    def draw(d: Draw) -> Call:
        t, c, k = knotted(d)
        tck = (t, np.concatenate([c, np.zeros(k + 1)]), k)
        return Call((tck, *d.choice((), (1,), (-1,))), {}, parts)

    return draw


# fmt: off
DOMAINS: dict[Any, Domain] = {
    checked: Domain(lambda d: call(d.reals(d.shape()), 0, message="no"), **REAL),
    finite: Domain(lambda d: call(d.reals(d.shape()))),
    s.pchip_interpolate:       Domain(monotonic, **REAL, takes_float32=False),
    s.barycentric_interpolate: Domain(polynomial, **REAL, takes_float32=False),
    chosen_parameter:          Domain(lambda d: call(*to_smooth(d)), **REAL, takes_float32=False,
                                      close=1e-3),
    minimizer:                 Domain(lambda d: nearby(d), **REAL,
                                      takes_float32=False),
    s.splrep:                  Domain(through_all, **REAL, takes_float32=False),
    s.splev:                   Domain(evaluated, **REAL, takes_float32=False),
    s.splint:                  Domain(integrated, **REAL, takes_float32=False),
    s.splder:                  Domain(of_coefficients(splder), **REAL, takes_float32=False),
    s.splantider:              Domain(of_coefficients(splantider), **REAL, takes_float32=False),
}
# fmt: on
