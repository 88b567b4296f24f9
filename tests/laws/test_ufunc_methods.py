"""Methods and options of all universal functions of two numbers: measured slopes.

Also of those that have none: a reduction passes on its first entry, and `where=` what it keeps.
"""

import numpy as np
import pytest

import autodiff as ad
from tests.laws.domains import DOMAINS
from tests.laws.table import name_of

UFUNCS = [f for f in DOMAINS if isinstance(f, np.ufunc) and f.signature is None]
BINARY = [f for f in UFUNCS if "dd->d" in f.types]
UNARY = [f for f in UFUNCS if "d->d" in f.types]
X = np.array([[2.3, 0.7, 1.4], [3.6, 1.2, 0.45]])
MASK = np.array([[True, False, True], [False, True, False]])


def kept(f):
    def run(*args):
        out = 1.5 * args[0]
        return f(*args, out=out, where=MASK)

    return run


def edited(f):
    def run(x):
        x = 1.5 * x
        f.at(x, (0, [1, 2]), *([0.3] if f.nin == 2 else []))
        return x

    return run


FORMS = {
    "accumulate": lambda f: f.accumulate,
    "reduce": lambda f: lambda x: f.reduce(x, axis=1),
    "reduce one": lambda f: lambda x: f.reduce(x[:1]),
    "reduceat": lambda f: lambda x: f.reduceat(x, [0, 2, 1], axis=1),
    "outer": lambda f: lambda x: f.outer(x[0], x[1]),
    "where": lambda f: lambda x: kept(f)(x, x[::-1]),
    "at": edited,
    "out": lambda f: lambda x: f(x, 2.0, out=1 * x),
}


def measured(f, x, direction):
    """Return the slope along a direction, and whether it is one: both sides agree."""
    wide, step = x.astype(np.longdouble), np.longdouble(1e-7)
    values = [f(wide + h * direction) for h in (-step, 0 * step, step)]
    sides = np.diff(values, axis=0) / step
    return sides.mean(axis=0).astype(float), np.abs(sides[1] - sides[0]).max() < 1e-4


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("f", [pytest.param(f, id=name_of(f)) for f in BINARY])
def test_methods_have_the_measured_slopes(f, form):
    check(FORMS[form](f))


@pytest.mark.parametrize("f", [pytest.param(f, id=name_of(f)) for f in UNARY])
def test_edits_by_functions_of_one_number_have_the_measured_slopes(f):
    check(edited(f))
    check(kept(f))


def check(run):
    direction = np.cos(np.arange(6.0)).reshape(2, 3)
    with np.errstate(all="ignore"):
        slope, is_smooth = measured(run, X, direction)
        if not np.isfinite(slope).all() or not is_smooth:
            return
        ours = ad.jvp(run, (X,), (direction,))[1]
    np.testing.assert_allclose(ours, slope, rtol=1e-6, atol=1e-6)


NARROW = {"i1": [-128, 0, 1, 2, 127], "u1": [0, 1, 2, 3, 255], "f2": [0.1, 0.7, 1, 1.3, 3]}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("f", [pytest.param(f, id=name_of(f)) for f in BINARY])
def test_slopes_beside_narrow_numbers_are_those_beside_the_same_wide_ones(f, dtype):
    check_narrow(f, np.array(NARROW[dtype], dtype))


def check_narrow(f, narrow):
    """Compare second slopes beside narrow numbers with those beside the same wide ones."""
    for g in (f, lambda x, y: f(y, x)):
        runs = [lambda x, g=g, y=y: np.sum(g(x, y)) for y in (narrow, narrow.astype(float))]
        found = [ad.hessian(run)(np.full(5, 2.3)) for run in runs]
        np.testing.assert_allclose(*found, rtol=1e-9)


COMPLEX = [f for f in UFUNCS if "DD->D" in f.types and f.nin == 2]
SIGNED = np.array([-1.3, 0.8, -0.4])
TURNED = np.array([0.3 - 0.7j, -1.2 + 0.4j, 2 + 1j])


@pytest.mark.parametrize("args", [(SIGNED, TURNED), (TURNED, SIGNED)], ids=["real", "complex"])
@pytest.mark.parametrize("f", [pytest.param(f, id=name_of(f)) for f in COMPLEX])
def test_real_numbers_beside_complex_ones_have_the_measured_slopes(f, args):
    directions = [np.cos(np.arange(3)) * (1 if a.dtype == float else 1 - 0.5j) for a in args]
    step = np.longdouble(1e-7)
    moved = [a.astype(np.result_type(a, "g")) for a in args]
    above, below = (
        f(*(a + h * d for a, d in zip(moved, directions, strict=True))) for h in (step, -step)
    )
    slope = ((above - below) / (2 * step)).astype(complex)
    ours = ad.jvp(f, args, tuple(directions))[1]
    np.testing.assert_allclose(ours, slope, rtol=1e-6)
