"""Slopes where an inverse has no solution, and where a parameter is at the end of its range."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.scipy import special

INVERSES = {  # the places of their probabilities
    "pdtrik": 0, "bdtrik": 0, "nbdtrik": 0, "bdtrin": 1, "nbdtrin": 1, "chdtriv": 0, "gdtria": 0,
    "gdtrib": 1, "btdtria": 0, "btdtrib": 1, "fdtridfd": 1, "stdtridf": 0,
}  # fmt: skip
STEPS = np.array([1e-4, -1e-4, 2e-4, -2e-4])


def measured(f, args, place):
    """Return the slope in one argument, or None where it can't be measured."""
    step = min(1.0, abs(args[place]), abs(1 - args[place]))
    moved = [x + step * STEPS if i == place else x for i, x in enumerate(args)]
    with np.errstate(all="ignore"):
        values = f(*moved)
    near, far = (values[:2] - values[1]) / (2e-4 * step), (values[2:] - values[3]) / (4e-4 * step)
    found = near[0] if np.isfinite(values).all() else np.nan
    return found if abs(found - far[0]) <= 1e-3 * abs(found) else None


@pytest.mark.slow
@pytest.mark.parametrize("name", INVERSES)
def test_slopes_of_an_inverse_are_measured_ones_or_nan(name):
    f, random, checked = getattr(special, name), np.random.default_rng(3), 0
    for _ in range(25):
        args = [x * random.uniform(0.8, 1.2) for x in random.choice([0.5, 1.3, 3, 8], f.nin)]
        args[INVERSES[name]] = random.choice([0.001, 0.03, 0.2, 0.5, 0.8, 0.97])
        with np.errstate(all="ignore"):
            ours = ad.vjp(f, *args)[1](1.0)
        for place in range(f.nin):
            expected = measured(f, args, place)
            if expected is not None and not np.isnan(ours[place]):
                assert ours[place] == pytest.approx(expected, rel=5e-3, abs=1e-9), (args, place)
                checked += 1
    assert checked > 4


def test_a_count_that_is_0_has_slope_0():
    for f, args in (
        (special.pdtrik, (0.1, 1.0)),
        (special.bdtrik, (0.05, 3.0, 0.4)),
        (special.nbdtrik, (0.05, 3.0, 0.4)),
    ):
        assert f(*args) == 0
        assert ad.grad(f, range(len(args)))(*args) == tuple(0.0 for _ in args)


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (special.gammaincinv, (1e-3, 0.3)),
        (special.gammainccinv, (1e-3, 0.7)),
        (special.chdtri, (1e-3, 0.7)),
        (special.gdtria, (0.3, 1e-3, 2.0)),
        (special.gdtrix, (2.0, 1e-3, 0.3)),
        (special.fdtri, (1e-3, 2.0, 0.3)),
    ],
)
def test_a_quantile_that_underflows_to_0_has_slopes_0_to_second_order(f, args):
    every = range(len(args))
    assert f(*args) == 0
    assert not np.any(ad.grad(f, every)(*args))
    for i in every:
        assert not np.any(ad.grad(ad.grad(f, i), every)(*args))


@pytest.mark.parametrize("f", [special.pro_cv, special.obl_cv], ids=["prolate", "oblate"])
@pytest.mark.parametrize("c", [0.0, 1e-3, 0.05, 0.3])
def test_eigenvalues_are_even_in_c(f, c):
    h = 1e-2

    def even(c):
        return f(0, 1, abs(c))

    wide, narrow = (even(c + 2 * h) - even(c - 2 * h)), (even(c + h) - even(c - h))
    expected = (8 * narrow - wide) / (12 * h)
    assert ad.grad(lambda c: f(0, 1, c))(c) == pytest.approx(expected, abs=1e-7)
    assert ad.grad(lambda c: f(0, 1, c))(-0.5) == 0


def test_powers_of_0_less_1():
    gradient = ad.grad(special.powm1, (0, 1))
    assert gradient(0.0, 2.0) == (0.0, 0.0)
    assert gradient(0.0, 0.0)[0] == 0.0
    assert gradient(0.0, 1.0) == (1.0, 0.0)
