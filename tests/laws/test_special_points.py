"""Universal functions at whole numbers, where they jump, bend, tie or ignore an argument.

Those of one or two arguments: at the ends of clip, half of a slope passes, or a quarter.

Wherever both sides have one slope, in longdouble, that is the slope of the function there.
"""

import itertools

import numpy as np
import pytest

import autodiff as ad
from tests.laws.domains import DOMAINS
from tests.laws.table import name_of

UFUNCS = [
    f
    for f in DOMAINS
    if isinstance(f, np.ufunc) and (f.nin, f.nout) in {(1, 1), (2, 1)} and f.signature is None
]
POINTS = (0.0, -0.0, 1.0, -1.0, 2.0, -0.5)
STEPS = np.array([1e-7, -1e-7, 2e-7, -2e-7], np.longdouble)


def measured(f, point, position):
    """Return the slope in one argument, or None where the sides differ."""
    args = [np.longdouble(x) for x in point]
    moved = list(args)
    moved[position] = args[position] + STEPS
    with np.errstate(all="ignore"):
        slopes = (np.asarray(f(*moved)).astype(np.longdouble) - f(*args)) / STEPS
    if not np.isfinite(slopes).all() or np.ptp(slopes) > 1e-5 * (1 + abs(slopes[0])):
        return None
    return float(slopes.mean())


def cases(f):
    """Return the points with a measured slope, and the position of its argument."""
    for point in itertools.product(POINTS, repeat=f.nin):
        for position in range(f.nin):
            slope = measured(f, point, position)
            if slope is not None:
                yield point, position, slope


@pytest.mark.parametrize("f", [pytest.param(f, id=name_of(f)) for f in UFUNCS])
def test_slopes_at_whole_numbers_are_the_measured_ones(f):
    if not any(set(types.split("->")[0]) == {"g"} for types in f.types):
        return  # an argument is an integer
    for point, position, slope in cases(f):
        with np.errstate(all="ignore"):
            ours = ad.vjp(f, *point)[1](1.0)[position] if f(*point).dtype.kind == "f" else 0.0
        assert abs(ours - slope) <= 1e-5 * (1 + abs(slope)), (point, position, ours, slope)
