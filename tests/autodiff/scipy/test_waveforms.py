"""Chirps whose frequency hardly changes: series near 0, beside mpmath's numbers."""

import mpmath
import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy.signal")
from autodiff.scipy.signal.waveforms import (
    _relative_growth,
    _relative_logarithm,
)

FUNCTIONS = {
    "logarithm": (_relative_logarithm, lambda x: -mpmath.log(1 - x) / x),
    "growth": (_relative_growth, lambda x: mpmath.expm1(x) / x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [9e-5, -9e-5, 0.3, -0.4, 0.7])
def test_series_have_the_values_and_slopes_of_what_they_continue(name, x):
    ours, exact = FUNCTIONS[name]
    with mpmath.workdps(40):
        value, first, second = (float(mpmath.diff(exact, x, order)) for order in range(3))
    x = np.float64(x)
    np.testing.assert_allclose(ours(x), value, rtol=1e-14)
    np.testing.assert_allclose(ad.grad(ours)(x), first, rtol=1e-10)
    np.testing.assert_allclose(ad.grad(ad.grad(ours))(x), second, rtol=1e-6)
