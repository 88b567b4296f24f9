"""How to draw calls of ``scipy.integrate``; its solvers have tests of their own."""

from __future__ import annotations

import numpy as np
import scipy.integrate as s

from autodiff.scipy.integrate.explicit import combined
from tests.laws.drawing import Call, Domain, Draw, call


def samples(d: Draw, fewest: int = 2, most: int = 6) -> tuple[np.ndarray, int]:
    """Draw samples along one of up to two axes."""
    shape = [*d.shape(0, 1), d.integer(fewest, most)]
    axis = d.integer(0, len(shape) - 1)
    shape[axis], shape[-1] = shape[-1], shape[axis]
    return d.random.uniform(-3, 3, shape), axis


def points(d: Draw, y: np.ndarray, axis: int) -> np.ndarray:
    """Draw ascending points, one for each sample along the axis or for each entry."""
    shape = y.shape if d.coin() else (y.shape[axis],)
    along = axis if len(shape) > 1 else 0
    return np.cumsum(d.random.uniform(0.3, 1.5, shape), axis=along)


def spaced(d: Draw, **options: list) -> Call:
    """Draw samples at equal distances or at points."""
    y, axis = samples(d)
    where = {"x": points(d, y, axis)} if d.coin() else {"dx": np.float64(d.random.uniform(0.3, 2))}
    return call(y, **where, axis=axis, **d.options(**options))


def romb(d: Draw) -> Call:
    shape = (2 ** d.integer(0, 3) + 1, 2)
    return call(d.random.uniform(-3, 3, shape), np.float64(d.random.uniform(0.3, 2)), axis=0)


DOMAINS = {
    s.trapezoid: Domain(spaced, takes_complex=False),
    s.simpson: Domain(spaced, takes_complex=False),
    s.cumulative_trapezoid: Domain(lambda d: spaced(d, initial=[0]), takes_complex=False),
    s.cumulative_simpson: Domain(lambda d: spaced(d, initial=[1.5]), takes_complex=False),
    s.romb: Domain(romb, takes_complex=False),
    combined: Domain(lambda d: call(*(d.reals((3,)) for _ in range(3)), weights=(1.0, -2.0, 0.5))),
}
