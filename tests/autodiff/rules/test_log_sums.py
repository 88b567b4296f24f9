"""Slopes of logarithms of sums, also beside logarithms of 0."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.table import examples

LOGS = st.lists(st.sampled_from([-np.inf, -np.inf, -700.0, 0.5, 0.5, 2.0, 40.0]), min_size=1)
both = pytest.mark.parametrize("ufunc", [np.logaddexp, np.logaddexp2])


def loop(ufunc, x):
    total = -np.inf
    for log in x:
        total = ufunc(total, log)
    return total


SUMS = {
    "reduce": lambda ufunc, x: ufunc.reduce(x),
    "reduce with a start": lambda ufunc, x: ufunc.reduce(x, initial=-np.inf),
    "accumulate": lambda ufunc, x: ufunc.accumulate(x)[-1],
    "reduceat": lambda ufunc, x: ufunc.reduceat(x, [0])[0],
    "loop": loop,
}


@pytest.mark.slow
@both
@pytest.mark.parametrize("name", SUMS)
@given(logs=LOGS)
@examples(10)
def test_the_slopes_are_the_shares_of_the_sum_in_both_modes(name, ufunc, logs):
    x, base = np.array(logs), np.e if ufunc is np.logaddexp else 2.0
    if np.isneginf(x).all():
        return

    def f(x):
        return SUMS[name](ufunc, x)

    shares = base ** (x - f(x))
    change = np.arange(1.0, len(x) + 1)
    for run in (f, ad.jit(f)):
        np.testing.assert_allclose(ad.grad(run)(x), shares, rtol=1e-12, atol=1e-300)
        tangent = ad.jvp(run, (x,), (change,))[1]
        np.testing.assert_allclose(tangent, shares @ change, rtol=1e-12)
    curvature = (np.diag(shares) - np.outer(shares, shares)) * np.log(base)
    np.testing.assert_allclose(ad.hessian(f)(x), curvature, atol=1e-14)


@both
@pytest.mark.parametrize("infinity", [np.inf, -np.inf])
def test_equal_infinities_have_the_shares_of_equal_numbers(ufunc, infinity):
    for f in (ufunc, ad.jit(ufunc)):
        assert ad.grad(f, (0, 1))(infinity, infinity) == (0.5, 0.5)
        assert ad.grad(f, (0, 1))(infinity, -infinity) == ((1, 0) if infinity > 0 else (0, 1))
        assert ad.grad(f)(np.float32(infinity), infinity).dtype == np.float32
